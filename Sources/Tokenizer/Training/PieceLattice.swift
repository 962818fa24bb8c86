#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// All ways to write a word in pieces, and what a unigram trainer asks of them.
///
/// Sums are formed in the order of the reference, so that they agree to the last bit.
final class PieceLattice {
  /// A piece at a place of the word.
  private struct Node {
    var start: Int32
    var end: Int32
    var piece: Int32
    /// The node after this one that ends where it does, −1 if there is none.
    var nextWithEnd: Int32
    /// The node before this one on the best way to it, −1 if that is the start.
    var previous: Int32
    var score: Double
    /// The sum of scores on the best way through this node.
    var best: Double
  }

  /// A way from some node to the end of the word.
  private struct Hypothesis {
    /// The node it begins with, −1 for the end of the word, −2 for the start.
    var node: Int32
    /// The hypothesis for the rest, −1 if there is none.
    var next: Int32
    /// The sum of scores with the best way to the node.
    var estimate: Double
    /// The sum of scores without it.
    var score: Double
  }

  private var nodes: [Node] = []
  private var length = 0
  /// Where the nodes that begin at each place begin in the list, and in the end their number.
  private var firstNodes: [Int32] = []
  /// The first and last node that end at each place, −1 where none does.
  private var firstWithEnd: [Int32] = []
  private var lastWithEnd: [Int32] = []
  /// For each place the logarithm of the probability of all ways to it, and from it.
  private var before: [Double] = []
  private var after: [Double] = []
  private var hypotheses: [Hypothesis] = []
  private var agenda: [Int32] = []

  /// Finds all pieces of a word.
  func fill(_ word: UnsafeBufferPointer<UInt8>, _ pieces: PieceSet) {
    nodes.removeAll(keepingCapacity: true)
    firstNodes.removeAll(keepingCapacity: true)
    length = word.count
    firstWithEnd.removeAll(keepingCapacity: true)
    lastWithEnd.removeAll(keepingCapacity: true)
    for _ in 0...length {
      firstWithEnd.append(-1)
      lastWithEnd.append(-1)
    }
    guard let text = word.baseAddress else { return firstNodes.append(0) }
    var at = 0
    var characterEnd = 0
    while at < length {
      firstNodes.append(Int32(nodes.count))
      defer { at += 1 }
      guard at == characterEnd else { continue }
      characterEnd = at + character(in: text, at: at, end: length).length
      var isKnown = false
      var node = PrefixTrie.root
      var end = at
      while end < length {
        node = pieces.trie.child(of: node, text[end])
        guard node >= 0 else { break }
        end += 1
        let piece = pieces.trie.value(at: node)
        guard piece >= 0 else { continue }
        append(at, end, piece, pieces.scores[Int(piece)])
        if end == characterEnd { isKnown = true }
      }
      if !isKnown { append(at, characterEnd, 0, pieces.unknownScore) }
    }
    firstNodes.append(Int32(nodes.count))
  }

  private func append(_ start: Int, _ end: Int, _ piece: Int32, _ score: Double) {
    let number = Int32(nodes.count)
    nodes.append(
      Node(
        start: Int32(start), end: Int32(end), piece: piece, nextWithEnd: -1, previous: -1,
        score: score, best: 0))
    if lastWithEnd[end] < 0 {
      firstWithEnd[end] = number
    } else {
      nodes[Int(lastWithEnd[end])].nextWithEnd = number
    }
    lastWithEnd[end] = number
  }

  private func nodes(at place: Int) -> Range<Int> {
    place < length ? Int(firstNodes[place])..<Int(firstNodes[place + 1]) : 0..<0
  }

  /// Adds to `expected` how often each piece is expected in a word that occurs `frequency` times.
  func addExpected(_ frequency: Double, to expected: UnsafeMutablePointer<Double>) {
    before.removeAll(keepingCapacity: true)
    after.removeAll(keepingCapacity: true)
    for _ in 0...length {
      before.append(0)
      after.append(0)
    }
    for (number, node) in nodes.enumerated() {
      let end = Int(node.end)
      let way = node.score + before[Int(node.start)]
      before[end] =
        Int(firstWithEnd[end]) == number ? way : logarithmOfSum(before[end], way)
    }
    for place in stride(from: length - 1, through: 0, by: -1) {
      let range = nodes(at: place)
      for number in range {
        let way = nodes[number].score + after[Int(nodes[number].end)]
        after[place] =
          number == range.lowerBound ? way : logarithmOfSum(after[place], way)
      }
    }
    let all = before[length]
    for node in nodes {
      let logarithm = before[Int(node.start)] + node.score + after[Int(node.end)] - all
      expected[Int(node.piece)] += frequency * exp(logarithm)
    }
  }

  /// Calls `body` with the pieces of the best way.
  func forEachOnBestWay(_ body: (Int) -> Void) {
    findBestWays()
    var number = bestBefore(length, adding: 0).node
    while number >= 0 {
      body(Int(nodes[Int(number)].piece))
      number = nodes[Int(number)].previous
    }
  }

