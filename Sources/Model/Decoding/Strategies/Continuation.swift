/// The tokens that follow a prompt on a runner, made one by one as they are asked for.
///
/// ```swift
/// var continuation = try Continuation(TreeRunner(model), from: prompt, stoppingAt: ends)
/// while let token = try continuation.next() { use(token) }
/// ```
///
/// After the first token nothing is allocated here for each.
public struct Continuation<Runner: SequenceRunner> {
  /// The runner, whose first sequence holds all of ``history`` but what was chosen last.
  public private(set) var runner: Runner
  /// The tokens so far, prompt included.
  public private(set) var history: [Int32]
  /// How each token is chosen; may be changed between tokens.
  public var sampling: Sampling
  /// The tokens after which the text ends; they are its last.
  public var ends: Set<Int32>
  /// How many of the most probable tokens are reported with each; nil reports nothing.
  public var reportedTokens: Int?
  /// What the model thought of the last token, where ``reportedTokens`` asks for it.
  public private(set) var report: TokenReport?
  /// Whether the text has ended: after an end token or with a full context.
  public private(set) var isEnded = false
  private var reporter = TokenReporter()

  /// Begins to continue a prompt.
  ///
  /// - Parameters:
  ///   - runner: Any runner; what its sequences hold is forgotten.
  ///   - prompt: At least one token.
  ///   - sampling: How each token is chosen.
  ///   - ends: Tokens after which the text ends.
  /// - Throws: ``DecodingError`` for a prompt that is empty, too long, or of unknown tokens.
  public init(
    _ runner: consuming Runner, from prompt: [Int32], sampling: Sampling = .greedy,
    stoppingAt ends: Set<Int32> = []
  ) throws(DecodingError) {
    try DecodingError.check(prompt, runner)
    runner.clear()
    self.runner = runner
    self.sampling = sampling
    self.ends = ends
    history = prompt
    history.reserveCapacity(min(self.runner.contextLength, 1 << 20) + 1)
    self.sampling.begin(promptLength: prompt.count)
  }

  /// Begins anew with another prompt; what the runner has of it already is not computed again.
  ///
  /// A chat gives the whole conversation each time: only the new turn costs something.
  /// - Returns: How many tokens of the prompt were there.
  @discardableResult
  public mutating func restart(from prompt: [Int32]) throws -> Int {
    try DecodingError.check(prompt, runner)
    // One token is always fed, since its logits are wanted.
    let most = min(runner.length(of: 0), prompt.count - 1)
    var shared = 0
    while shared < most && history[shared] == prompt[shared] { shared += 1 }
    runner.truncate(0, to: shared)
    history.removeAll(keepingCapacity: true)
    history += prompt
    sampling.begin(promptLength: prompt.count)
    isEnded = false
    report = nil
    return shared
  }

  /// The next token, or nil after an end token or when the context is full.
  /// - Throws: What the runner throws.
  public mutating func next() throws -> Int32? {
    guard !isEnded, history.count <= runner.contextLength else {
      isEnded = true
      return nil
    }
    let fed = runner.length(of: 0)
    if history.count - fed == 1 {
      try runner.extend(sequence: 0, token: history[fed])
    } else {
      try runner.extend([Array(history[fed...])], keeping: .last)
    }
    let token = runner.withLogits(sequence: 0, position: 0) { logits in
      let token = sampling.choose(from: logits, history: history)
      if let reportedTokens {
        report = reporter.report(on: token, logits, count: reportedTokens)
      }
      return token
    }
    history.append(token)
    isEnded = ends.contains(token)
    return token
  }
}
