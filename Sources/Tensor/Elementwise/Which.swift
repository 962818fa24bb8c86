import CKernels

/// The elements of `a` where `condition` holds and those of `b` elsewhere (`torch.where`).
///
/// All three broadcast; derivatives flow only through what was chosen, so a NaN that was not leaves
/// no trace.
public func which(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  let (a, b) = Tensor.typed(a, b)
  let type = Tensor.promoted(a, b)
  let mask = condition.computed(as: .bool)
  let shape = a.shape.broadcast(with: b.shape, "which").broadcast(with: mask.shape, "which")
  let y = Tensor(uninitialized: shape, dtype: type)
  Tensor.write(
    apus_where, type.sizeCode, mask, a.computed(as: type), b.computed(as: type), into: y)
  guard a.node != nil || b.node != nil else { return y }
  let (aShape, aType, bShape, bType) = (a.shape, a.dtype, b.shape, b.dtype)
  return y.recorded(from: a, b) { dy, inputs in
    let nothing = Tensor(0, dtype: dy.dtype)
    inputs.add(0, which(mask, dy, nothing).gradient(of: aShape, aType))
    inputs.add(1, which(mask, nothing, dy).gradient(of: bShape, bType))
  }
}

extension Tensor {
  /// The tensor with `value` where `mask` holds; the mask broadcasts to the tensor.
  public func maskedFill(_ mask: Tensor, with value: Double) -> Tensor {
    let mask = mask.computed(as: .bool)
    let target = Tensor(
      uninitialized: shape.broadcast(with: mask.shape, "maskedFill"), dtype: dtype)
    Tensor.write(
      apus_where, dtype.sizeCode, mask, Tensor(value, dtype: dtype), self, into: target)
    guard node != nil else { return target }
    let shape = shape
    return target.recorded(from: self) { dy, inputs in
      inputs.add(0, dy.maskedFill(mask, with: 0).summed(to: shape))
    }
  }
}

extension DType {
  /// An integer type of the same size: choosing moves bits, whatever they mean.
  fileprivate var sizeCode: apus_type {
    switch byteCount {
    case 1: apus_uint8
    case 2: apus_int16
    case 4: apus_int32
    default: apus_int64
    }
  }
}
