import CKernels

/// The larger of two elements, NaN where either is; where they are equal each has half of the
/// derivative.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor.extreme(apus_maximum, a, b, "maximum")
}

/// The smaller of two elements, NaN where either is; where they are equal each has half of the
/// derivative.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor.extreme(apus_minimum, a, b, "minimum")
}

extension Tensor {
  fileprivate static func extreme(
    _ code: apus_map_code, _ a: Tensor, _ b: Tensor, _ operation: StaticString
  ) -> Tensor {
    let y = arithmetic(code, a, b, operation)
    guard a.node != nil || b.node != nil else { return y }
    let (left, right) = (a.detached(), b.detached())
    let isMaximum = code == apus_maximum
    return y.recorded(from: a, b) { dy, inputs in
      let shared = which(left .== right, dy * 0.5, dy)
      let leftLoses = isMaximum ? left .< right : left .> right
      let rightLoses = isMaximum ? left .> right : left .< right
      inputs.add(0, shared.maskedFill(leftLoses, with: 0).gradient(of: left.shape, left.dtype))
      inputs.add(1, shared.maskedFill(rightLoses, with: 0).gradient(of: right.shape, right.dtype))
    }
  }

  /// The elements held between two bounds, of which one may be absent.
  ///
  /// The derivative passes where the element is not outside. The type stays.
  public func clamped(min low: Double? = nil, max high: Double? = nil) -> Tensor {
    precondition(dtype != .bool, "clamped: truth values do not have it; cast them first")
    let computing = dtype.computing
    let x = computed(as: computing)
    let lower = x.bound(low, least: true)
    let upper = x.bound(high, least: false)
    let target = Tensor(uninitialized: shape, dtype: computing)
    Tensor.write(apus_clamp, computing.code, x, lower, upper, into: target)
    let y = target.computed(as: dtype)
    guard node != nil else { return y }
    let original = detached()
    return y.recorded(from: self) { dy, inputs in
      var gradient = dy
      if let low { gradient = gradient.maskedFill(original .< low, with: 0) }
      if let high { gradient = gradient.maskedFill(original .> high, with: 0) }
      inputs.add(0, gradient)
    }
  }

  /// A bound as a scalar of this type; an absent one lets everything pass.
  private func bound(_ value: Double?, least: Bool) -> Tensor {
    let open = least ? -Double.infinity : Double.infinity
    let value = value ?? open
    if dtype.isFloatingPoint { return Tensor(value, dtype: dtype) }
    // Integers have no infinity: the bound is moved to the end of their range first.
    func held<Integer: FixedWidthInteger & TensorScalar>(_ type: Integer.Type) -> Tensor {
      let number =
        Integer(exactly: value.rounded(.towardZero)) ?? (value < 0 ? Integer.min : Integer.max)
      return Tensor([number], shape: [])
    }
    switch dtype {
    case .uint8: return held(UInt8.self)
    case .int8: return held(Int8.self)
    case .int16: return held(Int16.self)
    case .int32: return held(Int32.self)
    default: return held(Int64.self)
    }
  }
}
