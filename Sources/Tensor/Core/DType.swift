/// The type of a tensor's elements.
///
/// Computation happens in `float32` (in `float64` when a tensor has that type); the 16-bit floating
/// types are for storage.
public enum DType: UInt8, Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case bool, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64

  /// The size of one element in bytes.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    }
  }

  /// Whether the elements are floating-point numbers.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// Whether the elements are integers; `bool` is not.
  public var isInteger: Bool { !isFloatingPoint && self != .bool }

  /// The type in which arithmetic on this type is done: the 16-bit floats compute as `float32`.
  package var computing: DType { self == .float16 || self == .bfloat16 ? .float32 : self }

  /// The type that holds the result of an operation on both, by PyTorch's promotion rules.
  ///
  /// - Parameter other: The other operand's type.
  public func promoted(with other: DType) -> DType {
    if self == other { return self }
    let (low, high) = rawValue < other.rawValue ? (self, other) : (other, self)
    switch (low, high) {
    case (.uint8, .int8): return .int16
    case (.float16, .bfloat16): return .float32
    default: return high
    }
  }

  /// The name PyTorch and NumPy give the type.
  public var description: String {
    switch self {
    case .bool: "bool"
    case .uint8: "uint8"
    case .int8: "int8"
    case .int16: "int16"
    case .int32: "int32"
    case .int64: "int64"
    case .float16: "float16"
    case .bfloat16: "bfloat16"
    case .float32: "float32"
    case .float64: "float64"
    }
  }
}
