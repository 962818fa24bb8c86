/// Cuts text into the pieces inside which a model merges.
///
/// A splitter is pulled: it is asked where the piece that starts at a place ends. It never looks
/// before that place, so a text may be cut wherever a piece is known to begin. What a pattern does
/// not match is a piece of its own.
protocol TextSplitter {
  /// The end of the piece that starts at `start`, after `start` and at most `end`.
  ///
  /// - Parameters:
  ///   - text: UTF-8; what is not valid counts as one character a byte.
  ///   - start: a place before `end` where a piece begins.
  ///   - end: the end of the text, as the pattern sees it.
  ///   - classes: the caller's own table of character classes.
  mutating func pieceEnd(
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

/// Cuts the pieces of one splitter by another.
///
/// A stretch of text must be cut from its start to its end by one value.
struct NestedSplitter<Outer: TextSplitter, Inner: TextSplitter>: TextSplitter {
  var outer: Outer
  var inner: Inner
  private var outerEnd = 0

  init(_ outer: Outer, _ inner: Inner) {
    self.outer = outer
    self.inner = inner
  }

  @inline(__always)
  mutating func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    if start >= outerEnd {
      outerEnd = outer.pieceEnd(in: text, from: start, to: end, classes: classes)
    }
    return inner.pieceEnd(in: text, from: start, to: outerEnd, classes: classes)
  }
}

/// Cuts by any number of splitters, each cutting the pieces of the one before.
struct SplitterChain: TextSplitter {
  private var splitters: [any TextSplitter]
  /// Where the current piece of each splitter ends.
  private var ends: [Int]

  init(_ splitters: [any TextSplitter]) {
    self.splitters = splitters
    ends = [Int](repeating: 0, count: splitters.count)
  }

  mutating func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    var limit = end
    for index in splitters.indices {
      if start >= ends[index] {
        ends[index] = splitters[index].pieceEnd(in: text, from: start, to: limit, classes: classes)
      }
      limit = ends[index]
    }
    return limit
  }
}

/// The end of the characters from `start` on whose class fulfils a condition.
@inline(__always)
func runEnd(
  in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses,
  while isMember: (_ found: UInt8) -> Bool
) -> Int {
  var at = start
  let latin = classes.latin
  while at < end {
    let byte = text[at]
    if byte < 0x80 {
      guard isMember(latin[Int(byte)]) else { return at }
      at += 1
    } else {
      let (value, length) = character(in: text, at: at, end: end)
      guard isMember(classes(value)) else { return at }
      at += length
    }
  }
  return end
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
