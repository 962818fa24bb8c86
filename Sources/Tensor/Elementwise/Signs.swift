import CKernels

/// Functions that keep the type of the elements, integers included.
extension Tensor {
  /// The magnitude; the derivative at 0 is 0.
  public func abs() -> Tensor {
    let y = numeric(apus_absolute, "abs")
    guard node != nil else { return y }
    let x = detached()
    return y.recorded(from: self) { dy, inputs in inputs.add(0, dy * x.sign()) }
  }

  /// -1, 0 or 1; the derivative is 0.
  public func sign() -> Tensor {
    let y = numeric(apus_sign, "sign")
    guard node != nil else { return y }
    let (shape, type) = (shape, dtype)
    return y.recorded(from: self) { _, inputs in inputs.add(0, .zeros(shape, dtype: type)) }
  }

  /// x².
  public func squared() -> Tensor {
    let y = numeric(apus_square, "squared")
    guard node != nil else { return y }
    let x = detached()
    return y.recorded(from: self) { dy, inputs in inputs.add(0, dy * x * 2) }
  }

  /// Whether the element is not a number; integers always are.
  public func isNaN() -> Tensor {
    let computing = dtype.computing
    guard computing.isFloatingPoint else { return .zeros(shape, dtype: .bool) }
    return computed(as: computing).mapped(apus_is_nan, to: .bool)
  }

  private func numeric(_ code: apus_map_code, _ operation: StaticString) -> Tensor {
    precondition(dtype != .bool, "\(operation): truth values do not have it; cast them first")
    let computing = dtype.computing
    return computed(as: computing).mapped(code, to: computing).computed(as: dtype)
  }
}
