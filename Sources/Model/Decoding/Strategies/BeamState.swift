import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The beams of a running search and the texts it has finished.
///
/// Scores are float32 and unreachable ones about -1e9, as in transformers, so that ranking agrees
/// even where there are fewer continuations than beams.
struct BeamState {
  struct Beam {
    var tokens: [Int32]
    var score: Float
    /// Which beam of the step before it continues.
    var source: Int
  }

  private struct Finished {
    var tokens: [Int32]
    var score: Float
    var isFinished: Bool
  }

  private(set) var running: [Beam]
  private var finished: [Finished]
  private var search: BeamSearch
  private let promptLength: Int
  private let longest: Int
  private let vocabulary: Int
  private var canImprove = true
  private var scores: [Float] = []
  /// Scores without noise of all continuations, where they are drawn.
  private var sums: [Float] = []
  private var best = LargestTokens()
  private static let unreachable: Float = -1e9

  init(_ search: BeamSearch, prompt: [Int32], longest: Int, vocabulary: Int) {
    self.search = search
    self.longest = longest
    self.vocabulary = vocabulary
    promptLength = prompt.count
    running = (0..<search.beams).map {
      Beam(tokens: prompt, score: $0 == 0 ? 0 : BeamState.unreachable, source: 0)
    }
    let empty = Finished(tokens: prompt, score: BeamState.unreachable, isFinished: false)
    finished = Array(repeating: empty, count: search.beams)
    for index in self.search.processors.indices {
      self.search.processors[index].begin(promptLength: prompt.count)
    }
  }

  /// The finished texts, the best first.
  var hypotheses: [BeamHypothesis] {
    finished.filter(\.isFinished).map {
      BeamHypothesis(tokens: Array($0.tokens[promptLength...]), score: Double($0.score))
    }
  }

  /// Begins to collect continuations: enough that all beams go on even if the best ones end.
  mutating func beginStep() {
    sums.removeAll(keepingCapacity: true)
    best.begin(
      min(max(2, 1 + search.ends.count) * search.beams, search.beams * vocabulary))
  }

  /// Collects the continuations of a beam.
  mutating func offer(_ logits: UnsafeBufferPointer<Float>, beam: Int) {
    if scores.count != logits.count { scores = Array(repeating: 0, count: logits.count) }
    let summary = SoftmaxSummary(logits)
    let shift = Float(log(summary.total))
    for index in logits.indices { scores[index] = logits[index] - summary.top - shift }
    for index in search.processors.indices {
      search.processors[index].process(&scores, history: running[beam].tokens)
    }
    let base = running[beam].score
    guard search.random != nil else {
      scores.withUnsafeBufferPointer { best.offer($0, adding: base, from: beam * vocabulary) }
      return
    }
    for index in scores.indices { sums.append(scores[index] + base) }
    addNoise()
    scores.withUnsafeBufferPointer { best.offer($0, adding: base, from: beam * vocabulary) }
  }

  /// Adds Gumbel noise to the scores: taking the largest then draws without replacement.
  private mutating func addNoise() {
    guard var stream = search.random.take() else { return }
    for index in scores.indices {
      let chance = Double.random(in: Double.leastNormalMagnitude..<1, using: &stream)
      scores[index] += Float(-log(-log(chance)))
    }
    search.random = stream
  }

  /// Makes the best continuations the running beams and keeps those that end.
  /// - Returns: Whether the search goes on.
  mutating func endStep() -> Bool {
    best.end()
    best.sort()
    let candidates = best.entries.map { entry in
      let beam = Int(entry.token) / vocabulary
      let token = Int32(Int(entry.token) % vocabulary)
      let score = search.random == nil ? entry.logit : sums[Int(entry.token)]
      return Beam(tokens: running[beam].tokens + [token], score: score, source: beam)
    }
    let length = running[0].tokens.count + 1
    let ending = candidates.map {
      length >= longest || search.ends.contains($0.tokens[length - 1])
    }
    finish(candidates, ending, length: length)
    var next = candidates
    for index in next.indices where ending[index] { next[index].score += BeamState.unreachable }
    running = Array(stableSorted(next, by: \.score).prefix(search.beams))
    checkImprovement(length: length)
    if search.earlyStopping == .whenFull && finished.allSatisfy(\.isFinished) { return false }
    return canImprove && !ending.allSatisfy { $0 }
  }

  /// Enters the best of those that end into the list of finished texts.
  private mutating func finish(_ candidates: [Beam], _ ending: [Bool], length: Int) {
    let isFull = search.earlyStopping == .whenFull && finished.allSatisfy(\.isFinished)
    let divisor = Float(pow(Double(length - promptLength), search.lengthPenalty))
    var merged = finished
    for (rank, candidate) in candidates.enumerated() {
      // Those after the first `beams` only keep the search going.
      let counts = ending[rank] && rank < search.beams
      var score = candidate.score / divisor
      if isFull { score += BeamState.unreachable }
      if !canImprove { score += BeamState.unreachable }
      if !counts { score += BeamState.unreachable }
      merged.append(Finished(tokens: candidate.tokens, score: score, isFinished: counts))
    }
    finished = Array(stableSorted(merged, by: \.score).prefix(search.beams))
  }

  /// Decides whether a running beam can still get better than the worst finished text.
  private mutating func checkImprovement(length: Int) {
    let isPatient = search.earlyStopping == .never && search.lengthPenalty > 0
    let reach = (isPatient ? longest : length) - promptLength
    let best = running[0].score / Float(pow(Double(reach), search.lengthPenalty))
    let worst = finished.map(\.score).min() ?? BeamState.unreachable
    canImprove =
      canImprove && finished.contains { best > ($0.isFinished ? worst : BeamState.unreachable) }
  }
}

/// The elements by falling score; equals keep their order.
func stableSorted<Element>(_ elements: [Element], by score: (Element) -> Float) -> [Element] {
  let order = elements.indices.sorted {
    let (a, b) = (score(elements[$0]), score(elements[$1]))
    return a > b || (a == b && $0 < $1)
  }
  return order.map { elements[$0] }
}
