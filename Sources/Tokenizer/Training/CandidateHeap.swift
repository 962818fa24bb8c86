/// A pair that may be merged next, with words that hold it.
struct Candidate {
  /// How often the pair occurred when it was last looked at.
  var count: Int64
  /// The two tokens, the left one in the upper half.
  var pair: UInt64
  /// The pair's number in `PairCounts`.
  var number: Int32
  /// Where the words begin in the list of places, and how many they are.
  var firstPlace: Int
  var placeCount: Int32

  /// More often comes first; among equals the smaller pair does.
  @inline(__always)
  func comesBefore(_ other: Candidate) -> Bool {
    count != other.count ? count > other.count : pair < other.pair
  }
}

/// A binary heap of candidates, the next one to merge on top.
struct CandidateHeap {
  private var items: [Candidate] = []

  mutating func push(_ item: Candidate) {
    items.append(item)
    items.withUnsafeMutableBufferPointer { items in
      var at = items.count - 1
      while at > 0 {
        let parent = (at - 1) / 2
        guard item.comesBefore(items[parent]) else { break }
        items[at] = items[parent]
        at = parent
      }
      items[at] = item
    }
  }

  mutating func pop() -> Candidate? {
    guard let first = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return first }
    items.withUnsafeMutableBufferPointer { items in
      var at = 0
      while true {
        var child = 2 * at + 1
        guard child < items.count else { break }
        if child + 1 < items.count, items[child + 1].comesBefore(items[child]) { child += 1 }
        guard items[child].comesBefore(last) else { break }
        items[at] = items[child]
        at = child
      }
      items[at] = last
    }
    return first
  }
}
