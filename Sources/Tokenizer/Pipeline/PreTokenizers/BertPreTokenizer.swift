import JSON

/// Cuts text at white space, which is left out, and makes each punctuation character a piece: the
/// component `BertPreTokenizer`.
struct BertPreTokenizer: Sendable, Equatable {
  var json: JSONValue { ["type": "BertPreTokenizer"] }

  func apply(to pieces: inout TextPieces) {
    let classes = ComponentClass.classes
    pieces.split { text, piece, parts in
      var start = piece.lowerBound
      forEachCharacter(in: text, piece) { value, place in
        let found = classes(value)
        guard found & (ComponentClass.space | ComponentClass.punctuation) != 0 else { return }
        parts.append(start..<place.lowerBound)
        if found & ComponentClass.space == 0 { parts.append(place) }
        start = place.upperBound
      }
      parts.append(start..<piece.upperBound)
    }
  }
}
