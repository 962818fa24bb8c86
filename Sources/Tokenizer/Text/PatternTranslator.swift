/// Rewrites a regular expression so that its classes of characters are those of Unicode 16,
/// whatever the library that runs it knows.
///
/// `\p{…}`, `\w`, `\d`, `\s`, `\b` and POSIX brackets become ranges of code points. Everything else
/// stays as it is; a pattern that is not well formed stays so, and the library says what is wrong.
struct PatternTranslator {
  private let pattern: [UInt8]
  private var at = 0
  private var result: [UInt8] = []
  /// Whether options that restrict classes to ASCII occur; then those classes are left alone.
  private let hasASCIIOptions: Bool
  /// What holds in each open group.
  private var groups = [Group()]

  private struct Group {
    /// Whether white space and comments are left out.
    var isExtended = false
    /// Whether case does not count.
    var ignoresCase = false
    /// Whether it is a look-behind or in one.
    var isLookBehind = false
  }

  /// The rewritten pattern.
  static func translate(_ pattern: String) -> [UInt8] {
    var translator = PatternTranslator(Array(pattern.utf8))
    translator.run()
    return translator.result
  }

  private init(_ pattern: [UInt8]) {
    self.pattern = pattern
    hasASCIIOptions = Self.usesASCIIOptions(pattern)
    result.reserveCapacity(pattern.count)
  }

