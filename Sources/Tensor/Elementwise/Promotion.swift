import CKernels

/// Which type an operation of several operands computes in, by PyTorch's rules.
extension DType {
  /// bool, integers, floats: an operand without axes, or a Swift number, raises the type of a
  /// tensor only where its category is higher.
  @inline(__always) var category: Int { isFloatingPoint ? 2 : self == .bool ? 0 : 1 }
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
  var realDType: DType { dtype.isFloatingPoint ? dtype : .float32 }

  /// The gradient of an operand that was broadcast and promoted, given that of its promoted whole.
  func gradient(of shape: Shape, _ dtype: DType) -> Tensor {
    summed(to: shape).cast(to: dtype)
  }
}

/// A Swift number beside a tensor.
extension Tensor {
  /// The type of a number beside this floating tensor: exact enough, and never raising its type.
  @inline(__always)
  private var scalarDType: DType { shape.rank == 0 ? dtype : dtype.computing }

  /// A whole number as an operand of `other`: it becomes int64 only beside truth values.
  @inline(__always)
  static func operand(_ number: Int, beside other: Tensor) -> Tensor {
    other.dtype.isFloatingPoint
      ? Tensor(Double(number), dtype: other.scalarDType)
      : Tensor.whole(number, dtype: other.dtype == .bool ? .int64 : other.dtype)
  }

  /// A real number as an operand of `other`: beside integers and truth values it is float32.
  @inline(__always)
  static func operand(_ number: Double, beside other: Tensor) -> Tensor {
    Tensor(number, dtype: other.dtype.isFloatingPoint ? other.scalarDType : .float32)
  }

  /// An integer scalar without the detour over `Double`.
  static func whole(_ number: Int, dtype: DType) -> Tensor {
    let scalar = Tensor(uninitialized: [], dtype: .int64)
    scalar.pointer(as: Int64.self).pointee = Int64(number)
    return scalar.computed(as: dtype)
  }
}
