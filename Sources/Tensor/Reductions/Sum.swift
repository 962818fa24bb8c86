import CKernels

/// Sums and means, exact to the last places for any number of elements: short stretches are added in
/// the element type, the stretches in float64.
extension Tensor {
  /// The sum over the given axes; integers and truth values add up in int64.
  public func sum(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    summed(axes, keepingAxes)
  }

  /// The sum over one axis.
  public func sum(axis: Int, keepingAxes: Bool = false) -> Tensor { summed([axis], keepingAxes) }

  /// The sum of all elements.
  public func sum(keepingAxes: Bool = false) -> Tensor { summed(nil, keepingAxes) }

  private func summed(_ axes: [Int]?, _ keepingAxes: Bool) -> Tensor {
    let type = dtype.isFloatingPoint ? dtype : .int64
    let plan = ReductionPlan(computed(as: type.computing), axes, keepingAxes, "sum")
    let y = plan.run(apus_sum, to: type.computing).computed(as: type)
    guard node != nil else { return y }
    let (shape, kept) = (shape, plan.keptShape)
    return y.recorded(from: self) { dy, inputs in
      inputs.add(0, dy.reshaped(to: kept).expanded(to: shape))
    }
  }

  /// The mean over the given axes, of floating type; the mean of nothing is NaN.
  public func mean(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    averaged(axes, keepingAxes)
  }

  /// The mean over one axis.
  public func mean(axis: Int, keepingAxes: Bool = false) -> Tensor {
    averaged([axis], keepingAxes)
  }

  /// The mean of all elements.
  public func mean(keepingAxes: Bool = false) -> Tensor { averaged(nil, keepingAxes) }

  private func averaged(_ axes: [Int]?, _ keepingAxes: Bool) -> Tensor {
    let type = realDType
    let plan = ReductionPlan(computed(as: type.computing), axes, keepingAxes, "mean")
    let scale = 1 / Double(plan.reduced)
    let y = plan.run(apus_sum, to: type.computing, scale: scale).computed(as: type)
    guard node != nil else { return y }
    let (shape, kept) = (shape, plan.keptShape)
    return y.recorded(from: self) { dy, inputs in
      inputs.add(0, (dy * scale).reshaped(to: kept).expanded(to: shape))
    }
  }
}
