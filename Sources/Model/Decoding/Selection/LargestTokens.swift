/// The most probable tokens, found in one pass with a heap that is reused.
///
/// Of equal logits the smaller token counts as the larger.
struct LargestTokens: Sendable {
  /// The tokens found, in the heap's order until ``sort()``.
  private(set) var entries: [(logit: Float, token: Int32)] = []

  /// Finds the `count` largest of the logits, fewer if there are not so many.
  mutating func find(_ count: Int, in logits: UnsafeBufferPointer<Float>) {
    entries.removeAll(keepingCapacity: true)
    guard count > 0 else { return }
    entries.reserveCapacity(min(count, logits.count))
    for index in logits.indices {
      if entries.count < count {
        entries.append((logits[index], Int32(index)))
        if entries.count == count { buildHeap() }
      } else if logits[index] > entries[0].logit {
        entries[0] = (logits[index], Int32(index))
        sink(0, entries.count)
      }
    }
    if entries.count < count { buildHeap() }
  }

  mutating func find(_ count: Int, in logits: [Float]) {
    logits.withUnsafeBufferPointer { find(count, in: $0) }
  }

  /// The smallest of the logits found.
  var threshold: Float { entries.first?.logit ?? -.infinity }

  /// Brings the tokens into order, the largest first.
  mutating func sort() {
    var end = entries.count
    while end > 1 {
      end -= 1
      entries.swapAt(0, end)
      sink(0, end)
    }
  }

  private mutating func buildHeap() {
    for place in stride(from: entries.count / 2 - 1, through: 0, by: -1) {
      sink(place, entries.count)
    }
  }

  /// Whether one entry is smaller than another; the smallest is at the root.
  private func isBelow(_ one: Int, _ other: Int) -> Bool {
    let (a, b) = (entries[one], entries[other])
    return a.logit < b.logit || (a.logit == b.logit && a.token > b.token)
  }

  private mutating func sink(_ start: Int, _ end: Int) {
    var place = start
    while true {
      var child = 2 * place + 1
      if child >= end { return }
      if child + 1 < end && isBelow(child + 1, child) { child += 1 }
      if !isBelow(child, place) { return }
      entries.swapAt(child, place)
      place = child
    }
  }
}
