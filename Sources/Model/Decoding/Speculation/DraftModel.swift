/// Proposes what a smaller model with the same vocabulary says (Leviathan and others, 2023, "Fast
/// inference from transformers via speculative decoding").
///
/// It stops early where it is not sure, as transformers' `assistant_confidence_threshold`.
public struct DraftModel<Runner: SequenceRunner>: Drafter {
  /// How many tokens are proposed at most.
  public private(set) var count: Int
  /// Whether `count` grows by two when all of a proposal was right, and falls by one otherwise.
  public let adapts: Bool
  /// After a token less probable than this nothing more is proposed.
  public let confidence: Double
  /// Tokens after which nothing more is proposed.
  public let ends: Set<Int32>
  /// What was proposed last.
  public private(set) var proposal: [Int32] = []
  private var runner: Runner
  private var sampling: Sampling
  /// What the runner's sequence holds.
  private var held: [Int32] = []
  private var distributions: [[Float]] = []
  private var history: [Int32] = []

  /// A drafter.
  ///
  /// - Parameters:
  ///   - runner: The smaller model; what its sequences hold is forgotten.
  ///   - sampling: How it chooses, best as the larger model does, but with another stream of random
  ///     numbers: what it draws must not depend on what the larger model draws.
  ///   - count: How many tokens are proposed at most.
  ///   - confidence: After a token less probable than this nothing more is proposed.
  ///   - adapts: Whether `count` follows how much was right.
  ///   - ends: Tokens after which nothing more is proposed.
  public init(
    _ runner: consuming Runner, sampling: Sampling = .greedy, count: Int = 20,
    confidence: Double = 0.4, adapts: Bool = false, stoppingAt ends: Set<Int32> = []
  ) {
    precondition(count > 0, "DraftModel: the count must be positive, not \(count)")
    runner.clear()
    self.runner = runner
    self.sampling = sampling
    self.count = count
    self.confidence = confidence
    self.adapts = adapts
    self.ends = ends
  }

  /// Tells the processors how many tokens the prompt has.
  public mutating func begin(promptLength: Int) { sampling.begin(promptLength: promptLength) }

  /// Lets the smaller model continue the text, if it knows all of its tokens.
  public mutating func propose(after history: [Int32], atMost limit: Int) throws {
    proposal.removeAll(keepingCapacity: true)
    let most = min(count, limit, runner.contextLength - history.count + 1)
    let known = runner.vocabularySize
    guard most > 0, history.allSatisfy({ $0 < known }) else { return }
    try catchUp(with: history)
    self.history.removeAll(keepingCapacity: true)
    self.history += history
    while true {
      let (token, probability) = choose()
      proposal.append(token)
      self.history.append(token)
      if proposal.count == most || ends.contains(token) || Double(probability) < confidence {
        return
      }
      try runner.extend(sequence: 0, token: token)
      held.append(token)
    }
  }

  /// Makes the runner hold the text, computing only what is new.
  private mutating func catchUp(with history: [Int32]) throws {
    var shared = 0
    let most = min(held.count, history.count - 1)
    while shared < most && held[shared] == history[shared] { shared += 1 }
    runner.truncate(0, to: shared)
    held.removeLast(held.count - shared)
    try runner.extend([Array(history[shared...])], keeping: .last)
    held += history[shared...]
  }

  /// The next token with its probability; the distribution is kept.
  private mutating func choose() -> (Int32, Float) {
    let index = proposal.count
    if distributions.count <= index { distributions.append([]) }
    return runner.withLogits(sequence: 0, position: 0) { logits in
      guard sampling.random != nil else {
        return sampling.withProcessed(logits, history: history) { logits in
          let token = indexOfLargest(logits)
          let summary = SoftmaxSummary(logits)
          return (Int32(token), Float(1 / summary.total))
        }
      }
      sampling.distribute(logits, history: history, into: &distributions[index])
      let token = sampling.draw(from: distributions[index])
      return (token, distributions[index][Int(token)])
    }
  }

  /// The distribution that a proposed token was drawn from; nil for a greedy draft.
  public func probabilities(at index: Int) -> [Float]? {
    sampling.random == nil ? nil : distributions[index]
  }

  /// Adapts how many tokens are proposed.
  public mutating func learn(accepted: Int) {
    guard adapts else { return }
    count = accepted == proposal.count ? count + 2 : max(1, count - 1)
  }
}
