/// The tokens that follow a prompt, several at a time: a drafter proposes, the model checks all of it in
/// one pass (Leviathan and others, 2023; Chen and others, 2023).
///
/// Without chance the tokens are those of greedy decoding. With it a proposed token of probability q in
/// the draft and p in the model is accepted with probability min(1, p/q), else replaced by one drawn
/// from max(0, p - q): the tokens have exactly the model's distribution, after processors.
///
/// The draft's vocabulary may have another size, as those of one family padded differently: a token
/// that the model does not know has p = 0, and one that the draft does not know q = 0.
public struct Speculation<Runner: SequenceRunner, Draft: Drafter> {
  /// The tokens so far, prompt included; a pass may have found more than were asked for.
  public private(set) var history: [Int32]
  /// How many tokens were proposed.
  public private(set) var proposed = 0
  /// How many of them the model accepted.
  public private(set) var accepted = 0
  /// How many passes of the model there were.
  public private(set) var passes = 0
  private var runner: Runner
  private var drafter: Draft
  private var sampling: Sampling
  private let ends: Set<Int32>
  /// How many tokens of the history were given out.
  private var given: Int
  private var isEnded = false
  private var target: [Float] = []

  /// Begins to continue a prompt.
  ///
  /// - Parameters:
  ///   - runner: The model that decides; what its sequences hold is forgotten.
  ///   - drafter: What proposes.
  ///   - prompt: At least one token.
  ///   - sampling: How each token is chosen.
  ///   - ends: Tokens after which the text ends; they are its last.
  /// - Throws: ``DecodingError`` for a prompt that is empty or too long.
  public init(
    _ runner: consuming Runner, drafting drafter: Draft, from prompt: [Int32],
    sampling: Sampling = .greedy, stoppingAt ends: Set<Int32> = []
  ) throws {
    try DecodingError.check(prompt, runner)
    runner.clear()
    self.runner = runner
    self.drafter = drafter
    self.sampling = sampling
    self.ends = ends
    history = prompt
    given = prompt.count
    self.sampling.begin(promptLength: prompt.count)
    self.drafter.begin(promptLength: prompt.count)
  }

  /// The next token, or nil after an end token or when the context is full.
  /// - Throws: What the runner or the drafter throws.
  public mutating func next() throws -> Int32? {
    if given == history.count {
      guard !isEnded, history.count <= runner.contextLength else { return nil }
      try findMore()
    }
    given += 1
    return history[given - 1]
  }

  /// Runs the model once and adds at least one token.
  private mutating func findMore() throws {
    let fed = runner.length(of: 0)
    let last = history.count - 1
    // Of a prompt only what follows its last token is of interest.
    if fed < last { try runner.extend([Array(history[fed..<last])], keeping: .last) }
    try drafter.propose(after: history, atMost: runner.contextLength - history.count)
    let proposal = drafter.proposal
    let size = runner.vocabularySize
    let known = proposal.prefix { $0 < size }
    if known.isEmpty {
      try runner.extend(sequence: 0, token: history[last])
    } else {
      try runner.extend([[history[last]] + known], keeping: .all)
    }
    passes += 1
    var right = 0
    while true {
      let candidate = right < proposal.count ? proposal[right] : nil
      let token = check(candidate, at: right)
      history.append(token)
      isEnded = ends.contains(token)
      if token != candidate { break }
      right += 1
      if isEnded { break }
    }
    proposed += proposal.count
    accepted += right
    drafter.learn(accepted: right)
    runner.truncate(0, to: min(runner.length(of: 0), history.count - 1))
  }

  /// The token that stands at a place, which is the candidate if that is accepted.
  private mutating func check(_ candidate: Int32?, at index: Int) -> Int32 {
    runner.withLogits(sequence: 0, position: index) { logits in
      guard let candidate, sampling.random != nil,
        let draft = drafter.probabilities(at: index)
      else { return sampling.choose(from: logits, history: history) }
      sampling.distribute(logits, history: history, into: &target)
      let p = Int(candidate) < target.count ? Double(target[Int(candidate)]) : 0
      let q = Double(draft[Int(candidate)])
      if sampling.uniform() * q < p { return candidate }
      let shared = 0..<min(target.count, draft.count)
      let others = target[shared.upperBound...]
      // Where rounding leaves nothing, both distributions are the same.
      guard shared.contains(where: { target[$0] > draft[$0] }) || others.contains(where: { $0 > 0 })
      else { return sampling.draw(from: target) }
      for token in shared { target[token] = max(0, target[token] - draft[token]) }
      return sampling.draw(from: target)
    }
  }
}

extension LanguageModel {
  /// The tokens that follow a prompt, checked several at a time; see ``Speculation``.
  ///
  /// ```swift
  /// let draft = DraftModel(TreeRunner(small), stoppingAt: ends)
  /// var text = try large.speculate(from: prompt, drafting: draft, stoppingAt: ends)
  /// while let token = try text.next() { use(token) }
  /// ```
  public func speculate<Draft: Drafter>(
    from prompt: [Int32], drafting drafter: Draft, sampling: Sampling = .greedy,
    stoppingAt ends: Set<Int32> = []
  ) throws -> Speculation<TreeRunner<Self>, Draft> {
    try Speculation(
      TreeRunner(self), drafting: drafter, from: prompt, sampling: sampling, stoppingAt: ends)
  }
}
