private import CKernels

/// Access to a tensor's memory for kernels, ours and users'.
extension Tensor {
  /// The first element's address.
  ///
  /// The caller keeps the tensor alive.
  package var base: UnsafeMutableRawPointer {
    storage.bytes + offset * dtype.byteCount
  }

  package func pointer<Scalar: TensorScalar>(as type: Scalar.Type) -> UnsafeMutablePointer<Scalar> {
    base.assumingMemoryBound(to: type)
  }

  package var floats: UnsafeMutablePointer<Float> { base.assumingMemoryBound(to: Float.self) }

  /// The same value with its elements in row-major order; itself where they already are.
  ///
  /// The derivative passes through unchanged.
  public func contiguous() -> Tensor {
    if isContiguous { return self }
    var copy = copied()
    copy.node = node
    return copy
  }

  /// A row-major copy in memory of its own, cut off from the record.
  package func copied() -> Tensor {
    let copy = Tensor(uninitialized: shape, dtype: dtype)
    copyElements(into: copy)
    return copy
  }

  /// Writes the elements to `target`, a view of the same shape and type on memory nobody else has.
  package func copyElements(into target: Tensor) {
    if dtype.blockFormat != nil && dtype == target.dtype {
      return blockBytes.copyElements(into: target.blockBytes)
    }
    shape.withExtents { extents in
      strides.withExtents { from in
        target.strides.withExtents { to in
          apus_copy(
            target.base, to, base, from, extents, Int32(rank), Int32(dtype.byteCount))
        }
      }
    }
  }

  /// Makes the tensor row-major in memory that only it holds, copying where it must, and cuts it off
  /// from the record; after that it may be written through `base`.
  package mutating func makeWritable() {
    node = nil
    if isKnownUniquelyReferenced(&storage) && storage.isWritable && isContiguous { return }
    self = copied()
  }

  /// Calls `body` with the elements in row-major order.
  ///
  /// - Precondition: `type` is the scalar of the tensor's `dtype`.
  public func withUnsafeElements<Scalar: TensorScalar, Result, Failure: Error>(
    as type: Scalar.Type, _ body: (UnsafeBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(
      Scalar.dtype == dtype, "withUnsafeElements: the tensor holds \(dtype), not \(Scalar.dtype)")
    let rowMajor = contiguous()
    defer { withExtendedLifetime(rowMajor) {} }
    return try body(UnsafeBufferPointer(start: rowMajor.pointer(as: type), count: count))
  }

  /// Calls `body` with the elements in row-major order, to be changed in place.
  ///
  /// Nobody else sees the change: shared memory is copied first. The result is no longer tracked.
  /// - Precondition: `type` is the scalar of the tensor's `dtype`.
  public mutating func withUnsafeMutableElements<Scalar: TensorScalar, Result, Failure: Error>(
    as type: Scalar.Type, _ body: (UnsafeMutableBufferPointer<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    precondition(
      Scalar.dtype == dtype,
      "withUnsafeMutableElements: the tensor holds \(dtype), not \(Scalar.dtype)")
    makeWritable()
    return try body(UnsafeMutableBufferPointer(start: pointer(as: type), count: count))
  }

  /// Calls `body` with a span over the elements in row-major order.
  ///
  /// - Precondition: `Scalar` is the scalar of the tensor's `dtype`.
  public func withSpan<Scalar: TensorScalar, Result, Failure: Error>(
    of type: Scalar.Type, _ body: (Span<Scalar>) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try withUnsafeElements(as: type) { elements throws(Failure) in try body(elements.span) }
  }

  /// The elements in row-major order, converted to `type` as a cast would.
  public func scalars<Scalar: TensorScalar>(as type: Scalar.Type) -> [Scalar] {
    let converted = detached().cast(to: Scalar.dtype).contiguous()
    defer { withExtendedLifetime(converted) {} }
    return Array(UnsafeBufferPointer(start: converted.pointer(as: type), count: count))
  }

  /// The only element, converted to `type`.
  ///
  /// - Precondition: The tensor has exactly one element.
  public func scalar<Scalar: TensorScalar>(as type: Scalar.Type) -> Scalar {
    precondition(count == 1, "scalar: a tensor of shape \(shape) has \(count) elements, not one")
    return scalars(as: type)[0]
  }
}

extension Shape {
  package func withExtents<Result>(_ body: (UnsafePointer<Int64>) -> Result) -> Result {
    var copy = (
      Int64(extents[0]), Int64(extents[1]), Int64(extents[2]), Int64(extents[3]),
      Int64(extents[4]), Int64(extents[5]), Int64(extents[6]), Int64(extents[7])
    )
    return withUnsafePointer(to: &copy) { pointer in
      pointer.withMemoryRebound(to: Int64.self, capacity: Shape.largestRank, body)
    }
  }
}
