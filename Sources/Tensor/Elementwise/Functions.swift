import CKernels

/// Functions of one real number, element by element. Integers and truth values become float32.
extension Tensor {
  /// `code` of the elements in this tensor's floating type, not tracked.
  @inline(__always)
  func real(_ code: apus_map_code) -> Tensor {
    if dtype == .float32 { return mapped(code, to: .float32) }
    let type = realDType
    let computing = type.computing
    return computed(as: computing).mapped(code, to: computing).computed(as: type)
  }

  /// One of the kernels' derivatives: `dy` times the slope that belongs to `value`, in its type.
  static func slope(_ code: apus_map_code, _ dy: Tensor, _ value: Tensor) -> Tensor {
    let computing = value.dtype.computing
    return mapped(
      code, dy.computed(as: computing), value.computed(as: computing), to: computing, "pullback"
    ).computed(as: value.dtype)
  }

  /// eˣ.
  public func exp() -> Tensor {
    let y = real(apus_exp)
    guard node != nil else { return y }
    return y.recorded(from: self) { dy, inputs in inputs.add(0, dy * y) }
  }

  /// eˣ - 1, exact near zero.
  public func expm1() -> Tensor {
    let y = real(apus_expm1)
    guard node != nil else { return y }
    return y.recorded(from: self) { dy, inputs in inputs.add(0, dy * (y + 1)) }
  }

  /// The natural logarithm.
  public func log() -> Tensor {
    let y = real(apus_log)
    guard node != nil else { return y }
    let x = detached()
    return y.recorded(from: self) { dy, inputs in inputs.add(0, dy / x) }
  }

  /// ln(1 + x), exact near zero.
  public func log1p() -> Tensor {
    let y = real(apus_log1p)
    guard node != nil else { return y }
    let x = detached()
    return y.recorded(from: self) { dy, inputs in inputs.add(0, dy / (x + 1)) }
  }

  /// The square root.
  public func sqrt() -> Tensor {
    let y = real(apus_sqrt)
    guard node != nil else { return y }
    return y.recorded(from: self) { dy, inputs in inputs.add(0, dy * 0.5 / y) }
  }

  /// 1 / √x.
  public func rsqrt() -> Tensor {
    let y = real(apus_rsqrt)
    guard node != nil else { return y }
    return y.recorded(from: self) { dy, inputs in inputs.add(0, dy * -0.5 * (y * y * y)) }
  }

  /// 1 / x.
  public func reciprocal() -> Tensor {
    let y = real(apus_reciprocal)
    guard node != nil else { return y }
    return y.recorded(from: self) { dy, inputs in inputs.add(0, -(dy * (y * y))) }
  }

  /// The sine of an angle in radians.
  public func sin() -> Tensor {
    let y = real(apus_sin)
    guard node != nil else { return y }
    let x = detached()
    return y.recorded(from: self) { dy, inputs in inputs.add(0, dy * x.cos()) }
  }

  /// The cosine of an angle in radians.
  public func cos() -> Tensor {
    let y = real(apus_cos)
    guard node != nil else { return y }
    let x = detached()
    return y.recorded(from: self) { dy, inputs in inputs.add(0, -(dy * x.sin())) }
  }

  /// The hyperbolic tangent.
  public func tanh() -> Tensor {
    let y = real(apus_tanh)
    guard node != nil else { return y }
    return y.recorded(from: self) { dy, inputs in
      inputs.add(0, Tensor.slope(apus_tanh_slope, dy, y))
    }
  }

  /// The error function, 2/√π ∫₀ˣ e^(-t²) dt.
  public func erf() -> Tensor {
    let y = real(apus_erf)
    guard node != nil else { return y }
    let x = detached()
    return y.recorded(from: self) { dy, inputs in
      inputs.add(0, Tensor.slope(apus_erf_slope, dy, x))
    }
  }
}
