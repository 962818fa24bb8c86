/// The pattern of o200k_base and its variants, written by hand.
///
/// A word ends where lower case is followed by upper case, and takes marks and a contraction with it:
/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|…)?|`
/// `[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|…)?|`
/// `\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+`.
///
/// Tekken and Kimi K2 differ in what the options say.
struct O200kSplitter: TextSplitter, Equatable {
  /// Whether words take a contraction.
  var takesContractions = true
  /// How many digits a piece may have.
  var digits = 3
  /// Whether punctuation takes slashes after line ends too.
  var punctuationTakesSlashes = true
  /// Whether Chinese characters are pieces of their own: `[\p{Han}]+` before all else.
  var separatesHan = false

  @inline(__always)
  func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    let first = text[start]
    // Most pieces are ASCII letters in lower case with or without a space before them.
    let at = first == 0x20 ? start + 1 : start
    if at < end, text[at] &- 0x61 < 26 {
      return lowerEnd(in: text, from: at + 1, to: end, classes: classes)
    }
    return otherEnd(in: text, from: start, to: end, classes: classes)
  }

  private static let uppers = CharacterClass.upper | CharacterClass.caseless | CharacterClass.mark
  private static let lowers = CharacterClass.lower | CharacterClass.caseless | CharacterClass.mark
  private static let words = CharacterClass.letter | CharacterClass.mark

  private func otherEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    let (value, length) = character(in: text, at: start, end: end)
    let next = start + length
    if separatesHan, HanCharacters.contains(value) {
      return HanCharacters.runEnd(in: text, from: next, to: end)
    }
    let found = classes(value)
    if found & Self.words != 0 {
      return wordEnd(in: text, from: start, to: end, classes: classes)
    }
    if found & CharacterClass.number != 0 {
      return numberEnd(in: text, from: next, to: end, classes: classes, limit: digits)
    }
    let nonSigns = CharacterClass.letter | CharacterClass.number | CharacterClass.space
    if next < end, value != 0x0A, value != 0x0D {
      let (second, secondLength) = character(in: text, at: next, end: end)
      let secondClass = classes(second)
      if secondClass & Self.words != 0, !(separatesHan && HanCharacters.contains(second)) {
        return wordEnd(in: text, from: next, to: end, classes: classes)
      }
      if value == 0x20, secondClass & nonSigns == 0 {
        return signsEnd(in: text, from: next + secondLength, to: end, classes: classes)
      }
    }
    if found & CharacterClass.space == 0 {
      return signsEnd(in: text, from: next, to: end, classes: classes)
    }
    return lineSpaceEnd(in: text, from: start, to: end, classes: classes, keepsTrailing: false)
  }

  /// The end of the word that begins at `start` with a letter or mark.
  private func wordEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    var at = start
    // Where the last character without case ends: it may also end a word in lower case.
    var lastCaselessEnd = start
    while at < end {
      let (value, length) = character(in: text, at: at, end: end)
      let found = classes(value)
      if found & Self.uppers == 0 || separatesHan && HanCharacters.contains(value) {
        if found & CharacterClass.lower != 0 {
          return lowerEnd(in: text, from: at + length, to: end, classes: classes)
        }
        break
      }
      at += length
      if found & CharacterClass.upper == 0 { lastCaselessEnd = at }
    }
    // Nothing in lower case follows. The word ends after its last character without case; only one
    // without any is in upper case to its end.
    return contraction(in: text, from: lastCaselessEnd > start ? lastCaselessEnd : at, to: end)
  }

  /// The end of the rest of a word in lower case.
  @inline(__always)
  private func lowerEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    var at = start
    if separatesHan {
      while at < end {
        let (value, length) = character(in: text, at: at, end: end)
        guard classes(value) & Self.lowers != 0, !HanCharacters.contains(value) else { break }
        at += length
      }
    } else {
      at = runEnd(in: text, from: start, to: end, classes: classes) { $0 & Self.lowers != 0 }
    }
    return contraction(in: text, from: at, to: end)
  }

  @inline(__always)
  private func contraction(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    guard takesContractions, start < end, text[start] == 0x27 else { return start }
    return contractionEnd(in: text, from: start, to: end, ignoresCase: true) ?? start
  }

  /// The end of punctuation and whatever else is no word, number or space, and of line ends after it.
  private func signsEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    let nonSigns = CharacterClass.letter | CharacterClass.number | CharacterClass.space
    var at = runEnd(in: text, from: start, to: end, classes: classes) { $0 & nonSigns == 0 }
    while at < end {
      let byte = text[at]
      let isTaken =
        byte == 0x0A || byte == 0x0D || punctuationTakesSlashes && byte == UInt8(ascii: "/")
      guard isTaken else { break }
      at += 1
    }
    return at
  }
}

/// The characters of the script Han, as of Unicode 16.
enum HanCharacters {
  private static let ranges: [ClosedRange<UInt32>] = [
    0x2E80...0x2E99, 0x2E9B...0x2EF3, 0x2F00...0x2FD5, 0x3005...0x3005, 0x3007...0x3007,
    0x3021...0x3029, 0x3038...0x303B, 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFA6D,
    0xFA70...0xFAD9, 0x16FE2...0x16FE3, 0x16FF0...0x16FF1, 0x20000...0x2A6DF, 0x2A700...0x2B739,
    0x2B740...0x2B81D, 0x2B820...0x2CEA1, 0x2CEB0...0x2EBE0, 0x2EBF0...0x2EE5D, 0x2F800...0x2FA1D,
    0x30000...0x3134A, 0x31350...0x323AF,
  ]

  static func contains(_ character: UInt32) -> Bool {
    if character < 0x2E80 { return false }
    if 0x4E00...0x9FFF ~= character { return true }
    return ranges.contains { $0.contains(character) }
  }

  /// The end of the Han characters from `start` on.
  static func runEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    var at = start
    while at < end {
      let (value, length) = character(in: text, at: at, end: end)
      guard contains(value) else { break }
      at += length
    }
    return at
  }
}
