/// Reads a regular expression in the syntax that JavaScript, Python and others share.
///
/// Understood are characters and escapes, `.`, classes, groups, alternatives, repetitions (greedy or
/// not: which of several matches is found does not matter), and anchors at the ends. Look-around,
/// back-references, word boundaries, flags and Unicode properties are errors.
struct PatternParser {
  private let text: String
  private let scalars: [UInt32]
  private var place = 0
  private var depth = 0

  private static let deepest = 100
  private static let mostRepetitions = 100_000

  private init(_ text: String) {
    self.text = text
    scalars = text.unicodeScalars.map(\.value)
  }

  /// The tree of an expression.
  static func parse(_ text: String) throws(ConstraintError) -> PatternTree {
    var parser = PatternParser(text)
    let tree = try parser.choice()
    if parser.place < parser.scalars.count { throw parser.error("this ‘)’ closes nothing") }
    return tree
  }

  private func error(_ reason: String, at place: Int? = nil) -> ConstraintError {
    .pattern(text: text, offset: place ?? self.place, reason: reason)
  }

  private var next: UInt32? { place < scalars.count ? scalars[place] : nil }

  private func isNext(_ text: String) -> Bool {
    let wanted = text.unicodeScalars.map(\.value)
    return scalars[min(place, scalars.count)...].starts(with: wanted)
  }

  private mutating func take(_ text: String) -> Bool {
    guard isNext(text) else { return false }
    place += text.unicodeScalars.count
    return true
  }

  private mutating func choice() throws(ConstraintError) -> PatternTree {
    var branches = [try sequence()]
    while take("|") { branches.append(try sequence()) }
    return branches.count == 1 ? branches[0] : .choice(branches)
  }

