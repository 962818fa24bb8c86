/// The pattern of cl100k_base and its many variants, written by hand:
/// `(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|`
/// `\s*[\r\n]+|\s+(?!\S)|\s+`.
///
/// Llama-3, Qwen, OLMo 2, Phi-4 and others differ in what the options say.
struct CL100kSplitter: TextSplitter, Equatable {
  /// Which contractions are pieces.
  enum Contractions { case none, ascii, ignoringCase }

  /// Which contractions are pieces.
  var contractions = Contractions.ignoringCase
  /// Whether marks belong to words: `[\p{L}\p{M}]+`.
  var wordsHaveMarks = false
  /// How many digits a piece may have.
  var digits = 3
  /// Whether punctuation takes the line ends after it: `[\r\n]*`.
  var punctuationTakesLineEnds = true
  /// Whether white space at the end of the text is one piece: `\s+$`.
  var keepsTrailingSpace = false

  @inline(__always)
  func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    let first = text[start]
    let letters =
      wordsHaveMarks ? CharacterClass.letter | CharacterClass.mark : CharacterClass.letter
    // By far most pieces are ASCII letters with or without a space before them.
    let at = first == 0x20 ? start + 1 : start
    if at < end, (text[at] | 0x20) &- 0x61 < 26 {
      let plain = asciiLettersEnd(in: text, from: at + 1, to: end)
      return runEnd(in: text, from: plain, to: end, classes: classes) { $0 & letters != 0 }
    }
    return otherEnd(in: text, from: start, to: end, classes: classes, letters: letters)
  }

  private func otherEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses,
    letters: UInt8
  ) -> Int {
    let first = text[start]
    if first == 0x27, let contraction = contraction(in: text, from: start, to: end) {
      return contraction
    }
    let (value, length) = character(in: text, at: start, end: end)
    let found = classes(value)
    let next = start + length
    if found & letters != 0 {
      return runEnd(in: text, from: next, to: end, classes: classes) { $0 & letters != 0 }
    }
    if found & CharacterClass.number != 0 {
      return numberEnd(in: text, from: next, to: end, classes: classes, limit: digits)
    }
    let nonSigns = letters | CharacterClass.number | CharacterClass.space
    if next < end, value != 0x0A, value != 0x0D {
      let (second, secondLength) = character(in: text, at: next, end: end)
      let secondClass = classes(second)
      if secondClass & letters != 0 {
        return runEnd(in: text, from: next + secondLength, to: end, classes: classes) {
          $0 & letters != 0
        }
      }
      if first == 0x20, secondClass & nonSigns == 0 {
        return signsEnd(
          in: text, from: next + secondLength, to: end, classes: classes, nonSigns: nonSigns)
      }
    }
    if found & CharacterClass.space == 0 {
      return signsEnd(in: text, from: next, to: end, classes: classes, nonSigns: nonSigns)
    }
    return lineSpaceEnd(
      in: text, from: start, to: end, classes: classes, keepsTrailing: keepsTrailingSpace)
  }

  /// The end of punctuation and whatever else is no word, number or space.
  @inline(__always)
  private func signsEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses,
    nonSigns: UInt8
  ) -> Int {
    var at = runEnd(in: text, from: start, to: end, classes: classes) { $0 & nonSigns == 0 }
    if punctuationTakesLineEnds {
      while at < end, text[at] == 0x0A || text[at] == 0x0D { at += 1 }
    }
    return at
  }

  @inline(__always)
  private func contraction(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int? {
    switch contractions {
    case .none: return nil
    case .ascii:
      // The long s takes two bytes; no other contraction begins with its first one.
      if start + 1 < end, text[start + 1] >= 0x80 { return nil }
      return contractionEnd(in: text, from: start, to: end, ignoresCase: true)
    case .ignoringCase:
      return contractionEnd(in: text, from: start, to: end, ignoresCase: true)
    }
  }
}
