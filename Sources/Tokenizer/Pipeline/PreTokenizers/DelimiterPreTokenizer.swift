import JSON

/// Cuts text at a character, which is left out: the component `CharDelimiterSplit`.
struct DelimiterPreTokenizer: Sendable, Equatable {
  /// The character.
  var delimiter: Unicode.Scalar

  init(delimiter: Unicode.Scalar) {
    self.delimiter = delimiter
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    delimiter = try reader.character("delimiter")
  }

  var json: JSONValue {
    ["type": "CharDelimiterSplit", "delimiter": .string(String(Character(delimiter)))]
  }

  func apply(to pieces: inout TextPieces) {
    pieces.split { text, piece, parts in
      appendParts(of: piece, in: text, to: &parts, .removed) { $0 == delimiter.value }
    }
  }
}
