/// The mechanism under all views: the same memory under another shape.
extension Tensor {
  /// The same storage under another shape, strides and offset, not tracked.
  package func restrided(_ shape: Shape, _ strides: Shape, offset: Int? = nil) -> Tensor {
    if case .blocks(let format) = dtype {
      checkBlocks(format, shape, strides, offset: offset ?? self.offset)
    }
    return Tensor(
      storage: storage, shape: shape, strides: strides, offset: offset ?? self.offset,
      dtype: dtype)
  }

  /// A view that shows each element at most once; its gradient is added to that part of the
  /// gradient of the whole, in place.
  package func part(_ view: @escaping @Sendable (Tensor) -> Tensor) -> Tensor {
    let whole = shape
    let dtype = dtype
    return view(detached()).recorded(from: self) { dy, inputs in
      inputs.update(0) { sum in
        if sum == nil { sum = .zeros(whole, dtype: dtype) }
        sum?.makeWritable()
        // The view of the sum shares its memory: written through, never kept.
        if let sum { view(sum).accumulateInPlace(dy) }
      }
    }
  }

  /// Adds `other` to this value.
  ///
  /// In place where nobody else holds the memory; not tracked.
  public mutating func accumulate(_ other: Tensor) {
    precondition(
      shape == other.shape, "accumulate: shapes \(shape) and \(other.shape) differ")
    node = nil
    if dtype == other.dtype && isKnownUniquelyReferenced(&storage) && storage.isWritable
      && !strides.indices.contains(where: { strides[$0] == 0 && shape[$0] > 1 })
    {
      accumulateInPlace(other)
    } else {
      self = detached() + other.detached()
    }
  }
}
