/// The types that metadata can have, by their numbers in the file.
package enum GGUFValueType: UInt32, Sendable, CaseIterable {
  case uint8 = 0
  case int8
  case uint16
  case int16
  case uint32
  case int32
  case float32
  case bool
  case string
  case array
  case uint64
  case int64
  case float64

  /// The bytes that a value takes, or nil where values differ.
  package var byteCount: Int? {
    switch self {
    case .uint8, .int8, .bool: 1
    case .uint16, .int16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    case .string, .array: nil
    }
  }

  /// The fewest bytes that a value takes: a string has its length, an array its type and count.
  var leastByteCount: Int {
    switch self {
    case .string: 8
    case .array: 12
    default: byteCount ?? 1
    }
  }
}
