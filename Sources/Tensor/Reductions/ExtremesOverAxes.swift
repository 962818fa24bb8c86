import CKernels

/// The largest and smallest elements and their places.
extension Tensor {
  /// The largest element along the given axes; NaN where there is one.
  ///
  /// Equal ones share the derivative.
  public func max(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    extreme(apus_max, axes, keepingAxes, "max")
  }

  /// The largest element along one axis.
  public func max(axis: Int, keepingAxes: Bool = false) -> Tensor {
    extreme(apus_max, [axis], keepingAxes, "max")
  }

  /// The largest element.
  public func max(keepingAxes: Bool = false) -> Tensor {
    extreme(apus_max, nil, keepingAxes, "max")
  }

  /// The smallest element along the given axes; NaN where there is one.
  ///
  /// Equal ones share the derivative.
  public func min(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    extreme(apus_min, axes, keepingAxes, "min")
  }

  /// The smallest element along one axis.
  public func min(axis: Int, keepingAxes: Bool = false) -> Tensor {
    extreme(apus_min, [axis], keepingAxes, "min")
  }

  /// The smallest element.
  public func min(keepingAxes: Bool = false) -> Tensor {
    extreme(apus_min, nil, keepingAxes, "min")
  }

  /// The position along an axis of the largest element, the first of equals.
  ///
  /// The position is int64; a NaN counts as the largest element.
  public func argmax(axis: Int, keepingAxes: Bool = false) -> Tensor {
    place(apus_argmax, [axis], keepingAxes, "argmax")
  }

  /// The position of the largest element in row-major order.
  public func argmax(keepingAxes: Bool = false) -> Tensor {
    place(apus_argmax, nil, keepingAxes, "argmax")
  }

  /// The position along an axis of the smallest element, the first of equals.
  ///
  /// The position is int64; a NaN counts as the smallest element.
  public func argmin(axis: Int, keepingAxes: Bool = false) -> Tensor {
    place(apus_argmin, [axis], keepingAxes, "argmin")
  }

  /// The position of the smallest element in row-major order.
  public func argmin(keepingAxes: Bool = false) -> Tensor {
    place(apus_argmin, nil, keepingAxes, "argmin")
  }

  private func extreme(
    _ code: apus_reduce_code, _ axes: [Int]?, _ keepingAxes: Bool, _ operation: StaticString
  ) -> Tensor {
    let computing = dtype == .bool ? .uint8 : dtype.computing
    let plan = ReductionPlan(computed(as: computing), axes, keepingAxes, operation)
    precondition(
      plan.reduced > 0 || plan.shape.elementCount == 0,
      "\(operation): there is no element along the reduced axes of \(shape)")
    let y = plan.run(code, to: computing).computed(as: dtype)
    guard node != nil else { return y }
    let (x, kept) = (detached(), plan.keptShape)
    let axes = axes ?? Array(0..<rank)
    return y.recorded(from: self) { dy, inputs in
      let isExtreme = x .== y.reshaped(to: kept)
      let winners = isExtreme.sum(axes: axes, keepingAxes: true)
      let share = dy.reshaped(to: kept) / winners.cast(to: dy.dtype)
      inputs.add(0, which(isExtreme, share, Tensor(0, dtype: share.dtype)))
    }
  }

  private func place(
    _ code: apus_reduce_code, _ axes: [Int]?, _ keepingAxes: Bool, _ operation: StaticString
  ) -> Tensor {
    let computing = dtype == .bool ? .uint8 : dtype.computing
    let plan = ReductionPlan(computed(as: computing), axes, keepingAxes, operation)
    precondition(
      plan.reduced > 0 || plan.shape.elementCount == 0,
      "\(operation): there is no element along the reduced axes of \(shape)")
    return plan.run(code, to: .int64)
  }
}
