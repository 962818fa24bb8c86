import JSON

/// Replaces a text in each token: the component `Replace` of tokenizer.json, as a decoder.
struct ReplaceDecoder: Sendable {
  /// What is replaced.
  var pattern: String
  /// What comes in its place.
  var content: String

  init(_ reader: FieldReader) throws(TokenizerError) {
    guard let text = reader.object["pattern"]?.object?["String"]?.string else {
      throw reader.wrong("pattern", "must be an object with a “String”")
    }
    pattern = text
    content = try reader.string("content")
  }

  var json: JSONValue {
    [
      "type": "Replace", "pattern": ["String": .string(pattern)], "content": .string(content),
    ]
  }

  func decode(_ text: [UInt8]) -> [UInt8] {
    replacing(Array(pattern.utf8), with: Array(content.utf8), in: text)
  }
}
