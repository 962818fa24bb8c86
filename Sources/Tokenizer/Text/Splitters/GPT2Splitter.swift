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
      let letters = asciiLettersEnd(in: text, from: at + 1, to: end)
      return runEnd(in: text, from: letters, to: end, classes: classes) {
        $0 & CharacterClass.letter != 0
      }
    }
    if first == 0x27,
      let contraction = contractionEnd(in: text, from: start, to: end, ignoresCase: false)
    {
      return contraction
    }
    if at == end { return end }
    let (value, length) = character(in: text, at: at, end: end)
    let found = classes(value)
    if found & CharacterClass.space != 0 {
      // Either the piece starts with this white space or it is a space followed by white space.
      return spaceEnd(in: text, from: start, to: end, classes: classes)
    }
    at += length
    if found & CharacterClass.letter != 0 {
      return runEnd(in: text, from: at, to: end, classes: classes) {
        $0 & CharacterClass.letter != 0
      }
    }
    if found & CharacterClass.number != 0 {
      return runEnd(in: text, from: at, to: end, classes: classes) {
        $0 & CharacterClass.number != 0
      }
    }
    return runEnd(in: text, from: at, to: end, classes: classes) {
      $0 & (CharacterClass.letter | CharacterClass.number | CharacterClass.space) == 0
    }
  }
}

/// The end of a run of white space; its last character is left to what follows it.
@inline(never)
func spaceEnd(
  in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
) -> Int {
  var lastStart = start
  var at = start
  while at < end {
    let (value, length) = character(in: text, at: at, end: end)
    guard classes(value) & CharacterClass.space != 0 else {
      return lastStart == start ? at : lastStart
    }
    lastStart = at
    at += length
  }
  return end
}
