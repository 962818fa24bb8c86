import Synchronization
import Testing

@testable import Tokenizer

/// What threads share: work, and objects that are expensive to make.
@Suite struct SharingTests {
  @Test(arguments: [0, 1, 2, 3, 7, 64, 1000], [1, 2, 3, 8])
  func everyNumberIsHandedOutOnce(count: Int, workers: Int) {
    let seen = Locked<[Int]>([])
    forEachIndex(below: count, threads: workers) { _, index in
      seen.withLock { $0.append(index) }
    }
    #expect(seen.withLock { $0.sorted() } == Array(0..<count))
  }

  @Test func aWorkerBeginsWithItsOwnNeighboursAndThenHelps() {
    let shares = Shares(of: 10, workers: 3)
    var numbers: [Int] = []
    shares.forEach(of: 1) { numbers.append($0) }
    #expect(numbers == [3, 4, 5, 6, 7, 8, 9, 0, 1, 2])
    shares.forEach(of: 0) { numbers.append($0) }
    #expect(numbers.count == 10)
  }

  /// Something of which there should be few, used by one thread at a time.
  private final class Tool: Sendable {
    let users = Atomic<Int>(0)
    private let alive: Locked<Int>

    init(_ alive: Locked<Int>) {
      self.alive = alive
      alive.withLock { $0 += 1 }
    }

    deinit { alive.withLock { $0 -= 1 } }
  }

  @Test func nobodySharesAToolAndNoneIsLost() {
    let alive = Locked(0)
    let clashes = Atomic<Int>(0)
    do {
      let spares = Spares<Tool>()
      #expect(spares.take() == nil)
      runConcurrently(6) { _ in
        for _ in 0..<2000 {
          let tool = spares.take() ?? Tool(alive)
          if tool.users.wrappingAdd(1, ordering: .relaxed).newValue != 1 {
            clashes.wrappingAdd(1, ordering: .relaxed)
          }
          tool.users.wrappingSubtract(1, ordering: .relaxed)
          spares.put(tool)
        }
      }
      #expect((1...availableProcessors()).contains(alive.withLock { $0 }))
      #expect(spares.take() != nil)
    }
    #expect(clashes.load(ordering: .relaxed) == 0)
    #expect(alive.withLock { $0 } == 0)
  }
}
