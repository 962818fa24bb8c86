import CKernels

extension Tensor {
  /// The length of the vectors along the given axes: (Σ |x|ᵖ)^(1/p) for `order` p.
  ///
  /// Order 1 is the sum of magnitudes, `.infinity` the largest one, 0 the number of elements that
  /// are not zero. The derivative at the zero vector is zero.
  public func norm(order: Double = 2, axes: [Int], keepingAxes: Bool = false) -> Tensor {
    length(order, axes, keepingAxes)
  }

  /// The length of the vectors along one axis.
  public func norm(order: Double = 2, axis: Int, keepingAxes: Bool = false) -> Tensor {
    length(order, [axis], keepingAxes)
  }

  /// The length of all elements as one vector.
  public func norm(order: Double = 2, keepingAxes: Bool = false) -> Tensor {
    length(order, nil, keepingAxes)
  }

  private func length(_ order: Double, _ axes: [Int]?, _ keepingAxes: Bool) -> Tensor {
    let type = realDType
    let x = computed(as: type.computing).detached()
    let whole = Array(0..<rank)
    if order.isInfinite {
      let sizes = computed(as: type).abs()
      return order > 0
        ? sizes.max(axes: axes ?? whole, keepingAxes: keepingAxes)
        : sizes.min(axes: axes ?? whole, keepingAxes: keepingAxes)
    }
    if order == 0 {
      return (self .!= 0).sum(axes: axes ?? whole, keepingAxes: keepingAxes).cast(to: type)
    }
    let plan = ReductionPlan(x, axes, keepingAxes, "norm")
    let y: Tensor
    switch order {
    case 1: y = plan.run(apus_sum_absolute, to: .float64).computed(as: type)
    case 2: y = plan.run(apus_sum_squares, to: .float64).sqrt().computed(as: type)
    default:
      let powers = plan.run(apus_sum_powers, to: .float64, parameter: order)
      y = pow(powers, 1 / order).computed(as: type)
    }
    guard node != nil else { return y }
    let (original, kept) = (detached(), plan.keptShape)
    return y.recorded(from: self) { dy, inputs in
      let along = dy.reshaped(to: kept)
      let lengths = y.reshaped(to: kept)
      switch order {
      case 1: inputs.add(0, along * original.sign())
      case 2: inputs.add(0, original * (along / lengths).maskedFill(lengths .== 0, with: 0))
      default:
        let share = (along / pow(lengths, order - 1)).maskedFill(lengths .== 0, with: 0)
        let slope = (pow(original.abs(), order - 1) * original.sign())
          .maskedFill(original .== 0, with: 0)
        inputs.add(0, slope * share)
      }
    }
  }
}
