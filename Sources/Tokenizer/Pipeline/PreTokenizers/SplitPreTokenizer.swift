import JSON

/// Cuts text by a pattern: the component `Split`.
struct SplitPreTokenizer: Sendable, Equatable, TextCutter {
  /// What is looked for.
  enum Pattern: Sendable, Equatable {
    case text(String)
    case expression(String)
  }

  /// What is looked for.
  let pattern: Pattern
  /// What becomes of what is found.
  let behavior: SplitBehavior
  /// Whether what lies between takes the place of what is found.
  let isInverted: Bool
  /// How the pattern is looked for; nil if a splitter does.
  private let search: Search?
  /// The splitter that finds the same pieces, if there is one and nothing is left out.
  let known: KnownSplitter?
  /// The table that the splitter needs.
  private let classes: CharacterClasses

  private enum Search: Sendable {
    case bytes([UInt8])
    case expression(RegularExpression)
  }

  /// Makes a pre-tokenizer; the error is that of a regular expression.
  init(
    _ pattern: Pattern, _ behavior: SplitBehavior = .isolated, isInverted: Bool = false
  ) throws(RegularExpressionError) {
    self.pattern = pattern
    self.behavior = behavior
    self.isInverted = isInverted
    var known: KnownSplitter?
    switch pattern {
    // An empty text is found between all characters, as an empty expression is.
    case .text(""):
      search = .expression(try RegularExpression(""))
    case .text(let text):
      search = .bytes(Array(text.utf8))
    case .expression(let text):
      let found = KnownSplitter(text)
      // Where everything is a match it does not matter that gaps are left out.
      let isolates = behavior == .isolated
      let keepsMatches = behavior == .removed && isInverted && found?.coversAll == true
      known = isolates || keepsMatches ? found : nil
      search = known == nil ? .expression(try RegularExpression(text)) : nil
    }
    self.known = known
    classes = known?.makeClasses() ?? .patterns
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    guard let fields = reader.object["pattern"]?.object, fields.count == 1 else {
      throw reader.wrong("pattern", "must be an object with the member “Regex” or “String”")
    }
    let pattern: Pattern
    if let text = fields["Regex"]?.string {
      pattern = .expression(text)
    } else if let text = fields["String"]?.string {
      pattern = .text(text)
    } else {
      throw reader.wrong("pattern", "must have the member “Regex” or “String”, a string")
    }
    let behavior: SplitBehavior = try reader.choice("behavior")
    let isInverted = try reader.bool("invert")
    do {
      try self.init(pattern, behavior, isInverted: isInverted)
    } catch {
      throw reader.wrong("pattern.Regex", "is no regular expression: \(error.reason)")
    }
  }

  var json: JSONValue {
    let pattern: JSONValue =
      switch pattern {
      case .text(let text): ["String": .string(text)]
      case .expression(let text): ["Regex": .string(text)]
      }
    return [
      "type": "Split", "pattern": pattern, "behavior": .string(behavior.rawValue),
      "invert": .bool(isInverted),
    ]
  }

  static func == (one: SplitPreTokenizer, other: SplitPreTokenizer) -> Bool {
    one.pattern == other.pattern && one.behavior == other.behavior
      && one.isInverted == other.isInverted
  }

  var removesText: Bool { behavior == .removed && known == nil }

  func appendParts(
    of piece: Range<Int>, in text: UnsafeBufferPointer<UInt8>, to parts: inout [Range<Int>]
  ) {
    if let known {
      return known.append(in: text, piece, classes: classes, to: &parts)
    }
    var stretches = StretchCollector(piece, behavior)
    forEachMatch(in: text, piece) { stretches.addMatch($0, isMatch: !isInverted) }
    stretches.finish(into: &parts, isMatch: !isInverted)
  }

  private func forEachMatch(
    in text: UnsafeBufferPointer<UInt8>, _ piece: Range<Int>, _ body: (Range<Int>) -> Void
  ) {
    switch search {
    case nil: break
    case .expression(let expression): expression.forEachMatch(in: text, piece, body)
    case .bytes(let wanted):
      var at = piece.lowerBound
      while at + wanted.count <= piece.upperBound {
        if text[at] == wanted[0],
          UnsafeBufferPointer(rebasing: text[at..<at + wanted.count]).elementsEqual(wanted)
        {
          body(at..<at + wanted.count)
          at += wanted.count
        } else {
          at += 1
        }
      }
    }
  }
}