  private static func usesASCIIOptions(_ pattern: [UInt8]) -> Bool {
    for index in pattern.indices.dropLast(2)
    where pattern[index] == UInt8(ascii: "(") && pattern[index + 1] == UInt8(ascii: "?") {
      for byte in pattern[(index + 2)...] {
        switch byte {
        case UInt8(ascii: "W"), UInt8(ascii: "D"), UInt8(ascii: "S"), UInt8(ascii: "P"):
          return true
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "-"): continue
        default: break
        }
        break
      }
    }
    return false
  }

  private mutating func run() {
    while at < pattern.count {
      switch pattern[at] {
      case UInt8(ascii: "\\"): translateEscape(inBrackets: false)
      case UInt8(ascii: "["): translateBrackets()
      case UInt8(ascii: "("): openGroup()
      case UInt8(ascii: ")"):
        if groups.count > 1 { groups.removeLast() }
        copy(1)
      case UInt8(ascii: "#") where groups[groups.count - 1].isExtended:
        while at < pattern.count, pattern[at] != UInt8(ascii: "\n") { copy(1) }
      default: copy(1)
      }
    }
  }

  private mutating func copy(_ count: Int) {
    let end = min(pattern.count, at + count)
    result.append(contentsOf: pattern[at..<end])
    at = end
  }

  private func has(_ text: StaticString) -> Bool {
    guard at + text.utf8CodeUnitCount <= pattern.count else { return false }
    for index in 0..<text.utf8CodeUnitCount where pattern[at + index] != text.utf8Start[index] {
      return false
    }
    return true
  }

  /// Copies the beginning of a group, or a group that holds no pattern.
  private mutating func openGroup() {
    if has("(?#") {
      while at < pattern.count, pattern[at] != UInt8(ascii: ")") {
        copy(pattern[at] == UInt8(ascii: "\\") ? 2 : 1)
      }
      return copy(1)
    }
    var inner = groups[groups.count - 1]
    if has("(?<=") || has("(?<!") {
      inner.isLookBehind = true
      groups.append(inner)
      return copy(4)
    }
    guard has("(?") else {
      groups.append(inner)
      return copy(1)
    }
    var end = at + 2
    var isOn = true
    while end < pattern.count {
      switch pattern[end] {
      case UInt8(ascii: "-"): isOn = false
      case UInt8(ascii: "x"): inner.isExtended = isOn
      case UInt8(ascii: "i"): inner.ignoresCase = isOn
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): break
      case UInt8(ascii: ")"):
        // An option by itself lasts until the group around it ends.
        groups[groups.count - 1] = inner
        return copy(end + 1 - at)
      case UInt8(ascii: ":"):
        groups.append(inner)
        return copy(end + 1 - at)
      default:
        // Another kind of group, of which letters may have been a name.
        groups.append(groups[groups.count - 1])
        return copy(2)
      }
      end += 1
    }
    copy(end - at)
  }

  /// Copies a class in brackets.
  private mutating func translateBrackets() {
    copy(1)
    if at < pattern.count, pattern[at] == UInt8(ascii: "^") { copy(1) }
    // The bracket of an empty class is an ordinary character.
    if at < pattern.count, pattern[at] == UInt8(ascii: "]") { copy(1) }
    while at < pattern.count {
      switch pattern[at] {
      case UInt8(ascii: "]"): return copy(1)
      case UInt8(ascii: "\\"): translateEscape(inBrackets: true)
      case UInt8(ascii: "["):
        if !translatePosixBracket() { translateBrackets() }
      default: copy(1)
      }
    }
  }

  /// Writes the ranges of `[:name:]`; false if something else stands here.
  private mutating func translatePosixBracket() -> Bool {
    guard has("[:") else { return false }
    var start = at + 2
    let isNegated = start < pattern.count && pattern[start] == UInt8(ascii: "^")
    if isNegated { start += 1 }
    var end = start
    while end < pattern.count, pattern[end] &- UInt8(ascii: "a") < 26 { end += 1 }
    guard end > start, end + 1 < pattern.count, pattern[end] == UInt8(ascii: ":"),
      pattern[end + 1] == UInt8(ascii: "]")
    else { return false }
    let name = String(decoding: pattern[start..<end], as: UTF8.self)
    // The same name in `\p{…}` leaves out symbols.
    let className = name == "punct" ? "posixpunct" : name
    if !hasASCIIOptions, let found = UnicodeClasses.named(className) {
      write(found, isNegated: isNegated, inBrackets: true)
      at = end + 2
    } else {
      copy(end + 2 - at)
    }
    return true
  }

  /// Copies an escape or writes the class that it names.
  private mutating func translateEscape(inBrackets: Bool) {
    guard at + 1 < pattern.count else { return copy(2) }
    switch pattern[at + 1] {
    case UInt8(ascii: "p"): translateProperty(isNegated: false, inBrackets)
    case UInt8(ascii: "P"): translateProperty(isNegated: true, inBrackets)
    case UInt8(ascii: "w"): translateType(wordName(inBrackets), isNegated: false, inBrackets)
    case UInt8(ascii: "W"): translateType(wordName(inBrackets), isNegated: true, inBrackets)
    case UInt8(ascii: "d"): translateType("nd", isNegated: false, inBrackets)
    case UInt8(ascii: "D"): translateType("nd", isNegated: true, inBrackets)
    case UInt8(ascii: "b") where !inBrackets: translateBoundary(isNegated: false)
    case UInt8(ascii: "B") where !inBrackets: translateBoundary(isNegated: true)
    case UInt8(ascii: "R") where !inBrackets:
      // Some versions repeat it wrongly.
      at += 2
      result.append(contentsOf: #"(?>\r\n|[\n-\r\x{85}\x{2028}\x{2029}])"#.utf8)
    default: copy(2)
    }
  }

  /// The class of `\w`: in brackets it has fewer characters.
  private func wordName(_ inBrackets: Bool) -> String { inBrackets ? "word" : "bareword" }

  private mutating func translateType(_ name: String, isNegated: Bool, _ inBrackets: Bool) {
    guard !hasASCIIOptions, let found = UnicodeClasses.named(name) else { return copy(2) }
    at += 2
    write(found, isNegated: isNegated, inBrackets: inBrackets)
  }

  /// Writes the ranges of `\p{Name}` or `\p{^Name}`, or copies it.
  private mutating func translateProperty(isNegated: Bool, _ inBrackets: Bool) {
    var start = at + 2
    guard start < pattern.count, pattern[start] == UInt8(ascii: "{") else {
      // Later versions of the library than the reference's take a letter here for a name.
      result.append(pattern[at + 1])
      at += 2
      return
    }
    start += 1
    var isNegated = isNegated
    if start < pattern.count, pattern[start] == UInt8(ascii: "^") {
      isNegated.toggle()
      start += 1
    }
    var end = start
    while end < pattern.count, pattern[end] != UInt8(ascii: "}") { end += 1 }
    guard end < pattern.count else { return copy(2) }
    let name = String(decoding: pattern[start..<end], as: UTF8.self)
    if let script = LaterScripts.named(name) {
      at = end + 1
      return write(script, name, isNegated: isNegated, inBrackets: inBrackets)
    }
    guard !hasASCIIOptions || UnicodeClasses.isCategory(name),
      var found = UnicodeClasses.named(name)
    else { return copy(end + 1 - at) }
    if !inBrackets, UnicodeClasses.key(of: name) == "word" {
      found = UnicodeClasses.named("bareword") ?? found
    }
    at = end + 1
    write(found, isNegated: isNegated, inBrackets: inBrackets)
  }

  /// Writes a boundary of words by what stands on both sides.
  private mutating func translateBoundary(isNegated: Bool) {
    // The library allows no look-ahead in a look-behind.
    guard !hasASCIIOptions, !groups[groups.count - 1].isLookBehind,
      let word = UnicodeClasses.named("bareword")?.pattern
    else { return copy(2) }
    at += 2
    let (first, second) = isNegated ? ("(?=", "(?!") : ("(?!", "(?=")
    let sides =
      "(?:(?<=[\(word)])\(first)[\(word)])|(?<![\(word)])\(second)[\(word)]))"
    result.append(contentsOf: "(?-i:\(sides))".utf8)
  }

  /// Writes a script: what the library knows of it and what was added.
  private mutating func write(
    _ script: LaterScripts.Script, _ name: String, isNegated: Bool, inBrackets: Bool
  ) {
    let known = script.isNew ? "" : "\\p{\(name)}"
    let members = known + script.characters.pattern
    if inBrackets {
      result.append(contentsOf: (isNegated ? "[^\(members)]" : members).utf8)
    } else {
      result.append(contentsOf: "(?-i:[\(isNegated ? "^" : "")\(members)])".utf8)
    }
  }

  private mutating func write(_ set: CodePointSet, isNegated: Bool, inBrackets: Bool) {
    let set = isNegated ? set.complement : set
    // Outside of brackets the library applies no case folding to a class.
    guard inBrackets else {
      result.append(contentsOf: "(?-i:[\(set.pattern)])".utf8)
      return
    }
    let folds = groups[groups.count - 1].ignoresCase
    let folded = folds ? set.union(UnicodeClasses.laterCasePartners(of: set)) : set
    result.append(contentsOf: folded.pattern.utf8)
  }
}
