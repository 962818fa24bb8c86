import JSON

/// Reads the output of connectionist temporal classification: repeated tokens count once, padding
/// tokens are nothing.
///
/// The component `CTC` of tokenizer.json.
struct ConnectionistDecoder: Sendable, Equatable {
  /// The token for nothing.
  var padding: String
  /// The token between words.
  var delimiter: String
  /// Whether delimiters become spaces and the spaces around punctuation go.
  var cleansUp: Bool

  init(_ reader: FieldReader) throws(TokenizerError) {
    padding = try reader.string("pad_token")
    delimiter = try reader.string("word_delimiter_token")
    cleansUp = try reader.bool("cleanup")
  }

  var json: JSONValue {
    [
      "type": "CTC", "pad_token": .string(padding), "word_delimiter_token": .string(delimiter),
      "cleanup": .bool(cleansUp),
    ]
  }

  func decode(_ texts: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    for (index, text) in texts.enumerated() where index == 0 || text != texts[index - 1] {
      var text = replacing(Array(padding.utf8), with: [], in: text)
      if cleansUp { text = replacing(Array(delimiter.utf8), with: [0x20], in: cleanedUp(text)) }
      if !text.isEmpty { result.append(text) }
    }
    return result
  }
}
