#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One group of beams of a diverse beam search.
struct BeamGroup {
  struct Beam {
    var tokens: [Int32]
    var score: Float
    /// Which beam of the group in the step before it continues.
    var source: Int
  }

  private(set) var running: [Beam]
  /// The finished texts, at most as many as beams.
  private(set) var found: [BeamHypothesis] = []
  /// Whether the group has stopped.
  private(set) var isDone = false
  private var worst = 1e9
  private let search: DiverseBeamSearch
  private let promptLength: Int
  private let longest: Int
  private var vocabulary = 0
  private var scores: [Float] = []
  private var best = LargestTokens()

  init(_ search: DiverseBeamSearch, prompt: [Int32], longest: Int, size: Int) {
    self.search = search
    self.longest = longest
    promptLength = prompt.count
    running = (0..<size).map { Beam(tokens: prompt, score: $0 == 0 ? 0 : -1e9, source: 0) }
  }

  /// Begins to collect continuations.
  mutating func begin() { best.begin(max(2, 1 + search.ends.count) * running.count) }

  /// Collects the continuations of a beam, after the penalty for tokens that other groups chose.
  mutating func offer(
    _ logits: UnsafeBufferPointer<Float>, beam: Int, _ processors: inout [any LogitsProcessor],
    avoiding chosen: [Int32]
  ) {
    vocabulary = logits.count
    if scores.count != logits.count { scores = Array(repeating: 0, count: logits.count) }
    let summary = SoftmaxSummary(logits)
    let shift = Float(log(summary.total))
    for index in logits.indices { scores[index] = logits[index] - summary.top - shift }
    for token in chosen where scores.indices.contains(Int(token)) {
      scores[Int(token)] -= Float(search.diversityPenalty)
    }
    for index in processors.indices {
      processors[index].process(&scores, history: running[beam].tokens)
    }
    let base = running[beam].score
    scores.withUnsafeBufferPointer { best.offer($0, adding: base, from: beam * vocabulary) }
  }

  /// Makes the best continuations the running beams and keeps those that end.
  mutating func end() {
    best.end()
    best.sort()
    let length = running[0].tokens.count + 1
    var next: [Beam] = []
    for (rank, entry) in best.entries.enumerated() where next.count < running.count {
      let source = Int(entry.token) / vocabulary
      let token = Int32(Int(entry.token) % vocabulary)
      if search.ends.contains(token) {
        // Those after the first beams only keep the search going.
        if rank < running.count {
          add(running[source].tokens + [token], Double(entry.logit), length: length - promptLength)
        }
      } else {
        next.append(
          Beam(tokens: running[source].tokens + [token], score: entry.logit, source: source))
      }
    }
    // With a vocabulary of little but end tokens there may be too few; the last one stands in.
    while let last = next.last ?? running.last, next.count < running.count { next.append(last) }
    running = next
    isDone = isDone || isFinal(best: Double(best.entries.first?.logit ?? 0), length: length)
  }

  /// Enters what is still running, at the end of the search.
  mutating func close() {
    guard !isDone else { return }
    for beam in running {
      add(beam.tokens, Double(beam.score), length: beam.tokens.count - promptLength)
    }
  }

  private mutating func add(_ tokens: [Int32], _ sum: Double, length: Int) {
    let score = sum / pow(Double(length), search.lengthPenalty)
    guard found.count < running.count || score > worst else { return }
    found.append(BeamHypothesis(tokens: Array(tokens[promptLength...]), score: score))
    if found.count > running.count {
      let order = found.indices.sorted {
        found[$0].score < found[$1].score || (found[$0].score == found[$1].score && $0 < $1)
      }
      worst = found[order[1]].score
      found.remove(at: order[0])
    } else {
      worst = min(score, worst)
    }
  }

  private func isFinal(best: Double, length: Int) -> Bool {
    guard found.count >= running.count else { return false }
    if search.earlyStopping == .whenFull { return true }
    let isPatient = search.earlyStopping == .never && search.lengthPenalty > 0
    let reach = (isPatient ? longest : length) - promptLength
    return worst >= best / pow(Double(reach), search.lengthPenalty)
  }
}