  private mutating func sequence() throws(ConstraintError) -> PatternTree {
    var parts: [PatternTree] = []
    while next != nil, !isNext("|"), !isNext(")") { parts.append(try repeated()) }
    return parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func repeated() throws(ConstraintError) -> PatternTree {
    let start = place
    var part = try atom()
    while true {
      let at = place
      guard let (least, most) = try repetition() else { return part }
      if part == .start || part == .end { throw error("an anchor cannot be repeated", at: at) }
      if at > start, case .repetition = part, isRepeated(before: at) {
        throw error("a repetition is repeated; put it in a group", at: at)
      }
      // Lazy or not makes no difference; possessive does.
      _ = take("?")
      if isNext("+") { throw error("possessive repetitions are not supported") }
      part = .repetition(part, least: least, most: most)
    }
  }

  private func isRepeated(before place: Int) -> Bool {
    guard place > 0, let mark = Unicode.Scalar(scalars[place - 1]) else { return false }
    return "*+?}".unicodeScalars.contains(mark) && !(place > 1 && scalars[place - 2] == 0x5C)
  }

  private mutating func repetition() throws(ConstraintError) -> (Int, Int?)? {
    if take("*") { return (0, nil) }
    if take("+") { return (1, nil) }
    if take("?") { return (0, 1) }
    let start = place
    guard take("{") else { return nil }
    // A brace that begins no counts is a brace.
    let least = number()
    var most = least
    if take(",") { most = number() ?? nil }
    guard let least, take("}") else {
      place = start
      throw error("‘{’ begins no repetition; write \\{ for the character")
    }
    if least > PatternParser.mostRepetitions || most ?? 0 > PatternParser.mostRepetitions {
      throw error("more than \(PatternParser.mostRepetitions) repetitions", at: start)
    }
    if let most, most < least { throw error("the counts are in the wrong order", at: start) }
    return (least, most)
  }

  private mutating func number() -> Int? {
    var value: Int?
    while let digit = next, (0x30...0x39).contains(digit) {
      value = min((value ?? 0) * 10 + Int(digit - 0x30), 1 << 40)
      place += 1
    }
    return value
  }

  private mutating func atom() throws(ConstraintError) -> PatternTree {
    let start = place
    if take("(") { return try group(from: start) }
    if take("[") { return .set(try characterClass(from: start)) }
    if take("^") { return .start }
    if take("$") { return .end }
    if take(".") { return .set(PatternParser.lineBreaks.inverted) }
    if isNext("*") || isNext("+") || isNext("?") || isNext("{") {
      throw error("there is nothing to repeat")
    }
    if take("\\") {
      if take("A") { return .start }
      if take("Z") || take("z") { return .end }
      return .set(try escape(from: start))
    }
    let scalar = scalars[place]
    place += 1
    return .set(CodePointRanges([scalar...scalar]))
  }

  private mutating func group(from start: Int) throws(ConstraintError) -> PatternTree {
    if take("?") {
      if take("<=") || take("<!") || take("=") || take("!") {
        throw error("look-around is not supported", at: start)
      }
      if take("P<") || take("<") {
        while let scalar = next, scalar != 0x3E { place += 1 }
        if !take(">") { throw error("the name of the group does not end", at: start) }
      } else if !take(":") {
        throw error("only (…), (?:…) and (?<name>…) are supported", at: start)
      }
    }
    depth += 1
    defer { depth -= 1 }
    if depth > PatternParser.deepest { throw error("groups are nested too deep") }
    let tree = try choice()
    if !take(")") { throw error("this group does not end", at: start) }
    return tree
  }

  private mutating func characterClass(from start: Int) throws(ConstraintError) -> CodePointRanges {
    let isInverted = take("^")
    var set = CodePointRanges()
    /// Whether something is left out on which implementations do not agree.
    var isASCII = false
    var isFirst = true
    while isFirst || !isNext("]") {
      guard next != nil else { throw error("this class does not end", at: start) }
      if isFirst && isNext("]") {
        throw error("an empty class means different things; write \\] for the character")
      }
      isFirst = false
      if isInverted {
        if take("\\s") {
          set = set.union(PatternParser.anySpace)
          continue
        }
        isASCII = isASCII || ["\\d", "\\w", "\\D", "\\W", "\\S"].contains(where: isNext)
      }
      let low = try classMember()
      guard isNext("-"), place + 1 < scalars.count, scalars[place + 1] != 0x5D else {
        set = set.union(low)
        continue
      }
      place += 1
      let high = try classMember()
      guard let first = low.ranges.first, let last = high.ranges.first,
        low.ranges.count == 1, high.ranges.count == 1, first.count == 1, last.count == 1
      else { throw error("a range needs a character at either end") }
      guard first.lowerBound <= last.lowerBound else { throw error("this range is reversed") }
      let range = CodePointRanges([first.lowerBound...last.lowerBound])
      set = set.union(range.intersection(.all))
    }
    place += 1
    if isASCII { return set.inverted.intersection(PatternParser.ascii) }
    return isInverted ? set.inverted : set
  }

  private mutating func classMember() throws(ConstraintError) -> CodePointRanges {
    let start = place
    if isNext("[:") || isNext("&&") || isNext("--") && !isNext("--]") {
      throw error("set operations in classes are not supported")
    }
    guard let scalar = next else { throw error("this class does not end") }
    place += 1
    if scalar != 0x5C { return CodePointRanges([scalar...scalar]) }
    if take("b") { return CodePointRanges([8...8]) }
    return try escape(from: start)
  }

  private static let lineBreaks = CodePointRanges([0x0A...0x0A, 0x0D...0x0D, 0x2028...0x2029])
  private static let ascii = CodePointRanges([0...0x7F])
  private static let digits = CodePointRanges([0x30...0x39])
  private static let word = CodePointRanges([
    0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A,
  ])
  private static let space = CodePointRanges([0x09...0x0D, 0x20...0x20])
  /// What some implementation regards as white space.
  private static let anySpace = CodePointRanges([
    0x09...0x0D, 0x1C...0x20, 0x85...0x85, 0xA0...0xA0, 0x1680...0x1680, 0x180E...0x180E,
    0x2000...0x200A, 0x2028...0x2029, 0x202F...0x202F, 0x205F...0x205F, 0x3000...0x3000,
    0xFEFF...0xFEFF,
  ])

  /// What follows a backslash.
  ///
  /// Classes are those characters on which implementations agree: `\d`, `\w` and `\s` are ASCII, and
  /// their opposites leave out what some implementation puts in the class.
  private mutating func escape(from start: Int) throws(ConstraintError) -> CodePointRanges {
    guard let scalar = next, let character = Unicode.Scalar(scalar) else {
      throw error("the backslash at the end escapes nothing", at: start)
    }
    place += 1
    switch character {
    case "d": return PatternParser.digits
    case "D": return PatternParser.digits.inverted.intersection(PatternParser.ascii)
    case "w": return PatternParser.word
    case "W": return PatternParser.word.inverted.intersection(PatternParser.ascii)
    case "s": return PatternParser.space
    case "S": return PatternParser.anySpace.inverted
    case "n": return CodePointRanges("\n")
    case "r": return CodePointRanges("\r")
    case "t": return CodePointRanges("\t")
    case "f": return CodePointRanges([0x0C...0x0C])
    case "v": return CodePointRanges([0x0B...0x0B])
    case "0": return CodePointRanges([0...0])
    case "x": return try hexadecimal(2, from: start)
    case "u":
      if take("{") {
        let set = try hexadecimal(nil, from: start)
        if !take("}") { throw error("this escape does not end", at: start) }
        return set
      }
      return try hexadecimal(4, from: start)
    case "1"..."9", "k": throw error("back-references are not supported", at: start)
    case "b", "B", "G": throw error("word boundaries are not supported", at: start)
    case "p", "P": throw error("Unicode properties are not supported", at: start)
    case "a"..."z", "A"..."Z": throw error("\\\(character) is not supported", at: start)
    default: return CodePointRanges([scalar...scalar])
    }
  }

  private mutating func hexadecimal(
    _ digits: Int?, from start: Int
  ) throws(ConstraintError) -> CodePointRanges {
    var value: UInt32 = 0
    var count = 0
    while count < digits ?? 6, let scalar = next, let character = Unicode.Scalar(scalar),
      let digit = Character(character).hexDigitValue, character.isASCII
    {
      value = value * 16 + UInt32(digit)
      place += 1
      count += 1
    }
    guard count > 0, count == digits ?? count else {
      throw error("hexadecimal digits are missing", at: start)
    }
    guard Unicode.Scalar(value) != nil else { throw error("no such character", at: start) }
    return CodePointRanges([value...value])
  }
}
