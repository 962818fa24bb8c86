/// Cuts text by a component that leaves nothing out.
struct CutterSplitter: TextSplitter {
  private let cutter: any TextCutter
  /// The ends of the parts that are still to come, the next one last.
  private var ends: [Int] = []
  private var parts: [Range<Int>] = []

  init(_ cutter: any TextCutter) {
    precondition(!cutter.removesText, "CutterSplitter: the component leaves text out")
    self.cutter = cutter
  }

  mutating func pieceEnd(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses
  ) -> Int {
    if let next = ends.popLast() { return next }
    parts.removeAll(keepingCapacity: true)
    cutter.appendParts(
      of: start..<end, in: UnsafeBufferPointer(start: text, count: end), to: &parts)
    for part in parts.reversed() where !part.isEmpty { ends.append(part.upperBound) }
    return ends.popLast() ?? end
  }
}
