/// The last pattern of DeepSeek V3 and R1, written by hand; numbers and Chinese and Japanese
/// characters have been cut out before:
/// ``[!"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+|``
/// ` ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
struct DeepSeekSplitter: TextSplitter {
  private static let words = CharacterClass.letter | CharacterClass.mark
  private static let signs = CharacterClass.punctuation | CharacterClass.symbol

  @inline(__always)
  func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    let first = text[start]
    // By far most pieces are ASCII letters with or without a space before them.
    let at = first == 0x20 ? start + 1 : start
    if at < end, (text[at] | 0x20) &- 0x61 < 26 {
      let letters = asciiLettersEnd(in: text, from: at + 1, to: end)
      return runEnd(in: text, from: letters, to: end, classes: classes) { $0 & Self.words != 0 }
    }
    return otherEnd(in: text, from: start, to: end, classes: classes)
  }

  private func otherEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    let (value, length) = character(in: text, at: start, end: end)
    let found = classes(value)
    let next = start + length
    if found & Self.words != 0 {
      return runEnd(in: text, from: next, to: end, classes: classes) { $0 & Self.words != 0 }
    }
    if found & Self.signs != 0 {
      if value < 0x80, next < end, (text[next] | 0x20) &- 0x61 < 26 {
        return asciiWordEnd(in: text, from: next + 1, to: end)
      }
      return signsEnd(in: text, from: next, to: end, classes: classes)
    }
    if next < end {
      let (second, secondLength) = character(in: text, at: next, end: end)
      let secondClass = classes(second)
      if value != 0x0A, value != 0x0D, secondClass & Self.words != 0 {
        return runEnd(in: text, from: next + secondLength, to: end, classes: classes) {
          $0 & Self.words != 0
        }
      }
      if value == 0x20, secondClass & Self.signs != 0 {
        return signsEnd(in: text, from: next + secondLength, to: end, classes: classes)
      }
    }
    if found & CharacterClass.space != 0 {
      return lineSpaceEnd(in: text, from: start, to: end, classes: classes, keepsTrailing: false)
    }
    return unmatchedEnd(in: text, from: next, to: end, classes: classes)
  }

  private func asciiWordEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var at = start
    while at < end, (text[at] | 0x20) &- 0x61 < 26 { at += 1 }
    return at
  }

  private func signsEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    var at = runEnd(in: text, from: start, to: end, classes: classes) { $0 & Self.signs != 0 }
    while at < end, text[at] == 0x0A || text[at] == 0x0D { at += 1 }
    return at
  }

  /// Where the next match begins after a control or the like, which no part of the pattern matches
  /// unless a word follows.
  private func unmatchedEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    var at = start
    // Where the last character begins, if a word would take it.
    var last = start
    while at < end {
      let (value, length) = character(in: text, at: at, end: end)
      let found = classes(value)
      if found & Self.words != 0 { return last }
      if found & (Self.signs | CharacterClass.space) != 0 { return at }
      last = at
      at += length
    }
    return end
  }
}
