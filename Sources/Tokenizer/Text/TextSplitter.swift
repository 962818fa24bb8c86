/// Cuts text into the pieces inside which a model merges.
///
/// A splitter is pulled: it is asked where the piece that starts at a place ends. It never looks
/// before that place, so a text may be cut wherever a piece is known to begin.
protocol TextSplitter {
  /// The end of the piece that starts at `start`, after `start` and at most `end`.
  ///
  /// - Parameters:
  ///   - text: UTF-8; what is not valid counts as one character a byte.
  ///   - start: a place before `end` where a piece begins.
  ///   - end: the end of the text, as the pattern sees it.
  ///   - classes: the caller's own table of character classes.
  func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int
}

/// Leaves the text in one piece.
struct WholeTextSplitter: TextSplitter {
  func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    end
  }
}

/// The next place at or after `start` where every splitter of words begins a piece: white space
/// after something that is neither white space nor the beginning of a longer piece.
///
/// Only an ASCII space or line feed after an ASCII letter or digit is taken, because there the
/// patterns agree. Returns `end` if there is none.
func wordBoundary(in text: UnsafePointer<UInt8>, atOrAfter start: Int, end: Int) -> Int {
  var at = max(start, 1)
  while at < end {
    let byte = text[at]
    if byte == 0x20 || byte == 0x0A {
      let before = text[at - 1]
      if before &- 0x30 < 10 || (before | 0x20) &- 0x61 < 26 { return at }
    }
    at += 1
  }
  return end
}
