import JSON

/// Turns the mark of a word's end into a space, and into nothing at the end of the text.
///
/// The component `BPEDecoder` of tokenizer.json.
struct BytePairDecoder: Sendable, Equatable {
  /// The mark, such as `</w>`.
  var suffix: String

  init(_ reader: FieldReader) throws(TokenizerError) { suffix = try reader.string("suffix") }

  var json: JSONValue { ["type": "BPEDecoder", "suffix": .string(suffix)] }

  func decode(_ text: [UInt8], isLast: Bool) -> [UInt8] {
    replacing(Array(suffix.utf8), with: isLast ? [] : [0x20], in: text)
  }
}
