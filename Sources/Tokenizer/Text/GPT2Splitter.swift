/// The pattern of GPT-2, written by hand:
/// `'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+`.
///
/// Its pieces are those of the ByteLevel pre-tokenizer of Hugging Face tokenizers.
struct GPT2Splitter: TextSplitter {
  @inline(__always)
  func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    let first = text[start]
    // By far most pieces are ASCII letters with or without a space before them.
    var at = first == 0x20 ? start + 1 : start
    if at < end, (text[at] | 0x20) &- 0x61 < 26 {
      return runEnd(
        in: text, from: asciiLettersEnd(in: text, from: at + 1, to: end), to: end,
        of: CharacterClass.letter, classes: classes)
    }
    if first == 0x27, let contraction = contractionEnd(in: text, from: start, to: end) {
      return contraction
    }
    if at == end { return end }
    var (value, length) = character(in: text, at: at, end: end)
    var found = classes(value)
    if found == CharacterClass.space {
      // Either the piece starts with this white space or it is a space followed by white space.
      at = start
      (value, length) = character(in: text, at: at, end: end)
      found = CharacterClass.space
      return spaceEnd(
        in: text, from: start, firstLength: length, to: end, classes: classes)
    }
    return runEnd(in: text, from: at + length, to: end, of: found, classes: classes)
  }

  /// The end of the characters of one class that start at `start`.
  @inline(__always)
  private func runEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, of wanted: UInt8,
    classes: CharacterClasses
  ) -> Int {
    var at = start
    let latin = classes.latin
    while at < end {
      let byte = text[at]
      if byte < 0x80 {
        guard latin[Int(byte)] == wanted else { return at }
        at += 1
      } else {
        let (value, length) = character(in: text, at: at, end: end)
        guard classes(value) == wanted else { return at }
        at += length
      }
    }
    return end
  }

  /// The end of a run of white space; its last character is left to what follows it.
  @inline(never)
  private func spaceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, firstLength: Int, to end: Int,
    classes: CharacterClasses
  ) -> Int {
    var lastStart = start
    var at = start + firstLength
    while at < end {
      let (value, length) = character(in: text, at: at, end: end)
      guard classes(value) == CharacterClass.space else {
        return lastStart == start ? at : lastStart
      }
      lastStart = at
      at += length
    }
    return end
  }

  /// The end of `'s 'd 'm 't 'll 've 're` at `start`, where an apostrophe is.
  private func contractionEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int? {
    guard start + 1 < end else { return nil }
    let second = text[start + 1]
    switch second {
    case UInt8(ascii: "s"), UInt8(ascii: "d"), UInt8(ascii: "m"), UInt8(ascii: "t"):
      return start + 2
    case UInt8(ascii: "l"), UInt8(ascii: "v"), UInt8(ascii: "r"):
      guard start + 2 < end else { return nil }
      let wanted = second == UInt8(ascii: "l") ? second : UInt8(ascii: "e")
      return text[start + 2] == wanted ? start + 3 : nil
    default:
      return nil
    }
  }
}
