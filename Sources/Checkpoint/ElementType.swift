/// How the numbers of a stored tensor are encoded.
///
/// The raw value is the spelling in a safetensors header. The cases stand in the order in which
/// the reference implementation of safetensors ranks them, from the least to the most aligned.
public enum ElementType: String, Sendable, Hashable, CaseIterable {
  /// One byte, zero or one.
  case bool = "BOOL"
  /// Four bits, two to a byte: one sign, two exponent bits, one of mantissa.
  case float4 = "F4"
  /// Six bits: one sign, two exponent bits, three of mantissa.
  case float6e2m3 = "F6_E2M3"
  /// Six bits: one sign, three exponent bits, two of mantissa.
  case float6e3m2 = "F6_E3M2"
  /// An unsigned byte.
  case uint8 = "U8"
  /// A signed byte.
  case int8 = "I8"
  /// Eight bits: one sign, five exponent bits, two of mantissa.
  case float8e5m2 = "F8_E5M2"
  /// Eight bits: one sign, four exponent bits, three of mantissa; no infinities.
  case float8e4m3 = "F8_E4M3"
  /// Eight bits of exponent, without sign and mantissa: the scale of a microscaling block.
  case float8e8m0 = "F8_E8M0"
  /// `float8e4m3` with one zero, one not-a-number and another exponent bias.
  case float8e4m3fnuz = "F8_E4M3FNUZ"
  /// `float8e5m2` with one zero, one not-a-number and another exponent bias.
  case float8e5m2fnuz = "F8_E5M2FNUZ"
  /// A signed 16-bit integer.
  case int16 = "I16"
  /// An unsigned 16-bit integer.
  case uint16 = "U16"
  /// IEEE 754 half precision.
  case float16 = "F16"
  /// The upper half of a `float32`.
  case bfloat16 = "BF16"
  /// A signed 32-bit integer.
  case int32 = "I32"
  /// An unsigned 32-bit integer.
  case uint32 = "U32"
  /// IEEE 754 single precision.
  case float32 = "F32"
  /// Two `float32`, the real and the imaginary part.
  case complex64 = "C64"
  /// IEEE 754 double precision.
  case float64 = "F64"
  /// A signed 64-bit integer.
  case int64 = "I64"
  /// An unsigned 64-bit integer.
  case uint64 = "U64"

  /// The size of one element in bits; less than eight where elements share bytes.
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
    }
  }

  /// The multiple of bytes at which a processor likes to find an element.
  public var alignment: Int {
    self == .complex64 ? 4 : max(bitCount / 8, 1)
  }

  /// The bytes that a tensor of this type and `shape` takes.
  ///
  /// It is `nil` if the number of elements or of bits does not fit an `Int`, if an extent is
  /// negative, or if the elements do not fill the last byte.
  public func byteCount(ofShape shape: [Int]) -> Int? {
    guard let bits = totalBits(ofShape: shape), bits % 8 == 0 else { return nil }
    return bits / 8
  }

  /// The bits that a tensor of `shape` takes, unless they overflow, extent by extent.
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
