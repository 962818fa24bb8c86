/// An n-dimensional array of numbers: a value, with views, broadcasting and derivatives.
///
/// Copies share memory until one of them is written. Slices, transposes and reshapes are views:
/// they cost no copy. A tensor has no device and no flag that asks for gradients; derivatives are
/// taken with `valueWithGradient(at:where:_:)`.
///
/// ```swift
/// let a: Tensor = [[1, 2, 3], [4, 5, 6]]      // float32, [2, 3]
/// let y = matmul(a, a.transposed()) + 1       // [2, 2]
/// print(y[.all, -1])
/// ```
public struct Tensor: Sendable {
  package var storage: Storage
  /// The extents of the axes.
  public package(set) var shape: Shape
  /// The distance in elements between neighbours along each axis; 0 on expanded axes.
  public package(set) var strides: Shape
  /// Where the first element lies in the storage, in elements.
  package var offset: Int
  /// The type of the elements.
  public let dtype: DType
  /// The operation that made this value, while derivatives are being recorded.
  package var node: Node?

  package init(
    storage: Storage, shape: Shape, strides: Shape, offset: Int, dtype: DType, node: Node? = nil
  ) {
    self.storage = storage
    self.shape = shape
    self.strides = strides
    self.offset = offset
    self.dtype = dtype
    self.node = node
  }

  /// A row-major tensor with undefined contents.
  package init(uninitialized shape: Shape, dtype: DType = .float32) {
    let count = shape.elementCount
    precondition(count >= 0, "a tensor cannot have the shape \(shape)")
    self.init(
      storage: Storage(byteCount: dtype.byteCount(of: shape)), shape: shape,
      strides: shape.rowMajorStrides, offset: 0, dtype: dtype)
  }

  /// The number of axes.
  public var rank: Int { shape.count }
  /// The number of elements.
  public var count: Int { shape.elementCount }
  /// The size of the elements in bytes, each counted once however the memory is shared.
  public var byteCount: Int { dtype.byteCount(of: shape) }

  /// Whether the elements lie in memory in row-major order without gaps.
  public var isContiguous: Bool {
    var step = 1
    var axis = shape.count - 1
    while axis >= 0 {
      let extent = shape.extents[axis]
      if extent != 1 {
        if extent == 0 { return true }
        if strides.extents[axis] != step { return false }
        step *= extent
      }
      axis -= 1
    }
    return true
  }

  /// Whether derivatives with respect to this value, or to what it was made from, are recorded.
  public var isTracked: Bool { node != nil }

  /// The same value, cut off from the record: no derivative flows through it.
  public func detached() -> Tensor {
    var copy = self
    copy.node = nil
    return copy
  }
}
