import CKernels

/// Whether something holds for any or for all elements; whatever is not zero holds.
extension Tensor {
  /// Whether any element along the given axes holds; false where there is none.
  public func any(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    truth(apus_any, axes, keepingAxes, "any")
  }

  /// Whether any element along one axis holds.
  public func any(axis: Int, keepingAxes: Bool = false) -> Tensor {
    truth(apus_any, [axis], keepingAxes, "any")
  }

  /// Whether any element holds.
  public func any(keepingAxes: Bool = false) -> Tensor {
    truth(apus_any, nil, keepingAxes, "any")
  }

  /// Whether all elements along the given axes hold; true where there is none.
  public func all(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    truth(apus_all, axes, keepingAxes, "all")
  }

  /// Whether all elements along one axis hold.
  public func all(axis: Int, keepingAxes: Bool = false) -> Tensor {
    truth(apus_all, [axis], keepingAxes, "all")
  }

  /// Whether all elements hold.
  public func all(keepingAxes: Bool = false) -> Tensor {
    truth(apus_all, nil, keepingAxes, "all")
  }

  private func truth(
    _ code: apus_reduce_code, _ axes: [Int]?, _ keepingAxes: Bool, _ operation: StaticString
  ) -> Tensor {
    ReductionPlan(computed(as: .bool), axes, keepingAxes, operation).run(code, to: .bool)
  }
}
