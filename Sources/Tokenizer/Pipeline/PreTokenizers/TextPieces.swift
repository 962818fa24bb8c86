/// A text and the pieces it has been cut into so far, in order.
///
/// Pre-tokenizers are applied one after another: each cuts pieces further or rewrites them.
struct TextPieces {
  /// The text of which the pieces are parts.
  var text = AlignedText()
  /// The pieces, none of them empty.
  ///
  /// What lies between them was removed.
  private(set) var ranges: [Range<Int>] = []
  /// Whether the text's original begins where the user's text does, and not after an added token.
  private(set) var beginsUserText = false
  private var spare: [Range<Int>] = []

  /// Starts anew with the whole of `text` as the only piece.
  mutating func begin(beginsUserText: Bool) {
    ranges.removeAll(keepingCapacity: true)
    if !text.bytes.isEmpty { ranges.append(0..<text.bytes.count) }
    self.beginsUserText = beginsUserText
  }

  /// Whether a piece begins where the user's text does.
  func isFirst(_ piece: Range<Int>) -> Bool {
    beginsUserText && piece.lowerBound < text.countAtStart
  }

  /// Gives up memory that only a long text needs.
  mutating func trim(to capacity: Int) {
    if ranges.capacity > capacity || spare.capacity > capacity { self = TextPieces() }
    text.trim(to: capacity)
  }

  /// Replaces each piece by the parts that `cut` appends; empty ones are left out.
  mutating func split(
    _ cut: (_ text: UnsafeBufferPointer<UInt8>, _ piece: Range<Int>, _ parts: inout [Range<Int>])
      -> Void
  ) {
    spare.removeAll(keepingCapacity: true)
    var parts: [Range<Int>] = []
    swap(&parts, &spare)
    text.withBytes { bytes in
      for piece in ranges { cut(bytes, piece, &parts) }
    }
    // A key path instead of the closure would be looked up for every piece.
    parts.removeAll { $0.isEmpty }
    spare = ranges
    ranges = parts
  }

  /// Replaces the text of each piece by what `body` writes; pieces that become empty are left out.
  mutating func rewrite(
    _ body: (
      _ text: UnsafeBufferPointer<UInt8>, _ piece: Range<Int>, _ writer: inout AlignedTextWriter
    ) -> Void
  ) {
    spare.removeAll(keepingCapacity: true)
    var written: [Range<Int>] = []
    swap(&written, &spare)
    let old = ranges
    text.rewrite { bytes, writer in
      for piece in old {
        let start = writer.count
        writer.beginPiece(at: piece.lowerBound)
        body(bytes, piece, &writer)
        if writer.count > start { written.append(start..<writer.count) }
      }
    }
    spare = ranges
    ranges = written
  }
}
