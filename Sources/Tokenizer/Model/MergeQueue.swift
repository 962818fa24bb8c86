/// The pairs of a long piece that wait to be merged, the first in the list of merges first and,
/// among equals, the leftmost.
///
/// If merging a pair can only make pairs that come later (`byRank`), the places of each rank wait in
/// a list of their own and only ranks are compared: a million repeated letters have a million places
/// but some twenty ranks. Otherwise every place is compared.
struct MergeQueue: ~Copyable {
  private let byRank: Bool
  /// A binary heap of ranks, or of ranks and places in one number.
  private var heap: [UInt64] = []
  /// By rank: the places that wait, and whether they came in order.
  private var waiting: [[Int32]] = []
  private var listOfRank: [Int32]
  private var freeLists: [Int32] = []
  /// The places of the rank that is being merged, and how many are done.
  private var current: [Int32] = []
  private var done = 0
  private var currentRank: UInt32 = 0

  init(byRank: Bool, ranks: Int) {
    self.byRank = byRank
    listOfRank = byRank ? [Int32](repeating: -1, count: ranks) : []
  }

  mutating func push(rank: UInt32, place: Int32) {
    guard byRank else {
      insert(UInt64(rank) << 32 | UInt64(place))
      return
    }
    var list = listOfRank[Int(rank)]
    if list < 0 {
      if let free = freeLists.popLast() {
        list = free
      } else {
        list = Int32(waiting.count)
        waiting.append([])
      }
      listOfRank[Int(rank)] = list
      insert(UInt64(rank))
    }
    waiting[Int(list)].append(place)
  }

  mutating func pop() -> (rank: UInt32, place: Int32)? {
    guard byRank else {
      guard let entry = removeFirst() else { return nil }
      return (UInt32(entry >> 32), Int32(truncatingIfNeeded: entry & 0xFFFF_FFFF))
    }
    if done == current.count {
      guard let first = removeFirst() else { return nil }
      currentRank = UInt32(first)
      let list = listOfRank[Int(first)]
      current.removeAll(keepingCapacity: true)
      swap(&current, &waiting[Int(list)])
      listOfRank[Int(first)] = -1
      freeLists.append(list)
      done = 0
      if !isAscending(current) { current.sort() }
    }
    done += 1
    return (currentRank, current[done - 1])
  }

  private func isAscending(_ places: [Int32]) -> Bool {
    for index in 1..<max(1, places.count) where places[index] < places[index - 1] { return false }
    return true
  }

  private mutating func insert(_ entry: UInt64) {
    heap.append(entry)
    var at = heap.count - 1
    while at > 0 {
      let parent = (at - 1) / 2
      guard entry < heap[parent] else { break }
      heap[at] = heap[parent]
      at = parent
    }
    heap[at] = entry
  }

  private mutating func removeFirst() -> UInt64? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    guard !heap.isEmpty else { return first }
    var at = 0
    while true {
      var child = 2 * at + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < last else { break }
      heap[at] = heap[child]
      at = child
    }
    heap[at] = last
    return first
  }
}