  /// Finds the best way to each node; of equally good ones that whose last piece is longest.
  private func findBestWays() {
    for place in 0..<length {
      let range = nodes(at: place)
      guard !range.isEmpty else { continue }
      // The sums with each node's score may round to the same number, so that the comparison is made
      // with them; only where two ways are that close does it matter.
      let isClose = hasCloseWays(to: place)
      let common = isClose ? nil : bestBefore(place, adding: 0)
      for number in range {
        let way = common ?? bestBefore(place, adding: nodes[number].score)
        nodes[number].previous = way.node
        nodes[number].best =
          common == nil
          ? way.score : (way.node < 0 ? 0 : nodes[Int(way.node)].best) + nodes[number].score
      }
    }
  }

  /// Whether there are two ways to a place whose sums are the same but for rounding.
  private func hasCloseWays(to place: Int) -> Bool {
    var best = -Double.infinity
    var second = -Double.infinity
    var number = firstWithEnd[place]
    while number >= 0 {
      let sum = nodes[Int(number)].best
      if sum > best {
        second = best
        best = sum
      } else if sum > second {
        second = sum
      }
      number = nodes[Int(number)].nextWithEnd
    }
    return second >= best - 1e-6 * max(1, best.magnitude)
  }

  /// The node at the end of the best way to a place, −1 at the start of the word.
  private func bestBefore(_ place: Int, adding score: Double) -> (node: Int32, score: Double) {
    if place == 0 { return (-1, score) }
    var number = firstWithEnd[place]
    var best = number
    var bestScore = nodes[Int(number)].best + score
    number = nodes[Int(number)].nextWithEnd
    while number >= 0 {
      let sum = nodes[Int(number)].best + score
      if sum > bestScore {
        best = number
        bestScore = sum
      }
      number = nodes[Int(number)].nextWithEnd
    }
    return (best, bestScore)
  }

  /// The pieces of the two best ways; there may be only one.
  func twoBestWays() -> [[Int]] {
    hypotheses.removeAll(keepingCapacity: true)
    agenda.removeAll(keepingCapacity: true)
    findBestWays()
    hypotheses.append(Hypothesis(node: -1, next: -1, estimate: 0, score: 0))
    push(0)
    var ways: [[Int]] = []
    while let top = pop() {
      let hypothesis = hypotheses[Int(top)]
      if hypothesis.node == -2 {
        ways.append(pieces(of: top))
        if ways.count == 2 { break }
        continue
      }
      let place = hypothesis.node < 0 ? length : Int(nodes[Int(hypothesis.node)].start)
      if place == 0 {
        extend(top, to: -2, best: 0, score: 0)
      } else {
        var number = firstWithEnd[place]
        while number >= 0 {
          let node = nodes[Int(number)]
          extend(top, to: number, best: node.best, score: node.score)
          number = node.nextWithEnd
        }
      }
      shrinkAgenda()
    }
    return ways
  }

  private func extend(_ next: Int32, to node: Int32, best: Double, score: Double) {
    let rest = hypotheses[Int(next)].score
    hypotheses.append(
      Hypothesis(node: node, next: next, estimate: best + rest, score: score + rest))
    push(Int32(hypotheses.count - 1))
  }

  private func pieces(of hypothesis: Int32) -> [Int] {
    var result: [Int] = []
    var at = hypotheses[Int(hypothesis)].next
    while at >= 0, hypotheses[Int(at)].node >= 0 {
      result.append(Int(nodes[Int(hypotheses[Int(at)].node)].piece))
      at = hypotheses[Int(at)].next
    }
    return result
  }

  /// Keeps only the best hypotheses when there are very many.
  private func shrinkAgenda() {
    guard agenda.count > 100_000 else { return }
    let kept = (0..<20).compactMap { _ in pop() }
    agenda.removeAll(keepingCapacity: true)
    for hypothesis in kept { push(hypothesis) }
  }

  // The agenda is a heap with four children a node. Which of two equal hypotheses comes first is seen
  // in the result, so that the heap moves them as the reference's does.

  private func estimate(_ index: Int) -> Double { hypotheses[Int(agenda[index])].estimate }

  private func push(_ hypothesis: Int32) {
    agenda.append(hypothesis)
    moveUp(agenda.count - 1)
  }

  private func moveUp(_ start: Int) {
    var at = start
    let hypothesis = agenda[at]
    let value = hypotheses[Int(hypothesis)].estimate
    while at > 0 {
      let parent = (at - 1) / 4
      if value < estimate(parent) { break }
      agenda[at] = agenda[parent]
      at = parent
    }
    agenda[at] = hypothesis
  }

  private func pop() -> Int32? {
    guard let last = agenda.popLast() else { return nil }
    guard let first = agenda.first else { return last }
    // The gap at the top goes down to the bottom, then the last one up from there.
    var at = 0
    while 4 * at + 1 < agenda.count {
      var child = 4 * at + 1
      for other in (child + 1)..<max(child + 1, min(child + 4, agenda.count))
      where estimate(child) < estimate(other) { child = other }
      agenda[at] = agenda[child]
      at = child
    }
    agenda[at] = last
    moveUp(at)
    return first
  }
}

/// log(eˣ + eʸ) without overflow.
@inline(__always)
private func logarithmOfSum(_ x: Double, _ y: Double) -> Double {
  let (smaller, larger) = x > y ? (y, x) : (x, y)
  // The sum of both is the larger one to the last bit.
  if larger > smaller + 50 { return larger }
  return larger + log(exp(smaller - larger) + 1)
}
