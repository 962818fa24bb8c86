import CKernels

/// Which type an operation of several operands computes in, by PyTorch's rules.
extension DType {
  /// bool, integers, floats: an operand without axes, or a Swift number, raises the type of a
  /// tensor only where its category is higher.
  @inline(__always) var category: Int { number >= DType.float16.number ? 2 : self == .bool ? 0 : 1 }
}

extension Tensor {
  /// The type of the result of an operation on both.
  @inline(__always)
  static func promoted(_ a: Tensor, _ b: Tensor) -> DType {
    a.dtype == b.dtype ? a.dtype : promotedApart(a, b)
  }

  private static func promotedApart(_ a: Tensor, _ b: Tensor) -> DType {
    if (a.shape.rank == 0) == (b.shape.rank == 0) { return a.dtype.promoted(with: b.dtype) }
    let (array, scalar) = b.shape.rank == 0 ? (a.dtype, b.dtype) : (b.dtype, a.dtype)
    return scalar.category > array.category ? array.promoted(with: scalar) : array
  }

  /// The tensor in the type an operation computes in, not tracked.
  @inline(__always)
  func computed(as dtype: DType) -> Tensor { dtype == self.dtype ? self : converted(to: dtype) }

  /// The type in which a function defined on the reals works on elements of this type.
  @inline(__always)
  var realDType: DType { dtype.computing.isFloatingPoint ? dtype : .float32 }

  /// The gradient of an operand that was broadcast and promoted, given that of its promoted whole.
  func gradient(of shape: Shape, _ dtype: DType) -> Tensor {
    summed(to: shape).cast(to: dtype)
  }
}

/// Swift numbers and literals, which have no type of their own: beside a tensor they take its type,
/// except that real numbers make integers float32.
extension Tensor {
  /// A number as a float32 scalar that remembers what it is.
  package init(_ number: Number) {
    let value: Double =
      switch number {
      case .whole(let value): Double(value)
      case .real(let value): value
      }
    self.init(
      storage: Storage(byteCount: 4, number: number), shape: Shape(), strides: Shape(), offset: 0,
      dtype: .float32)
    floats.pointee = Float(value)
  }

  /// The number that this is instead of a tensor with a type.
  @inline(__always)
  var number: Number? { shape.rank == 0 && dtype == .float32 ? storage.number : nil }

  /// Both operands as tensors with types: a number takes its type from the other one.
  @inline(__always)
  static func typed(_ a: Tensor, _ b: Tensor) -> (Tensor, Tensor) {
    if let number = b.number { return (a, a.number == nil ? a.typed(number) : b) }
    if let number = a.number { return (b.typed(number), b) }
    return (a, b)
  }

  /// A number as an operand beside this tensor.
  private func typed(_ number: Number) -> Tensor {
    switch number {
    case .real(let value):
      return Tensor(value, dtype: dtype.isFloatingPoint ? scalarDType : .float32)
    case .whole(let value):
      if dtype.isFloatingPoint { return Tensor(Double(value), dtype: scalarDType) }
      let scalar = Tensor(uninitialized: [], dtype: .int64)
      scalar.pointer(as: Int64.self).pointee = Int64(value)
      return scalar.computed(as: dtype == .bool ? .int64 : dtype)
    }
  }

  /// The type of a number beside this floating tensor: exact enough, and never raising its type.
  private var scalarDType: DType { shape.rank == 0 ? dtype : dtype.computing }

  /// The sum, difference, product or quotient of two numbers is a number.
  static func combined(_ code: apus_map_code, _ a: Number, _ b: Number) -> Tensor? {
    if case (.whole(let x), .whole(let y)) = (a, b), code != apus_divide {
      switch code {
      case apus_add: return Tensor(.whole(x &+ y))
      case apus_subtract: return Tensor(.whole(x &- y))
      case apus_multiply: return Tensor(.whole(x &* y))
      default: return nil
      }
    }
    let (x, y) = (a.real, b.real)
    switch code {
    case apus_add: return Tensor(.real(x + y))
    case apus_subtract: return Tensor(.real(x - y))
    case apus_multiply: return Tensor(.real(x * y))
    case apus_divide: return Tensor(.real(x / y))
    default: return nil
    }
  }
}

extension Number {
  var real: Double {
    switch self {
    case .whole(let value): Double(value)
    case .real(let value): value
    }
  }
}
