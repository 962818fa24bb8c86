/// The most probable tokens, found in one pass with a heap that is reused.
///
/// Of equal logits the smaller token counts as the larger.
struct LargestTokens: Sendable {
  /// The tokens found, in the heap's order until ``sort()``.
  private(set) var entries: [(logit: Float, token: Int32)] = []

  private var count = 0

  /// Finds the `count` largest of the logits, fewer if there are not so many.
  mutating func find(_ count: Int, in logits: UnsafeBufferPointer<Float>) {
    begin(count)
    offer(logits)
    end()
  }

  /// Begins to look for the `count` largest of what is offered until ``end()``.
  mutating func begin(_ count: Int) {
    self.count = count
    entries.removeAll(keepingCapacity: true)
  }

  /// Offers logits plus a number, as the tokens from `first` on.
  mutating func offer(
    _ logits: UnsafeBufferPointer<Float>, adding shift: Float = 0, from first: Int = 0
  ) {
    guard count > 0 else { return }
    var index = 0
    while index < logits.count && entries.count < count {
      entries.append((logits[index] + shift, Int32(first + index)))
      if entries.count == count { buildHeap() }
      index += 1
    }
    guard index < logits.count else { return }
    // Nearly all that follow are smaller; they cost one comparison.
    var least = entries[0].logit
    for index in index..<logits.count where logits[index] + shift > least {
      entries[0] = (logits[index] + shift, Int32(first + index))
      sink(0, entries.count)
      least = entries[0].logit
    }
  }

  /// Ends what ``begin(_:)`` began; the smallest is at the front until ``sort()``.
  mutating func end() { if entries.count < count { buildHeap() } }

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
