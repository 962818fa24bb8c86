import Checkpoint

/// How blocks lie in a tensor's memory.
///
/// Shape, strides and offset of such a tensor count elements, as everywhere. Its last axis runs
/// along rows that are whole numbers of blocks; so do all other strides and the offset.
extension DType {
  /// The bytes of a row-major tensor of this type.
  package func byteCount(of shape: Shape) -> Int {
    guard case .blocks(let format) = self else { return shape.elementCount * byteCount }
    precondition(
      shape.count > 0 && shape[-1] % format.elements == 0,
      "a tensor of \(self) blocks needs rows that are multiples of \(format.elements), not the"
        + " shape \(shape)")
    return shape.elementCount / format.elements * format.byteCount
  }
}

extension Tensor {
  /// Refuses a view that cuts blocks or shows their elements in another order.
  func checkBlocks(_ format: BlockFormat, _ shape: Shape, _ strides: Shape, offset: Int) {
    if shape.contains(0) { return }
    let size = format.elements
    let isWhole =
      shape.count > 0 && shape[-1] % size == 0 && strides[-1] == 1 && offset % size == 0
      && shape.indices.dropLast().allSatisfy { shape[$0] == 1 || strides[$0] % size == 0 }
    precondition(
      isWhole,
      "a view of \(format) blocks keeps the last axis in order and in multiples of \(size): the"
        + " tensor of shape \(self.shape) cannot be seen as \(shape) with strides \(strides);"
        + " dequantize it first, with cast(to: .float32)")
  }

  /// The memory of quantized blocks as bytes: the last axis counts the bytes of a row.
  ///
  /// - Precondition: The elements are quantized blocks.
  package var blockBytes: Tensor {
    guard case .blocks(let format) = dtype else {
      preconditionFailure("blockBytes: a tensor of \(dtype) has no blocks")
    }
    var (shape, strides) = (shape, strides)
    for axis in shape.indices {
      strides[axis] = strides[axis] / format.elements * format.byteCount
    }
    shape[-1] = shape[-1] / format.elements * format.byteCount
    strides[-1] = 1
    return Tensor(
      storage: storage, shape: shape, strides: strides,
      offset: offset / format.elements * format.byteCount, dtype: .uint8)
  }
}
