import Synchronization

/// The numbers below a count, shared out among workers.
///
/// Each begins with neighbours of its own, which mostly have much in common, and then helps those
/// that are not done.
final class Shares: @unchecked Sendable {
  /// How many workers there are: no more than numbers, and at least one.
  let workers: Int
  private let count: Int
  /// How many numbers of each share are taken.
  private let taken: UnsafeMutablePointer<Atomic<Int>>

  init(of count: Int, workers: Int) {
    self.count = count
    self.workers = max(1, min(workers, count))
    taken = .allocate(capacity: self.workers)
    for share in 0..<self.workers { (taken + share).initialize(to: Atomic(0)) }
  }

  deinit {
    taken.deinitialize(count: workers)
    taken.deallocate()
  }

  /// Calls `body` with one number after another until none is left.
  func forEach(of worker: Int, _ body: (Int) -> Void) {
    for step in 0..<workers {
      let share = (worker + step) % workers
      let first = count * share / workers
      let length = count * (share + 1) / workers - first
      while true {
        let number = taken[share].wrappingAdd(1, ordering: .relaxed).oldValue
        if number >= length { break }
        body(first + number)
      }
    }
  }
}
