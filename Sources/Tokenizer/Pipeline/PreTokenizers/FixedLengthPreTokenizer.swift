import JSON

/// Cuts text into pieces of a number of characters: the component `FixedLength`.
struct FixedLengthPreTokenizer: Sendable, Equatable {
  /// The number of characters of a piece; the last one may have fewer.
  var length: Int

  init(length: Int) {
    precondition(length > 0, "FixedLengthPreTokenizer: length \(length) is not positive")
    self.length = length
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    length = try reader.object["length"] == nil ? 5 : reader.integer("length")
    if length < 1 { throw reader.wrong("length", "must be at least 1, not \(length)") }
  }

  var json: JSONValue { ["type": "FixedLength", "length": .integer(Int64(length))] }

  func apply(to pieces: inout TextPieces) {
    pieces.split { text, piece, parts in
      var start = piece.lowerBound
      var count = 0
      forEachCharacter(in: text, piece) { _, place in
        count += 1
        if count == length {
          parts.append(start..<place.upperBound)
          start = place.upperBound
          count = 0
        }
      }
      parts.append(start..<piece.upperBound)
    }
  }
}
