/// How the numbers of a stored tensor are encoded.
///
/// The raw value of a plain type is the spelling in a safetensors header. These cases stand in the
/// order in which the reference implementation of safetensors ranks them, from the least to the most
/// aligned.
public enum ElementType: Sendable, Hashable {
  /// One byte, zero or one.
  case bool
  /// Four bits, two to a byte: one sign, two exponent bits, one of mantissa.
  case float4
  /// Six bits: one sign, two exponent bits, three of mantissa.
  case float6e2m3
  /// Six bits: one sign, three exponent bits, two of mantissa.
  case float6e3m2
  /// An unsigned byte.
  case uint8
  /// A signed byte.
  case int8
  /// Eight bits: one sign, five exponent bits, two of mantissa.
  case float8e5m2
  /// Eight bits: one sign, four exponent bits, three of mantissa; no infinities.
  case float8e4m3
  /// Eight bits of exponent, without sign and mantissa: the scale of a microscaling block.
  case float8e8m0
  /// `float8e4m3` with one zero, one not-a-number and another exponent bias.
  case float8e4m3fnuz
  /// `float8e5m2` with one zero, one not-a-number and another exponent bias.
  case float8e5m2fnuz
  /// A signed 16-bit integer.
  case int16
  /// An unsigned 16-bit integer.
  case uint16
  /// IEEE 754 half precision.
  case float16
  /// The upper half of a `float32`.
  case bfloat16
  /// A signed 32-bit integer.
  case int32
  /// An unsigned 32-bit integer.
  case uint32
  /// IEEE 754 single precision.
  case float32
  /// Two `float32`, the real and the imaginary part.
  case complex64
  /// IEEE 754 double precision.
  case float64
  /// A signed 64-bit integer.
  case int64
  /// An unsigned 64-bit integer.
  case uint64
  /// Quantized blocks, as GGUF files have them; safetensors files cannot hold them.
  case blocks(BlockFormat)

  /// The plain types, all but ``blocks(_:)``.
  public static let plainTypes: [ElementType] = [
    .bool, .float4, .float6e2m3, .float6e3m2, .uint8, .int8, .float8e5m2, .float8e4m3,
    .float8e8m0, .float8e4m3fnuz, .float8e5m2fnuz, .int16, .uint16, .float16, .bfloat16,
    .int32, .uint32, .float32, .complex64, .float64, .int64, .uint64,
  ]

  /// The name: in a safetensors header, or that of the block format in capitals.
  public var rawValue: String {
    switch self {
    case .bool: "BOOL"
    case .float4: "F4"
    case .float6e2m3: "F6_E2M3"
    case .float6e3m2: "F6_E3M2"
    case .uint8: "U8"
    case .int8: "I8"
    case .float8e5m2: "F8_E5M2"
    case .float8e4m3: "F8_E4M3"
    case .float8e8m0: "F8_E8M0"
    case .float8e4m3fnuz: "F8_E4M3FNUZ"
    case .float8e5m2fnuz: "F8_E5M2FNUZ"
    case .int16: "I16"
    case .uint16: "U16"
    case .float16: "F16"
    case .bfloat16: "BF16"
    case .int32: "I32"
    case .uint32: "U32"
    case .float32: "F32"
    case .complex64: "C64"
    case .float64: "F64"
    case .int64: "I64"
    case .uint64: "U64"
    case .blocks(let format): format.capitalName
    }
  }

  /// The plain type that a safetensors header spells so.
  public init?(rawValue: String) {
    guard let type = Self.plainTypes.first(where: { $0.rawValue == rawValue }) else { return nil }
    self = type
  }

  /// The size of one element in bits; less than eight where elements share bytes, rounded up where
  /// they share a block.
  public var bitCount: Int {
    switch self {
    case .float4: 4
    case .float6e2m3, .float6e3m2: 6
    case .bool, .uint8, .int8, .float8e5m2, .float8e4m3, .float8e8m0, .float8e4m3fnuz,
      .float8e5m2fnuz:
      8
    case .int16, .uint16, .float16, .bfloat16: 16
    case .int32, .uint32, .float32: 32
    case .complex64, .float64, .int64, .uint64: 64
    case .blocks(let format): Int(format.bitsPerElement.rounded(.up))
    }
  }

  /// The multiple of bytes at which a processor likes to find an element.
  public var alignment: Int {
    switch self {
    case .complex64: 4
    case .blocks: 1
    default: max(bitCount / 8, 1)
    }
  }

  /// The bytes that a tensor of this type and `shape` takes.
  ///
  /// It is `nil` if the number of elements or of bits does not fit an `Int`, if an extent is
  /// negative, or if the elements do not fill the last byte or, in a row, the last block.
  public func byteCount(ofShape shape: [Int]) -> Int? {
    if case .blocks(let format) = self { return format.byteCount(ofShape: shape) }
    guard let bits = totalBits(ofShape: shape), bits % 8 == 0 else { return nil }
    return bits / 8
  }

  /// The bits that a tensor of a plain type and `shape` takes, unless they overflow, extent by
  /// extent.
  func totalBits(ofShape shape: [Int]) -> Int? {
    var count = 1
    for extent in shape {
      let (product, overflow) = count.multipliedReportingOverflow(by: extent)
      guard extent >= 0, !overflow else { return nil }
      count = product
    }
    let (bits, overflow) = count.multipliedReportingOverflow(by: bitCount)
    return overflow ? nil : bits
  }
}
