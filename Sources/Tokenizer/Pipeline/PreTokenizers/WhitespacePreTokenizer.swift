import JSON

/// Cuts text into words and runs of signs; white space is left out.
///
/// The component `Whitespace`, which has the pattern `\w+|[^\w\s]+`.
struct WhitespacePreTokenizer: Sendable, Equatable {
  var json: JSONValue { ["type": "Whitespace"] }

  func apply(to pieces: inout TextPieces) {
    let classes = ComponentClass.classes
    pieces.split { text, piece, parts in
      var start = piece.lowerBound
      var last = ComponentClass.space
      forEachCharacter(in: text, piece) { value, place in
        let found = classes(value) & (ComponentClass.space | ComponentClass.word)
        guard found != last else { return }
        if last != ComponentClass.space { parts.append(start..<place.lowerBound) }
        start = place.lowerBound
        last = found
      }
      if last != ComponentClass.space { parts.append(start..<piece.upperBound) }
    }
  }
}

/// Cuts text at white space, which is left out: the component `WhitespaceSplit`.
struct WhitespaceSplitPreTokenizer: Sendable, Equatable {
  var json: JSONValue { ["type": "WhitespaceSplit"] }

  func apply(to pieces: inout TextPieces) {
    let classes = ComponentClass.classes
    pieces.split { text, piece, parts in
      appendParts(of: piece, in: text, to: &parts, .removed) {
        classes($0) & ComponentClass.space != 0
      }
    }
  }
}
