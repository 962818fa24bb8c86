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
  /// By rank: the places that wait.
  private var waiting = PlaceLists()
  private var listOfRank: [Int32]
  private var freeLists: [Int32] = []
  /// The places of the rank that is being merged, and how many are done.
  private var current = PlaceList()
  private var done = 0
  private var currentRank: UInt32 = 0

  deinit { current.deallocate() }

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
        list = waiting.add()
      }
      listOfRank[Int(rank)] = list
      insert(UInt64(rank))
    }
    waiting.append(place, to: list)
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
      current.count = 0
      waiting.exchange(&current, list)
      listOfRank[Int(first)] = -1
      freeLists.append(list)
      done = 0
      current.sortIfNeeded()
    }
    done += 1
    return (currentRank, current[done - 1])
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

/// Places in memory of their own: an array whose growth is checked once for each place.
private struct PlaceList {
  private var places: UnsafeMutablePointer<Int32>?
  private var capacity = 0
  var count = 0

  @inline(__always)
  subscript(index: Int) -> Int32 { places.unsafelyUnwrapped[index] }

  @inline(__always)
  mutating func append(_ place: Int32) {
    if count == capacity { grow() }
    places.unsafelyUnwrapped[count] = place
    count &+= 1
  }

  @inline(never)
  private mutating func grow() {
    let larger = max(16, capacity * 2)
    let grown = UnsafeMutablePointer<Int32>.allocate(capacity: larger)
    if let places {
      grown.update(from: places, count: count)
      places.deallocate()
    }
    places = grown
    capacity = larger
  }

  func sortIfNeeded() {
    guard let places, count > 1 else { return }
    for index in 1..<count where places[index] < places[index - 1] {
      var buffer = UnsafeMutableBufferPointer(start: places, count: count)
      return buffer.sort()
    }
  }

  func deallocate() { places?.deallocate() }
}

/// Lists of places by number.
private struct PlaceLists: ~Copyable {
  private var lists: UnsafeMutablePointer<PlaceList>
  private var capacity = 64
  private var count = 0

  init() { lists = .allocate(capacity: capacity) }

  deinit {
    for list in 0..<count { lists[list].deallocate() }
    lists.deallocate()
  }

  /// Adds an empty list and returns its number.
  mutating func add() -> Int32 {
    if count == capacity {
      let grown = UnsafeMutablePointer<PlaceList>.allocate(capacity: capacity * 2)
      grown.moveInitialize(from: lists, count: count)
      lists.deallocate()
      lists = grown
      capacity *= 2
    }
    (lists + count).initialize(to: PlaceList())
    count += 1
    return Int32(count - 1)
  }

  @inline(__always)
  mutating func append(_ place: Int32, to list: Int32) { lists[Int(list)].append(place) }

  /// Puts a list in the place of another and gives that back.
  mutating func exchange(_ other: inout PlaceList, _ list: Int32) {
    swap(&other, &lists[Int(list)])
  }
}
