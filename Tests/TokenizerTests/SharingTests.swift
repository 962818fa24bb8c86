import CText
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

  /// A word and the tokens that belong to it.
  private struct Word {
    let key: WordCache.Key
    let tokens: [TokenID]

    /// A word of eight bytes with so many tokens, all of which tell which word it is.
    init(_ number: Int, tokens count: Int) {
      let bytes = (0..<8).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
      key = WordCache.key(of: bytes, count: 8, readable: 8)
      tokens = (0..<count).map { TokenID(number * 16 + $0) }
    }
  }

  /// The tokens of a word; nil if it is not known.
  private func find(_ word: Word, in words: KnownWords) -> [TokenID]? {
    var output = [TokenID](repeating: -1, count: Int(apus_spare_tokens))
    let count = output.withUnsafeMutableBufferPointer {
      words.copy(word.key, to: $0.baseAddress.unsafelyUnwrapped)
    }
    return count < 0 ? nil : Array(output[..<count])
  }

  @Test func whatOneThreadLearnsAllKnow() {
    let caches = WordCaches()
    var one = KnownWords(caches)
    let other = KnownWords(caches)
    for count in 0...15 {
      let word = Word(count, tokens: count)
      #expect(find(word, in: other) == nil)
      one.insert(word.key, tokens: word.tokens, count: count)
      #expect(find(word, in: other) == word.tokens)
    }
  }

  /// Many more words than there are places, so that threads write over what others read.
  @Test func noThreadSeesHalfAWord() {
    let caches = WordCaches()
    let wrong = Atomic<Int>(0)
    let known = Atomic<Int>(0)
    func word(_ number: Int) -> Word { Word(number, tokens: 1 + number % 3) }
    runConcurrently(4) { thread in
      var words = KnownWords(caches)
      for number in 0..<60_000 {
        // Some words are everybody's, so that threads write the same places.
        let mine = word(number % 5 == 0 ? number : number * 4 + thread)
        if let found = find(mine, in: words) {
          known.wrappingAdd(1, ordering: .relaxed)
          if found != mine.tokens { wrong.wrappingAdd(1, ordering: .relaxed) }
        } else {
          words.insert(mine.key, tokens: mine.tokens, count: mine.tokens.count)
        }
        let neighbours = word(max(0, number - 1000) * 4 + (thread + 1) % 4)
        if let found = find(neighbours, in: words), found != neighbours.tokens {
          wrong.wrappingAdd(1, ordering: .relaxed)
        }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
    #expect(known.load(ordering: .relaxed) > 0)
  }

  @Test func aFullCacheIsReplacedForAll() {
    let caches = WordCaches()
    var one = KnownWords(caches)
    var other = KnownWords(caches)
    let first = one.table
    var number = 0
    while one.table == first, number < 1 << 20 {
      let word = Word(number, tokens: 4 + number % 12)
      one.insert(word.key, tokens: word.tokens, count: word.tokens.count)
      number += 1
    }
    #expect(one.table != first)
    #expect(other.table == first)
    let last = Word(number - 1, tokens: 4 + (number - 1) % 12)
    #expect(find(last, in: one) == last.tokens)
    other.renewIfFull()
    #expect(other.table == one.table)
    #expect(find(last, in: other) == last.tokens)
  }

  @Test func threadsShareTheClassesOfCharacters() {
    let classes = CharacterClasses()
    let wrong = Atomic<Int>(0)
    runConcurrently(4) { thread in
      for page in 0..<64 {
        let value = UInt32((page * 7 + thread / 2) % 64 * 256 + 65)
        let expected = Unicode.Scalar(value).map(CharacterClass.inPatterns) ?? 0
        if classes(value) != expected { wrong.wrappingAdd(1, ordering: .relaxed) }
      }
    }
    #expect(wrong.load(ordering: .relaxed) == 0)
  }
}
