import JSON

/// Writes spaces as another character, puts one before the text, and cuts before each: the component
/// `Metaspace`.
struct MetaspacePreTokenizer: Sendable, Equatable {
  /// Which pieces of text get a replacement character before them, if they have none.
  enum PrependScheme: String, Sendable {
    case first
    case never
    case always
  }

  /// What stands for a space.
  var replacement: Unicode.Scalar
  /// Which pieces get one before them.
  var prependScheme: PrependScheme
  /// Whether text is cut before each.
  var splits: Bool

  init(
    replacement: Unicode.Scalar = "\u{2581}", prependScheme: PrependScheme = .always,
    splits: Bool = true
  ) {
    self.replacement = replacement
    self.prependScheme = prependScheme
    self.splits = splits
  }

  /// Reads the component; older files say `add_prefix_space` and repeat the replacement as
  /// `str_rep`.
  init(_ reader: FieldReader) throws(TokenizerError) {
    replacement = try reader.character("replacement")
    let addsSpace = try reader.bool("add_prefix_space", default: true)
    if let name = try reader.optionalString("prepend_scheme") {
      guard let scheme = PrependScheme(rawValue: name) else {
        throw reader.wrong(
          "prepend_scheme", "must be “first”, “never” or “always”, not “\(name)”")
      }
      prependScheme = scheme
      if !addsSpace, scheme != .never {
        throw reader.wrong(
          "add_prefix_space", "is false, which contradicts the prepend_scheme “\(name)”")
      }
    } else {
      prependScheme = addsSpace ? .always : .never
    }
    splits = try reader.bool("split", default: true)
  }

  var json: JSONValue {
    [
      "type": "Metaspace",
      "replacement": .string(String(Character(replacement))),
      "prepend_scheme": .string(prependScheme.rawValue),
      "split": .bool(splits),
    ]
  }

  func apply(to pieces: inout TextPieces) {
    let bytes = Array(String(Character(replacement)).utf8)
    let countAtStart = pieces.beginsUserText ? pieces.text.countAtStart : 0
    pieces.rewrite { text, piece, writer in
      let beginsWithOne =
        text[piece.lowerBound] == 0x20 || text[piece].starts(with: bytes)
      let prepends =
        switch prependScheme {
        case .always: true
        case .first: piece.lowerBound < countAtStart
        case .never: false
        }
      if prepends, !beginsWithOne {
        writer.replace(at: piece.lowerBound, with: replacement.value)
      }
      var kept = piece.lowerBound
      for at in piece where text[at] == 0x20 {
        writer.keep(kept..<at)
        writer.replace(at: at, with: replacement.value)
        kept = at + 1
      }
      writer.keep(kept..<piece.upperBound)
    }
    guard splits else { return }
    pieces.split { text, piece, parts in
      appendParts(of: piece, in: text, to: &parts, .mergedWithNext) { $0 == replacement.value }
    }
  }
}
