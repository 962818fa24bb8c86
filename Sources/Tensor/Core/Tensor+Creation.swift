extension Tensor {
  /// A tensor of zeros.
  public static func zeros(_ shape: Shape, dtype: DType = .float32) -> Tensor {
    let tensor = Tensor(uninitialized: shape, dtype: dtype)
    tensor.base.initializeMemory(as: UInt8.self, repeating: 0, count: tensor.byteCount)
    return tensor
  }

  /// A tensor of zeros with these extents.
  public static func zeros(_ extents: Int..., dtype: DType = .float32) -> Tensor {
    zeros(Shape(extents), dtype: dtype)
  }

  /// A tensor of ones.
  public static func ones(_ shape: Shape, dtype: DType = .float32) -> Tensor {
    full(shape, 1, dtype: dtype)
  }

  /// A tensor of ones with these extents.
  public static func ones(_ extents: Int..., dtype: DType = .float32) -> Tensor {
    full(Shape(extents), 1, dtype: dtype)
  }

  /// A tensor whose elements are all `value`.
  public static func full(_ shape: Shape, _ value: Double, dtype: DType = .float32) -> Tensor {
    Tensor(value, dtype: dtype).expanded(to: shape).copied()
  }

  /// A scalar tensor.
  public init(_ value: Double, dtype: DType = .float32) {
    if case .blocks = dtype { dtype.isOnlyAWeight() }
    self.init(uninitialized: [], dtype: dtype)
    switch dtype {
    case .float32: pointer(as: Float.self).pointee = Float(value)
    case .float64: pointer(as: Double.self).pointee = value
    case .float16: pointer(as: Float16.self).pointee = Float16(value)
    case .bfloat16: pointer(as: BFloat16.self).pointee = BFloat16(Float(value))
    case .bool: pointer(as: Bool.self).pointee = value != 0
    case .uint8: pointer(as: UInt8.self).pointee = Tensor.wrapped(value)
    case .int8: pointer(as: Int8.self).pointee = Tensor.wrapped(value)
    case .int16: pointer(as: Int16.self).pointee = Tensor.wrapped(value)
    case .int32: pointer(as: Int32.self).pointee = Tensor.wrapped(value)
    case .int64: pointer(as: Int64.self).pointee = Tensor.wrapped(value)
    case .blocks: dtype.isOnlyAWeight()
    }
  }

  /// The integer part of `value`, modulo the range of the type; 0 where there is none.
  private static func wrapped<Integer: FixedWidthInteger>(_ value: Double) -> Integer {
    guard value.isFinite, Swift.abs(value) < 0x1p63 else { return 0 }
    return Integer(truncatingIfNeeded: Int64(value))
  }

  /// A tensor with the elements of `values` in row-major order.
  ///
  /// - Parameters:
  ///   - values: As many as the shape has elements.
  ///   - shape: By default, one axis as long as `values`.
  public init<Scalar: TensorScalar>(_ values: [Scalar], shape: Shape? = nil) {
    let shape = shape ?? [values.count]
    precondition(
      shape.elementCount == values.count,
      "a tensor of shape \(shape) has \(shape.elementCount) elements, not \(values.count)")
    self.init(uninitialized: shape, dtype: Scalar.dtype)
    values.withUnsafeBytes { source in
      if let start = source.baseAddress { base.copyMemory(from: start, byteCount: source.count) }
    }
  }

  /// A tensor from the bytes of its elements in row-major order, little-endian.
  ///
  /// - Precondition: The number of bytes is that of the shape and type.
  public init(bytes: UnsafeRawBufferPointer, shape: Shape, dtype: DType) {
    let count = dtype.byteCount(of: shape)
    precondition(
      bytes.count == count,
      "a \(dtype) tensor of shape \(shape) has \(count) bytes, not \(bytes.count)")
    self.init(uninitialized: shape, dtype: dtype)
    if let start = bytes.baseAddress { storage.bytes.copyMemory(from: start, byteCount: count) }
  }

  /// A tensor on memory that `owner` keeps alive and that nobody writes: a mapped file, a buffer of
  /// another library.
  ///
  /// Nothing is copied until the tensor is changed.
  ///
  /// - Precondition: `bytes` is aligned to the element type and holds the shape's elements.
  public init(
    borrowing bytes: UnsafeRawBufferPointer, shape: Shape, dtype: DType,
    owner: any AnyObject & Sendable
  ) {
    let count = dtype.byteCount(of: shape)
    precondition(
      bytes.count == count,
      "a \(dtype) tensor of shape \(shape) has \(count) bytes, not \(bytes.count)")
    guard let start = bytes.baseAddress, count > 0 else {
      self.init(uninitialized: shape, dtype: dtype)
      return
    }
    precondition(
      dtype.blockFormat != nil || Int(bitPattern: start) % dtype.byteCount == 0,
      "a tensor cannot borrow memory that is not aligned to its type \(dtype)")
    self.init(
      storage: Storage(readOnly: start, byteCount: count, owner: owner), shape: shape,
      strides: shape.rowMajorStrides, offset: 0, dtype: dtype)
  }

  /// The numbers `start`, `start + step`, … up to but not including `end`.
  public static func arange(
    _ start: Double, _ end: Double, step: Double = 1, dtype: DType = .float32
  ) -> Tensor {
    precondition(step != 0, "arange: the step cannot be zero")
    let count = Swift.max(0, Int(((end - start) / step).rounded(.up)))
    return Tensor((0..<count).map { start + Double($0) * step }).cast(to: dtype)
  }

  /// The integers 0 … `count` - 1.
  public static func arange(_ count: Int, dtype: DType = .int64) -> Tensor {
    Tensor((0..<Int64(Swift.max(0, count))).map { $0 }).cast(to: dtype)
  }

  /// `count` numbers in equal steps from `start` to `end`, both included.
  public static func linspace(
    _ start: Double, _ end: Double, count: Int, dtype: DType = .float32
  ) -> Tensor {
    precondition(count >= 0, "linspace: the count cannot be \(count)")
    let step = count > 1 ? (end - start) / Double(count - 1) : 0
    // From both ends, so that the last number is `end` itself.
    let values = (0..<count).map { index in
      index < (count + 1) / 2
        ? start + Double(index) * step : end - Double(count - 1 - index) * step
    }
    return Tensor(values).cast(to: dtype)
  }

  /// The identity matrix.
  public static func identity(_ size: Int, dtype: DType = .float32) -> Tensor {
    var matrix = zeros([size, size], dtype: dtype)
    if size > 0 {
      let diagonal = Tensor(
        storage: matrix.storage, shape: [size], strides: [size + 1], offset: 0, dtype: dtype)
      Tensor.ones([size], dtype: dtype).copyElements(into: diagonal)
    }
    matrix.node = nil
    return matrix
  }
}

extension Tensor: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  /// A scalar that beside another tensor takes its type, as a Swift number does; alone, float32.
  public init(floatLiteral value: Double) { self.init(.real(value)) }
  /// A scalar that beside another tensor takes its type, as a Swift number does; alone, float32.
  public init(integerLiteral value: Int) { self.init(.whole(value)) }
}

extension Tensor: ExpressibleByArrayLiteral {
  /// A float32 tensor from nested literals: `[[1, 2, 3], [4, 5, 6]]` has shape `[2, 3]`.
  public init(arrayLiteral rows: Tensor...) {
    guard let first = rows.first else {
      self.init(uninitialized: [0])
      return
    }
    for row in rows {
      precondition(
        row.shape == first.shape,
        "a nested literal needs rows of one shape, not \(first.shape) and \(row.shape)")
    }
    self = stack(rows, axis: 0)
  }
}
