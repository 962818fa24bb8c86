/// Hands out the texts of a batch and puts their tokens one after another, in the order of the texts.
///
/// Workers take some neighbouring texts at a time. Where the tokens of a part go is known as soon as
/// those of all parts before it are there. One worker at a time puts tokens in their place, and nobody
/// waits for it: parts that come in between are copied and left to it. So all tokens are written to
/// fresh memory once, and from a cache.
final class BatchCollector: @unchecked Sendable {
  /// Some neighbouring texts.
  struct Part {
    /// How many parts come before it.
    let number: Int
    let texts: Range<Int>
  }

  /// The tokens of a part that came while another one was put in its place.
  private struct Waiting: Sendable {
    let ids: [TokenID]
    let ends: [Int]
  }

  private struct Order {
    /// The number of parts in their place.
    var placed = 0
    var isPlacing = false
    var waiting: [Int: Waiting] = [:]
  }

  /// What a worker takes at once: about so many bytes and at most so many texts.
  private static let partBytes = 1 << 14
  private static let partTexts = 1 << 9

  private let texts: [String]
  private let expected: Int
  private let taken = Locked<(part: Int, text: Int)>((0, 0))
  private let order = Locked(Order())
  // Only the worker that places parts uses these, or who has waited for all workers.
  @exclusivity(unchecked) private var ids: [TokenID] = []
  @exclusivity(unchecked) private var starts = [0]

  init(_ texts: [String]) {
    self.texts = texts
    starts.reserveCapacity(texts.count + 1)
    // Tokens of two bytes; memory that is not written to takes no place, but a system may still refuse
    // more than it has, so only a gigabyte is asked for ahead.
    expected = min(texts.reduce(0) { $0 + $1.utf8.count } / 2, 1 << 28)
    reserve(expected)
  }

  /// The next texts; nil if there are none left.
  func next() -> Part? {
    taken.withLock { taken in
      guard taken.text < texts.count else { return nil }
      let first = taken.text
      let limit = min(texts.count, first + Self.partTexts)
      var bytes = 0
      var end = first
      while end < limit, bytes < Self.partBytes {
        bytes += texts[end].utf8.count
        end += 1
      }
      defer { taken = (taken.part + 1, end) }
      return Part(number: taken.part, texts: first..<end)
    }
  }

  /// Takes in the tokens of a part; `ends` says where those of each text end.
  func put(_ part: Part, _ sink: TokenSink, ends: [Int]) {
    var next: Waiting?
    if begins(part.number) {
      reserve(sink.count)
      let base = ids.count
      sink.append(to: &ids)
      next = finish(base, ends)
    } else {
      let copy = Waiting(ids: sink.taken(), ends: ends)
      guard begins(part.number, or: copy) else { return }
      next = copy
    }
    while let part = next {
      reserve(part.ids.count)
      let base = ids.count
      ids += part.ids
      next = finish(base, part.ends)
    }
  }

  /// All tokens, once all parts are there.
  func batch() -> TokenBatch { TokenBatch(ids: ids, starts: starts) }

  /// Whether a part can be put in its place now; if not, what is to wait waits.
  private func begins(_ number: Int, or waiting: Waiting? = nil) -> Bool {
    order.withLock { order in
      guard !order.isPlacing, order.placed == number else {
        if let waiting { order.waiting[number] = waiting }
        return false
      }
      order.isPlacing = true
      return true
    }
  }

  /// Says that a part is in its place, and returns the next one if it came meanwhile.
  private func finish(_ base: Int, _ ends: [Int]) -> Waiting? {
    for end in ends { starts.append(base + end) }
    return order.withLock { order in
      order.placed += 1
      let next = order.waiting.removeValue(forKey: order.placed)
      order.isPlacing = next != nil
      return next
    }
  }

  /// Makes room for so many tokens more.
  private func reserve(_ count: Int) {
    let needed = ids.count + count
    guard needed > ids.capacity else { return }
    ids.reserveCapacity(max(needed + needed / 2, expected))
    let byteCount = ids.capacity * MemoryLayout<TokenID>.stride
    ids.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { adviseHugePages(start, byteCount: byteCount) }
    }
  }
}
