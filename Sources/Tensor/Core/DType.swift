public import Checkpoint

/// The type of a tensor's elements.
///
/// Computation happens in `float32` (in `float64` when a tensor has that type); the 16-bit floating
/// types are for storage, and so are quantized ``blocks(_:)``.
public enum DType: Sendable, Hashable, CaseIterable, CustomStringConvertible {
  case bool, uint8, int8, int16, int32, int64, float16, bfloat16, float32, float64
  /// Rows of quantized blocks, as GGUF files have them.
  ///
  /// Such a tensor is a weight: see <doc:QuantizedTensors> for what can be done with it.
  case blocks(BlockFormat)

  /// The ten types whose elements stand for themselves: all but ``blocks(_:)``.
  public static let allCases: [DType] = [
    .bool, .uint8, .int8, .int16, .int32, .int64, .float16, .bfloat16, .float32, .float64,
  ]

  /// The size of one element in bytes.
  ///
  /// - Precondition: The elements are not ``blocks(_:)``, where several share their bytes.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .int16, .float16, .bfloat16: 2
    case .int32, .float32: 4
    case .int64, .float64: 8
    case .blocks: isOnlyAWeight()
    }
  }

  /// Whether the elements are floating-point numbers; quantized blocks are not.
  public var isFloatingPoint: Bool {
    switch self {
    case .float16, .bfloat16, .float32, .float64: true
    default: false
    }
  }

  /// Whether the elements are integers; `bool` and quantized blocks are not.
  public var isInteger: Bool {
    switch self {
    case .uint8, .int8, .int16, .int32, .int64: true
    default: false
    }
  }

  /// The format, if the elements are quantized blocks.
  public var blockFormat: BlockFormat? {
    if case .blocks(let format) = self { format } else { nil }
  }

  /// The type in which arithmetic on this type is done: the 16-bit floats compute as `float32`.
  package var computing: DType {
    switch self {
    case .float16, .bfloat16: .float32
    case .blocks: isOnlyAWeight()
    default: self
    }
  }

  /// The type that holds the result of an operation on both, by PyTorch's promotion rules.
  ///
  /// - Parameter other: The other operand's type.
  /// - Precondition: Neither is ``blocks(_:)``.
  public func promoted(with other: DType) -> DType {
    if case .blocks = self { isOnlyAWeight() }
    if self == other { return self }
    let (low, high) = number < other.number ? (self, other) : (other, self)
    switch (low, high) {
    case (.uint8, .int8): return .int16
    case (.float16, .bfloat16): return .float32
    default: return high
    }
  }

  /// The number that kernels know the type by, in the order of the cases.
  package var number: UInt8 {
    switch self {
    case .bool: 0
    case .uint8: 1
    case .int8: 2
    case .int16: 3
    case .int32: 4
    case .int64: 5
    case .float16: 6
    case .bfloat16: 7
    case .float32: 8
    case .float64: 9
    case .blocks: isOnlyAWeight()
    }
  }

  /// The name PyTorch and NumPy give the type, or ggml the format of blocks.
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
    case .blocks(let format): format.description
    }
  }

  /// Ends the program: blocks reached an operation that needs elements.
  func isOnlyAWeight() -> Never {
    preconditionFailure(
      "a tensor of \(self) blocks is only the weight of linear, or the table of embedding; for any"
        + " other operation dequantize it first, with cast(to: .float32)")
  }
}
