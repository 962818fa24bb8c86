#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Estimates the probabilities of pieces and drops the least useful ones until few are left
/// (Kudo, arXiv 1804.10959).
struct UnigramLearner {
  /// So many parts of the words are summed on their own and then together, whatever the number of
  /// threads: the order of a sum shows in its last bits.
  private static let partCount = 16
  /// Pieces that are expected less often are dropped.
  private static let smallestExpectation = 0.5

  /// The pieces so far.
  private(set) var pieces: PieceSet
  private let words: [UnsafeBufferPointer<UInt8>]
  private let counts: [Int64]
  private let threads: Int
  /// The first word of each part, and in the end the number of words.
  private let parts: [Int]

  /// - Parameters:
  ///   - words: the words in an order that is always the same; their memory must last.
  ///   - counts: how often each word occurs.
  ///   - pieces: the pieces to begin with.
  init(
    words: [UnsafeBufferPointer<UInt8>], counts: [Int64], pieces: PieceSet, threads: Int
  ) {
    self.words = words
    self.counts = counts
    self.pieces = pieces
    self.threads = threads
    let total = words.reduce(0) { $0 + $1.count + 1 }
    var parts = [0]
    var sum = 0
    for (index, word) in words.enumerated() {
      sum += word.count + 1
      if sum * Self.partCount >= total * parts.count, parts.count < Self.partCount {
        parts.append(index + 1)
      }
    }
    parts.append(words.count)
    self.parts = parts
  }

  /// One step of expectation and maximization.
  mutating func estimate() {
    let expected = expectations()
    var kept = [0]
    var frequencies: [Double] = []
    var sum = 0.0
    for piece in 1..<max(1, pieces.count) where !(expected[piece] < Self.smallestExpectation) {
      kept.append(piece)
      frequencies.append(expected[piece])
      sum += expected[piece]
    }
    // A sparse prior: digamma takes the place of the logarithm.
    let logarithm = digamma(sum)
    pieces = pieces.kept(kept, scores: [.nan] + frequencies.map { digamma($0) - logarithm })
  }

  /// How often each piece is expected in all words.
  private func expectations() -> [Double] {
    let count = pieces.count
    let partCount = parts.count - 1
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: count * partCount)
    sums.initialize(repeating: 0, count: count * partCount)
    defer { sums.deallocate() }
    let lattices = (0..<threads).map { _ in PieceLattice() }
    forEachIndex(below: partCount, threads: threads) { worker, part in
      let lattice = lattices[worker]
      for word in parts[part]..<parts[part + 1] {
        lattice.fill(words[word], pieces)
        lattice.addExpected(Double(counts[word]), to: sums + part * count)
      }
    }
    var result = [Double](repeating: 0, count: count)
    for part in 0..<partCount {
      for piece in 0..<count { result[piece] += sums[part * count + piece] }
    }
    return result
  }

  /// Drops the pieces whose loss makes the text least unlikely.
  ///
  /// - Parameter size: how many pieces are to be left, if enough can be dropped.
  mutating func prune(to size: Int) {
    let count = pieces.count
    let alternatives = self.alternatives()
    let frequencies = bestFrequencies()
    let sum = frequencies.reduce(0, +)
    let logarithm = log(sum)
    let total = Double(counts.reduce(0, +))

    var kept = [0]
    var candidates: [(piece: Int, loss: Double)] = []
    for piece in 1..<max(1, count) {
      let frequency = frequencies[piece]
      switch alternatives[piece] {
      case .worse where frequency == 0: break
      case .worse, .only: kept.append(piece)
      case .pieces(let others):
        if frequency == 0 { break }
        let own = log(frequency) - logarithm
        // Without the piece its occurrences go to the pieces of the next best way. The sum of all
        // frequencies then grows by the number of those less one; the reference takes the number of
        // all pieces instead.
        let changed = log(sum + frequency * Double(count - 1))
        var instead = 0.0
        for other in others { instead += log(frequencies[other] + frequency) - changed }
        candidates.append((piece, frequency / total * (own - instead)))
      }
    }
    candidates.sort { $0.loss != $1.loss ? $0.loss > $1.loss : $0.piece < $1.piece }
    for candidate in candidates {
      if kept.count == size { break }
      kept.append(candidate.piece)
    }
    pieces = pieces.kept(kept, scores: kept.map { pieces.scores[$0] })
  }

  /// What a piece's text would be written as without the piece.
  private enum Alternative {
    /// There is no other way.
    case only
    /// Several other pieces are better even with the piece there.
    case worse
    /// These pieces.
    case pieces([Int])
  }

  private func alternatives() -> [Alternative] {
    let count = pieces.count
    let lattices = (0..<threads).map { _ in PieceLattice() }
    let chunk = 1024
    return [Alternative](unsafeUninitializedCapacity: count) { result, initialized in
      result.baseAddress?.initialize(repeating: .only, count: count)
      nonisolated(unsafe) let result = result
      forEachIndex(below: (count + chunk - 1) / chunk, threads: threads) { worker, index in
        let lattice = lattices[worker]
        for piece in max(1, index * chunk)..<max(1, min(count, (index + 1) * chunk)) {
          let ways = pieces.withText(of: piece) {
            lattice.fill($0, pieces)
            return lattice.twoBestWays()
          }
          if ways.count < 2 { continue }
          if ways[0].count >= 2 {
            result[piece] = .worse
          } else if ways[0].count == 1, !ways[1].isEmpty {
            result[piece] = .pieces(ways[1])
          }
        }
      }
      initialized = count
    }
  }

  /// How often each piece is in the best ways to write all words.
  private func bestFrequencies() -> [Double] {
    let count = pieces.count
    // Sums of integers do not depend on their order.
    let sums = UnsafeMutablePointer<Double>.allocate(capacity: count * threads)
    sums.initialize(repeating: 0, count: count * threads)
    defer { sums.deallocate() }
    let lattices = (0..<threads).map { _ in PieceLattice() }
    forEachIndex(below: parts.count - 1, threads: threads) { worker, part in
      let lattice = lattices[worker]
      for word in parts[part]..<parts[part + 1] {
        lattice.fill(words[word], pieces)
        let times = Double(counts[word])
        lattice.forEachOnBestWay { sums[worker * count + $0] += times }
      }
    }
    var result = [Double](repeating: 0, count: count)
    for worker in 0..<threads {
      for piece in 0..<count { result[piece] += sums[worker * count + piece] }
    }
    return result
  }
}

/// The derivative of the logarithm of the gamma function, by its asymptotic series from 7 on.
func digamma(_ value: Double) -> Double {
  var x = value
  var result = 0.0
  while x < 7 {
    result -= 1 / x
    x += 1
  }
  x -= 1.0 / 2.0
  let inverse = 1 / x
  let second = inverse * inverse
  let fourth = second * second
  let series =
    log(x) + (1.0 / 24.0) * second - 7.0 / 960.0 * fourth
    + (31.0 / 8064.0) * fourth * second - (127.0 / 30720.0) * fourth * fourth
  return result + series
}
