import CKernels

extension Tensor {
  /// The product over the given axes; integers and truth values multiply in int64.
  ///
  /// The derivative is right where factors are zero.
  public func product(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    multiplied(axes, keepingAxes)
  }

  /// The product over one axis.
  public func product(axis: Int, keepingAxes: Bool = false) -> Tensor {
    multiplied([axis], keepingAxes)
  }

  /// The product of all elements.
  public func product(keepingAxes: Bool = false) -> Tensor { multiplied(nil, keepingAxes) }

  private func multiplied(_ axes: [Int]?, _ keepingAxes: Bool) -> Tensor {
    let type = dtype.isFloatingPoint ? dtype : .int64
    let plan = ReductionPlan(computed(as: type.computing), axes, keepingAxes, "product")
    let y = plan.run(apus_product, to: type.computing).computed(as: type)
    guard node != nil else { return y }
    let (x, kept) = (detached(), plan.keptShape)
    let axes = axes ?? Array(0..<rank)
    return y.recorded(from: self) { dy, inputs in
      // The product of the others: of all divided by the own factor, unless factors are zero.
      let isZero = x .== 0
      let zeros = isZero.sum(axes: axes, keepingAxes: true)
      let factors = x.maskedFill(isZero, with: 1)
      let nonzero = factors.product(axes: axes, keepingAxes: true)
      let nothing = Tensor(0, dtype: x.dtype)
      let others = which(
        zeros .== 0, nonzero / factors, which((zeros .== 1) .& isZero, nonzero, nothing))
      inputs.add(0, dy.reshaped(to: kept) * others)
    }
  }
}
