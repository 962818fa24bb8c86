/// The classes of characters by which the components without a pattern of their own cut, a bit each.
///
/// Each is of the Unicode version that the reference's library for it has: Rust's standard library
/// (17), its regular expressions (16), a library of categories (8).
enum ComponentClass {
  /// Numbers, as Rust knows them.
  static let number: UInt8 = 1
  /// Punctuation, and all ASCII characters that print and are neither letter nor digit.
  static let punctuation: UInt8 = 2
  /// White space.
  static let space: UInt8 = 4
  /// What the regular expression `\w` matches.
  static let word: UInt8 = 8

  /// The table.
  static let classes = CharacterClasses(of)

  /// The classes of a character.
  static func of(_ scalar: Unicode.Scalar) -> UInt8 {
    let properties = scalar.properties
    var result: UInt8 = 0
    switch properties.generalCategory {
    case .decimalNumber, .letterNumber, .otherNumber:
      if let age = properties.age, age <= (major: 17, minor: 0) { result |= number }
    case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
      .initialPunctuation, .finalPunctuation, .otherPunctuation:
      if let age = properties.age, age <= (major: 8, minor: 0) { result |= punctuation }
    case .mathSymbol, .currencySymbol, .modifierSymbol, .otherSymbol:
      // The second was punctuation until version 12.
      if scalar.isASCII || scalar.value == 0x166D { result |= punctuation }
    default:
      if properties.isWhitespace { result |= space }
      // Punctuation until version 11.
      if scalar.value == 0x111C9 { result |= punctuation }
    }
    if let age = properties.age, age <= UnicodeClasses.version {
      switch UnicodeClasses.category(of: scalar) {
      case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
        result |= word
      default:
        if properties.isAlphabetic || properties.isJoinControl { result |= word }
      }
    }
    return result
  }
}

/// Appends the parts of a piece of text between and at the characters of a class, each a match of its
/// own.
func appendParts(
  of piece: Range<Int>, in text: UnsafeBufferPointer<UInt8>, to parts: inout [Range<Int>],
  _ behavior: SplitBehavior, isMatch: (_ character: UInt32) -> Bool
) {
  var stretches = StretchCollector(piece, behavior)
  forEachCharacter(in: text, piece) { value, place in
    if isMatch(value) { stretches.addMatch(place) }
  }
  stretches.finish(into: &parts)
}

/// Collects the matches in a piece of text, and what lies between them.
struct StretchCollector {
  private let piece: Range<Int>
  private let behavior: SplitBehavior
  private var stretches: [SplitBehavior.Stretch] = []
  private var end: Int

  init(_ piece: Range<Int>, _ behavior: SplitBehavior) {
    self.piece = piece
    self.behavior = behavior
    end = piece.lowerBound
  }

  mutating func addMatch(_ match: Range<Int>, isMatch: Bool = true) {
    if match.lowerBound > end {
      stretches.append(.init(range: end..<match.lowerBound, isMatch: !isMatch))
    }
    stretches.append(.init(range: match, isMatch: isMatch))
    end = match.upperBound
  }

  /// Appends the parts.
  ///
  /// - Parameter isMatch: whether what was added counts as matches, and not what lies between.
  mutating func finish(into parts: inout [Range<Int>], isMatch: Bool = true) {
    if end < piece.upperBound {
      stretches.append(.init(range: end..<piece.upperBound, isMatch: !isMatch))
    }
    behavior.append(stretches, to: &parts)
  }
}
