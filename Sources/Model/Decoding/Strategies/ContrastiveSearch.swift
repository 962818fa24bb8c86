#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Settings of contrastive search: of the most probable tokens the one whose hidden state is least like
/// what was said before (Su and others, 2022, "A contrastive framework for neural text generation").
///
/// A candidate scores (1 - α) · p - α · (its largest cosine with the states so far), as `penalty_alpha`
/// in transformers 4.52, the last releases that had it built in.
public struct ContrastiveSearch: Sendable {
  /// α in 0 … 1, what likeness counts.
  public var penalty: Double
  /// How many tokens are tried in each step.
  public var candidates: Int
  /// The most tokens to add.
  public var maximumNewTokens: Int
  /// The tokens after which the text ends.
  public var ends: Set<Int32>
  /// What changes the logits first, in order.
  public var processors: [any LogitsProcessor]

  /// A search.
  public init(
    penalty: Double = 0.6, candidates: Int = 4, maximumNewTokens: Int,
    stoppingAt ends: Set<Int32> = [], processors: [any LogitsProcessor] = []
  ) {
    precondition(
      penalty >= 0 && penalty <= 1, "ContrastiveSearch: α must be in 0 … 1, not \(penalty)")
    precondition(candidates > 0, "ContrastiveSearch: there must be candidates, not \(candidates)")
    self.penalty = penalty
    self.candidates = candidates
    self.maximumNewTokens = maximumNewTokens
    self.ends = ends
    self.processors = processors
  }
}

extension SequenceRunner {
  /// The tokens that contrastive search adds to a prompt.
  ///
  /// What the runner's sequences hold is forgotten.
  /// - Parameters:
  ///   - prompt: At least one token.
  ///   - search: The settings.
  ///   - body: Called with each token as it is found; false stops.
  /// - Throws: ``DecodingError`` for a prompt that is empty or too long, and what the runner throws.
  @discardableResult
  public mutating func contrastiveSearch(
    from prompt: [Int32], _ search: ContrastiveSearch, _ body: (Int32) -> Bool = { _ in true }
  ) throws -> [Int32] {
    try DecodingError.check(prompt, self)
    try DecodingError.check(beams: min(search.candidates, vocabularySize), self)
    clear()
    try extend([prompt], keeping: .states)
    var processors = search.processors
    for index in processors.indices { processors[index].begin(promptLength: prompt.count) }
    var states = DirectionList()
    for position in prompt.indices {
      withHidden(sequence: 0, position: position) { states.append($0) }
    }
    var history = prompt
    var scores = withLogits(sequence: 0, position: prompt.count - 1) { Array($0) }
    var best = LargestTokens()
    while history.count - prompt.count < search.maximumNewTokens && history.count < contextLength {
      for index in processors.indices { processors[index].process(&scores, history: history) }
      let summary = SoftmaxSummary(scores)
      best.find(search.candidates, in: scores)
      best.sort()
      // A forbidden token is no candidate, unless all are.
      let tried = max(1, best.entries.firstIndex { $0.logit == -.infinity } ?? best.entries.count)
      let entries = Array(best.entries[..<tried])
      rearrange(Array(repeating: 0, count: entries.count))
      try extend(entries.map { [$0.token] }, keeping: .last)
      var chosen = 0
      var highest = -Float.infinity
      for (index, entry) in entries.enumerated() {
        let probability = exp(summary.logProbability(entry.logit))
        let likeness = withHidden(sequence: index, position: 0) { states.largestCosine(with: $0) }
        let score = Float(1 - search.penalty) * probability - Float(search.penalty) * likeness
        if score > highest {
          highest = score
          chosen = index
        }
      }
      let token = entries[chosen].token
      history.append(token)
      withHidden(sequence: chosen, position: 0) { states.append($0) }
      scores.withUnsafeMutableBufferPointer { target in
        withLogits(sequence: chosen, position: 0) { _ = target.update(fromContentsOf: $0) }
      }
      rearrange([chosen])
      if !body(token) || search.ends.contains(token) { break }
    }
    return Array(history[prompt.count...])
  }
}

extension LanguageModel {
  /// The tokens that contrastive search adds to a prompt; see
  /// ``SequenceRunner/contrastiveSearch(from:_:_:)``.
  public func contrastiveSearch(
    from prompt: [Int32], _ search: ContrastiveSearch
  ) throws -> [Int32] {
    var runner = TreeRunner(self)
    return try runner.contrastiveSearch(from: prompt, search)
  }
}

/// Vectors of length one, to be compared with others.
private struct DirectionList {
  private var elements: [Float] = []
  private var count = 0

  mutating func append(_ vector: UnsafeBufferPointer<Float>) {
    let scale = 1 / norm(vector)
    for element in vector { elements.append(element * scale) }
    count += 1
  }

  func largestCosine(with vector: UnsafeBufferPointer<Float>) -> Float {
    let scale = 1 / norm(vector)
    var largest = -Float.infinity
    elements.withUnsafeBufferPointer { elements in
      for row in 0..<count {
        var sum: Float = 0
        let start = row * vector.count
        for index in vector.indices { sum += elements[start + index] * vector[index] }
        largest = max(largest, sum * scale)
      }
    }
    return largest
  }

  private func norm(_ vector: UnsafeBufferPointer<Float>) -> Float {
    var squares: Float = 0
    for element in vector { squares += element * element }
    return squares.squareRoot()
  }
}
