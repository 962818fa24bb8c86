import CKernels

/// Variance and standard deviation, in two passes around a float64 mean.
extension Tensor {
  /// The mean squared distance from the mean over the given axes.
  ///
  /// - Parameters:
  ///   - axes: The axes that disappear.
  ///   - correction: What is taken off the number of elements that the sum is divided by: 1 for an
  ///     estimate from a sample (the default, as in PyTorch), 0 for a whole population.
  ///   - keepingAxes: Whether they stay, with the extent 1.
  public func variance(axes: [Int], correction: Double = 1, keepingAxes: Bool = false) -> Tensor {
    spread(axes, correction, keepingAxes, root: false)
  }

  /// The variance over one axis.
  public func variance(axis: Int, correction: Double = 1, keepingAxes: Bool = false) -> Tensor {
    spread([axis], correction, keepingAxes, root: false)
  }

  /// The variance of all elements.
  public func variance(correction: Double = 1, keepingAxes: Bool = false) -> Tensor {
    spread(nil, correction, keepingAxes, root: false)
  }

  /// The square root of the variance over the given axes; its derivative at 0 is 0.
  public func standardDeviation(
    axes: [Int], correction: Double = 1, keepingAxes: Bool = false
  ) -> Tensor {
    spread(axes, correction, keepingAxes, root: true)
  }

  /// The standard deviation over one axis.
  public func standardDeviation(
    axis: Int, correction: Double = 1, keepingAxes: Bool = false
  ) -> Tensor {
    spread([axis], correction, keepingAxes, root: true)
  }

  /// The standard deviation of all elements.
  public func standardDeviation(correction: Double = 1, keepingAxes: Bool = false) -> Tensor {
    spread(nil, correction, keepingAxes, root: true)
  }

  private func spread(
    _ axes: [Int]?, _ correction: Double, _ keepingAxes: Bool, root: Bool
  ) -> Tensor {
    let type = realDType
    let computing = type.computing
    let plan = ReductionPlan(
      computed(as: computing), axes, keepingAxes, root ? "standardDeviation" : "variance")
    let count = Double(plan.reduced)
    let mean = plan.run(apus_sum, to: .float64, scale: 1 / count)
    let factor = 1 / Swift.max(0, count - correction)
    let wide = plan.run(apus_sum_deviations, to: .float64, scale: factor, center: mean)
    let y = (root ? wide.sqrt() : wide).computed(as: type)
    guard node != nil else { return y }
    let (x, kept) = (detached(), plan.keptShape)
    return y.recorded(from: self) { dy, inputs in
      let slope =
        root ? (dy * factor / y).maskedFill(y .== 0, with: 0) : dy * (2 * factor)
      let center = mean.computed(as: x.dtype).reshaped(to: kept)
      inputs.add(0, slope.reshaped(to: kept) * (x - center))
    }
  }
}
