/// Writes what is kept and what is replaced, and finds the origins as the reference does.
///
/// There, what is removed is counted to the last character before it; at the start of a text there is
/// none, and all origins after it lag behind.
struct ReplacingWriter {
  /// How far the old text has been read as far as origins are concerned.
  private var place = 0
  /// A new character that is not written yet, because what is removed after it matters.
  private var pending: (character: UInt32, change: Int)?
  private var isEmpty = true

  mutating func keep(
    _ range: Range<Int>, of text: UnsafePointer<UInt8>, _ writer: inout AlignedTextWriter
  ) {
    if range.isEmpty { return }
    finish(in: text, &writer)
    isEmpty = false
    if place == range.lowerBound {
      writer.keep(range)
      place = range.upperBound
      return
    }
    var at = range.lowerBound
    while at < range.upperBound {
      let (value, length) = character(in: text, at: at, end: range.upperBound)
      writer.transform(value, change: 0, at: &place, in: text)
      at += length
    }
  }

  mutating func replace(
    _ range: Range<Int>, of text: UnsafePointer<UInt8>, by replacement: ArraySlice<UInt8>,
    _ writer: inout AlignedTextWriter
  ) {
    var old = 0
    var at = range.lowerBound
    while at < range.upperBound {
      at += character(in: text, at: at, end: range.upperBound).length
      old += 1
    }
    replacement.withUnsafeBufferPointer { bytes in
      forEachCharacter(in: bytes, 0..<bytes.count) { character, _ in
        finish(in: text, &writer)
        pending = (character, old > 0 ? 0 : 1)
        old -= old > 0 ? 1 : 0
        isEmpty = false
      }
    }
    if old == 0 || isEmpty { return }
    if pending != nil {
      pending?.change -= old
    } else {
      writer.skip(old, at: &place, in: text)
    }
  }

  /// Writes the pending character.
  mutating func finish(
    in text: UnsafePointer<UInt8>, _ writer: inout AlignedTextWriter
  ) {
    guard let (character, change) = pending else { return }
    writer.transform(character, change: change, at: &place, in: text)
    pending = nil
  }
}
