extension ClassRunPattern {
  /// Reads a regular expression; nil if it is another kind of pattern.
  init?(_ pattern: String) {
    var rest = Array(pattern.unicodeScalars)[...]
    var prefix = Prefix.none
    if rest.starts(with: "\\s?".unicodeScalars) {
      prefix = .anySpace
      rest = rest.dropFirst(3)
    } else if rest.starts(with: " ?".unicodeScalars) {
      prefix = .space
      rest = rest.dropFirst(2)
    }
    guard let members = Self.readClass(&rest) else { return nil }
    let limit: Int
    switch String(String.UnicodeScalarView(rest)) {
    case "", "{1}": limit = 1
    case "{1,2}": limit = 2
    case "{1,3}": limit = 3
    case "+": limit = .max
    default: return nil
    }
    // With both, a space could be either.
    if prefix != .none, limit != .max { return nil }
    self.init(members: members, limit: limit, prefix: prefix)
  }

  /// Reads `[…]` or an escape that stands for a class.
  private static func readClass(_ rest: inout ArraySlice<Unicode.Scalar>) -> CodePointSet? {
    switch rest.first {
    case "[":
      rest.removeFirst()
      return readBrackets(&rest)
    case "\\": return readEscape(&rest)
    default: return nil
    }
  }

  /// Reads a class after its opening bracket.
  private static func readBrackets(_ rest: inout ArraySlice<Unicode.Scalar>) -> CodePointSet? {
    var ranges: [ClosedRange<UInt32>] = []
    var isNegated = false
    if rest.first == "^" {
      isNegated = true
      rest.removeFirst()
    }
    while let next = rest.first {
      switch next {
      case "]":
        rest.removeFirst()
        guard !ranges.isEmpty else { return nil }
        let set = CodePointSet(ranges)
        return isNegated ? set.complement : set
      case "[":
        rest.removeFirst()
        if rest.first == ":" { return nil }
        guard let inner = readBrackets(&rest) else { return nil }
        ranges += inner.ranges
      default:
        if next == "\\", let escape = rest.dropFirst().first,
          "pPsdw".unicodeScalars.contains(escape)
        {
          guard let inner = readEscape(&rest) else { return nil }
          ranges += inner.ranges
          if rest.first == "-" { return nil }
          continue
        }
        if rest.starts(with: "&&".unicodeScalars) { return nil }
        guard let low = readCharacter(&rest) else { return nil }
        guard rest.first == "-" else {
          ranges.append(low...low)
          continue
        }
        rest.removeFirst()
        guard rest.first != "]", rest.first != "[", let high = readCharacter(&rest), high >= low
        else { return nil }
        ranges.append(low...high)
      }
    }
    return nil
  }

  /// Reads `\p{…}`, `\P{…}`, `\s`, `\d` or `\w`; in brackets the last is another class than outside,
  /// so it is left to the library there.
  private static func readEscape(_ rest: inout ArraySlice<Unicode.Scalar>) -> CodePointSet? {
    guard rest.first == "\\", let kind = rest.dropFirst().first else { return nil }
    rest = rest.dropFirst(2)
    switch kind {
    case "s": return UnicodeClasses.named("space")
    case "d": return UnicodeClasses.named("nd")
    case "p", "P":
      guard rest.first == "{", let end = rest.firstIndex(of: "}") else { return nil }
      let name = String(String.UnicodeScalarView(rest[rest.startIndex...].dropFirst()[..<end]))
      rest = rest[(end + 1)...]
      guard let set = UnicodeClasses.named(name) else { return nil }
      return kind == "P" ? set.complement : set
    default: return nil
    }
  }

  /// Reads one character, perhaps escaped.
  private static func readCharacter(_ rest: inout ArraySlice<Unicode.Scalar>) -> UInt32? {
    guard let first = rest.popFirst() else { return nil }
    guard first == "\\" else { return first == "-" ? nil : first.value }
    guard let escaped = rest.popFirst() else { return nil }
    switch escaped {
    case "n": return 0x0A
    case "r": return 0x0D
    case "t": return 0x09
    default:
      // Letters and digits mean something else.
      let isPlain = escaped.isASCII && !escaped.properties.isAlphabetic
      return isPlain && !("0"..."9").contains(escaped) ? escaped.value : nil
    }
  }
}
