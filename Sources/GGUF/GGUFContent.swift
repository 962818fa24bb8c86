/// A value of metadata that is to be written.
package enum GGUFContent: Sendable {
  /// Anything but an array.
  case value(GGUFValue)
  /// The value that a file has for a key, copied byte for byte.
  case stored(GGUFStoredValue)
  /// An array of elements of one type, each made when it is written.
  case array(GGUFValueType, count: Int, @Sendable (Int) -> GGUFContent)

  /// The type in the file.
  package var type: GGUFValueType {
    switch self {
    case .value(let value): value.type
    case .stored(let stored): stored.value.type
    case .array: .array
    }
  }

  /// The whole number, if this is one.
  var integer: Int? {
    switch self {
    case .value(let value): value.integer
    case .stored(let stored): stored.value.integer
    case .array: nil
    }
  }

  /// A `uint32`, which most numbers of models are.
  package static func uint32(_ value: Int) -> GGUFContent {
    .value(.integer(Int64(value), .uint32))
  }

  /// A `float32`.
  package static func float32(_ value: Float) -> GGUFContent {
    .value(.number(Double(value), .float32))
  }

  /// A truth value.
  package static func bool(_ value: Bool) -> GGUFContent { .value(.bool(value)) }

  /// A text.
  package static func string(_ text: String) -> GGUFContent { .value(.string(text)) }

  /// An array of texts.
  package static func strings(_ texts: [String]) -> GGUFContent {
    .array(.string, count: texts.count) { .value(.string(texts[$0])) }
  }

  /// An array of whole numbers, each of which must fit `type`; not for `uint64`.
  package static func integers(_ numbers: [Int], as type: GGUFValueType = .int32) -> GGUFContent {
    .array(type, count: numbers.count) { .value(.integer(Int64(numbers[$0]), type)) }
  }

  /// An array of `float32`.
  package static func floats(_ numbers: [Float]) -> GGUFContent {
    .array(.float32, count: numbers.count) { .value(.number(Double(numbers[$0]), .float32)) }
  }

  /// An array of truth values.
  package static func bools(_ values: [Bool]) -> GGUFContent {
    .array(.bool, count: values.count) { .value(.bool(values[$0])) }
  }
}

/// A value where it lies in a file.
package struct GGUFStoredValue: Sendable {
  /// The value as it was read.
  package let value: GGUFValue
  let file: GGUFFile
  let range: Range<Int>
}

extension GGUFFile {
  /// All metadata, to be written to another file as it is.
  package var storedMetadata: [(key: String, content: GGUFContent)] {
    metadata.indices.map { index in
      let (key, value) = metadata[index]
      return (key, .stored(GGUFStoredValue(value: value, file: self, range: valueRanges[index])))
    }
  }
}
