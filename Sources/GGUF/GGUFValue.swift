/// A value of the metadata.
package enum GGUFValue: Sendable, Equatable {
  /// A whole number of any width but `uint64`.
  case integer(Int64, GGUFValueType)
  /// A `uint64`.
  case unsigned(UInt64)
  /// A number of either width.
  case number(Double, GGUFValueType)
  case bool(Bool)
  case string(String)
  case array(GGUFArray)

  /// The type in the file.
  package var type: GGUFValueType {
    switch self {
    case .integer(_, let type), .number(_, let type): type
    case .unsigned: .uint64
    case .bool: .bool
    case .string: .string
    case .array: .array
    }
  }

  /// The whole number, if this is one that fits.
  package var integer: Int? {
    switch self {
    case .integer(let value, _): Int(exactly: value)
    case .unsigned(let value): Int(exactly: value)
    default: nil
    }
  }

  /// The number, if this is one.
  package var double: Double? {
    switch self {
    case .integer(let value, _): Double(value)
    case .unsigned(let value): Double(value)
    case .number(let value, _): value
    default: nil
    }
  }

  /// The truth value, if this is one.
  package var bool: Bool? {
    if case .bool(let value) = self { value } else { nil }
  }

  /// The text, if this is one.
  package var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The array, if this is one.
  package var array: GGUFArray? {
    if case .array(let array) = self { array } else { nil }
  }
}

/// An array of the metadata, which stays in the file until its elements are asked for.
///
/// A vocabulary has hundreds of thousands of elements; they were all checked when the file was read.
package struct GGUFArray: Sendable, Equatable {
  /// The type of all elements.
  package let elementType: GGUFValueType
  /// The number of elements.
  package let count: Int
  /// Where the elements lie in the file.
  package let byteRange: Range<Int>
}
