/// A component that only cuts text, piece by piece.
protocol TextCutter: Sendable {
  /// Whether parts of the text may be left out.
  var removesText: Bool { get }

  /// Appends the parts of a piece of text, empty ones included or not.
  func appendParts(
    of piece: Range<Int>, in text: UnsafeBufferPointer<UInt8>, to parts: inout [Range<Int>])
}

extension TextCutter {
  /// Cuts each piece.
  func apply(to pieces: inout TextPieces) {
    pieces.split { text, piece, parts in appendParts(of: piece, in: text, to: &parts) }
  }
}
