import CKernels

/// Whole numbers near the elements. Their derivative is zero everywhere.
extension Tensor {
  /// The largest whole number that is not larger.
  public func floor() -> Tensor { stepped(apus_floor) }
  /// The smallest whole number that is not smaller.
  public func ceil() -> Tensor { stepped(apus_ceil) }
  /// The nearest whole number; ties go to the even one.
  public func rounded() -> Tensor { stepped(apus_round) }

  private func stepped(_ code: apus_map_code) -> Tensor {
    let computing = dtype.computing
    guard computing.isFloatingPoint else { return self }
    let y = computed(as: computing).mapped(code, to: computing).computed(as: dtype)
    guard node != nil else { return y }
    let (shape, type) = (shape, dtype)
    return y.recorded(from: self) { _, inputs in inputs.add(0, .zeros(shape, dtype: type)) }
  }
}
