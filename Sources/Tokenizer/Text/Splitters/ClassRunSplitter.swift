/// A pattern that is one class of characters, perhaps with a space before it: `\p{N}{1,3}`,
/// `[一-龥]+`, `\s?\p{L}+`.
struct ClassRunPattern: Sendable, Equatable {
  /// What may stand before the characters and belongs to the match.
  enum Prefix { case none, space, anySpace }

  /// The characters.
  var members: CodePointSet
  /// How many a match may have.
  var limit: Int
  /// What may stand before them.
  var prefix = Prefix.none

  /// 1 for members, 2 for what may stand before them, 3 for what is both.
  func classify(_ scalar: Unicode.Scalar) -> UInt8 {
    let isPrefix =
      switch prefix {
      case .none: false
      case .space: scalar.value == 0x20
      case .anySpace: scalar.properties.isWhitespace
      }
    return (members.contains(scalar.value) ? 1 : 0) | (isPrefix ? 2 : 0)
  }
}

/// Cuts text into the matches of a `ClassRunPattern` and what lies between them.
struct ClassRunSplitter: TextSplitter {
  private let table: CharacterClasses
  private let limit: Int

  /// Makes a splitter with a table of its own.
  init(_ pattern: ClassRunPattern) {
    self.init(limit: pattern.limit, table: CharacterClasses { pattern.classify($0) })
  }

  /// Makes a splitter with a table that says 1 for members and 2 for what may stand before them.
  init(limit: Int, table: CharacterClasses) {
    self.limit = limit
    self.table = table
  }

  func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    let (value, length) = character(in: text, at: start, end: end)
    let found = table(value)
    var at = start + length
    if found & 1 != 0 { return membersEnd(in: text, from: at, to: end, left: limit - 1) }
    if found & 2 != 0, at < end {
      let (second, secondLength) = character(in: text, at: at, end: end)
      if table(second) & 1 != 0 {
        return membersEnd(in: text, from: at + secondLength, to: end, left: limit - 1)
      }
    }
    // No match begins here: one begins at the next member, or at the space before it.
    var lastSpace = start
    var spaceEnd = start
    while at < end {
      at = runEnd(in: text, from: at, to: end, classes: table) { $0 == 0 }
      guard at < end else { return end }
      let (value, length) = character(in: text, at: at, end: end)
      let found = table(value)
      if found & 1 != 0 { return lastSpace > start && spaceEnd == at ? lastSpace : at }
      lastSpace = at
      at += length
      spaceEnd = at
    }
    return end
  }

  private func membersEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, left: Int
  ) -> Int {
    if limit == .max {
      return runEnd(in: text, from: start, to: end, classes: table) { $0 & 1 != 0 }
    }
    var at = start
    var left = left
    while left > 0, at < end {
      let (value, length) = character(in: text, at: at, end: end)
      guard table(value) & 1 != 0 else { break }
      at += length
      left -= 1
    }
    return at
  }
}
