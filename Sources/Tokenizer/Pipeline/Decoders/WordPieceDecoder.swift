import JSON

/// Joins the tokens of WordPiece: a space before each but those that continue a word.
///
/// The component `WordPiece` of tokenizer.json.
struct WordPieceDecoder: Sendable, Equatable {
  /// What the tokens that continue a word begin with.
  var prefix: [UInt8]
  /// Whether the spaces that tokenization put around punctuation and English contractions go.
  var cleansUp: Bool

  init(_ reader: FieldReader) throws(TokenizerError) {
    prefix = Array(try reader.string("prefix").utf8)
    cleansUp = try reader.bool("cleanup")
  }

  init(prefix: String = "##", cleansUp: Bool = true) {
    self.prefix = Array(prefix.utf8)
    self.cleansUp = cleansUp
  }

  var json: JSONValue {
    [
      "type": "WordPiece", "prefix": .string(String(decoding: prefix, as: UTF8.self)),
      "cleanup": .bool(cleansUp),
    ]
  }

  func decode(_ text: [UInt8], isFirst: Bool) -> [UInt8] {
    var result = text
    if !isFirst {
      result = text.starts(with: prefix) ? Array(text.dropFirst(prefix.count)) : [0x20] + text
    }
    return cleansUp ? cleanedUp(result) : result
  }
}

/// What clean-up replaces, in order.
private let cleanUpRules: [(pattern: [UInt8], replacement: [UInt8])] = [
  (" .", "."), (" ?", "?"), (" !", "!"), (" ,", ","), (" ' ", "'"), (" n't", "n't"),
  (" 'm", "'m"), (" do not", " don't"), (" 's", "'s"), (" 've", "'ve"), (" 're", "'re"),
].map { (Array($0.0.utf8), Array($0.1.utf8)) }

/// A text without the spaces that tokenization puts around punctuation and English contractions.
func cleanedUp(_ text: [UInt8]) -> [UInt8] {
  guard text.contains(0x20) else { return text }
  return cleanUpRules.reduce(text) { replacing($1.pattern, with: $1.replacement, in: $0) }
}

/// A text with every occurrence of a pattern replaced, leftmost first, without overlaps.
///
/// An empty pattern occurs before each character and at the end.
func replacing(_ pattern: [UInt8], with replacement: [UInt8], in text: [UInt8]) -> [UInt8] {
  guard let first = pattern.first else {
    var result = replacement
    text.withUnsafeBufferPointer { text in
      forEachCharacter(in: text, 0..<text.count) { _, place in
        result += text[place]
        result += replacement
      }
    }
    return result
  }
  guard text.contains(first) else { return text }
  var result: [UInt8] = []
  result.reserveCapacity(text.count)
  var at = 0
  while at < text.count {
    if text[at] == first, text[at...].starts(with: pattern) {
      result += replacement
      at += pattern.count
    } else {
      result.append(text[at])
      at += 1
    }
  }
  return result
}
