import Model
import Tensor
import Tokenizer

/// Generates text with whatever strategy a configuration asks for.
struct TextGenerator {
  /// Tokens with their text.
  struct Answer {
    var tokens: [Int32] = []
    var text = ""
    /// Of beams.
    var score: Double?
    /// Where they were asked for.
    var reports: [TokenReport] = []
    /// The stop string that ended the text.
    var stop: String?
  }

  let tokenizer: TextTokenizer
  let configuration: GenerationConfiguration
  let seed: UInt64
  /// Constraints.
  let processors: [any LogitsProcessor]
  /// How many alternatives are reported with each token.
  let reportedTokens: Int?

  /// A generator with what the options ask for.
  init(
    _ options: DecodingOptions, _ configuration: GenerationConfiguration,
    _ tokenizer: TextTokenizer
  ) throws {
    self.tokenizer = tokenizer
    self.configuration = configuration
    seed = options.sampling.seed
    processors = try options.constraints.processors(tokenizer, ends: configuration.endTokens)
    reportedTokens = options.logprobs
  }

  private var ends: Set<Int32> { Set(configuration.endTokens) }

  /// The answers to a prompt, several only from beam search.
  ///
  /// - Parameters:
  ///   - prompt: At least one token.
  ///   - runner: The model.
  ///   - draft: A smaller model that proposes tokens.
  ///   - show: Called with each piece of the text as soon as it is certain.
  func answers<Runner: SequenceRunner, Draft: SequenceRunner>(
    to prompt: [Int32], _ runner: Runner, draft: Draft?, show: (String) -> Void
  ) throws -> [Answer] {
    var runner = runner
    let length = prompt.count
    let limit = configuration.limit(afterPrompt: length)
    if (configuration.beams ?? 1) > 1 {
      let found =
        (configuration.beamGroups ?? 1) > 1
        ? try runner.diverseBeamSearch(
          from: prompt, configuration.diverseBeamSearch(promptLength: length, processors))
        : try runner.beamSearch(
          from: prompt,
          configuration.beamSearch(promptLength: length, seed: seed, processors))
      return found.prefix(configuration.returnedSequences ?? 1).map { hypothesis in
        var writer = Writer(self)
        for token in hypothesis.tokens where !writer.take(token, show) { break }
        var answer = writer.finish(show)
        answer.score = hypothesis.score
        return answer
      }
    }
    var writer = Writer(self)
    if (configuration.contrastivePenalty ?? 0) > 0 {
      let search = configuration.contrastiveSearch(promptLength: length, processors)
      try runner.contrastiveSearch(from: prompt, search) { writer.take($0, show) }
    } else if let draft {
      // The draft draws with numbers of its own.
      var sampling = configuration.sampling(seed: seed, processors)
      let drawn = sampling.random
      sampling.random = drawn?.stream("draft")
      let drafter = DraftModel(
        draft, sampling: sampling, count: configuration.draftTokens ?? 20,
        confidence: configuration.draftConfidence ?? 0.4, stoppingAt: ends)
      try speculate(prompt, runner, drafter, limit, &writer, show)
    } else if let count = configuration.promptLookupTokens {
      let lookup = PromptLookup(
        count: count, longestMatch: configuration.longestMatch ?? 2, stoppingAt: ends)
      try speculate(prompt, runner, lookup, limit, &writer, show)
    } else {
      var continuation = try Continuation(
        runner, from: prompt, sampling: configuration.sampling(seed: seed, processors),
        stoppingAt: ends)
      continuation.reportedTokens = reportedTokens
      while writer.answer.tokens.count < limit, let token = try continuation.next() {
        if let report = continuation.report { writer.answer.reports.append(report) }
        if !writer.take(token, show) { break }
      }
    }
    return [writer.finish(show)]
  }

  /// The answer to a prompt that begins as the one before did: of what is the same nothing is
  /// computed again.
  ///
  /// - Parameters:
  ///   - prompt: At least one token.
  ///   - runner: The model.
  ///   - continuation: What was continued before, if anything.
  ///   - show: Called with each piece of the text; false ends the answer.
  func stream<Runner: SequenceRunner>(
    _ prompt: [Int32], _ runner: Runner, _ continuation: inout Continuation<Runner>?,
    show: (String) -> Bool
  ) throws -> Answer {
    let limit = configuration.limit(afterPrompt: prompt.count)
    let sampling = configuration.sampling(seed: seed &+ UInt64(prompt.count), processors)
    var text: Continuation<Runner>
    if var earlier = continuation.take() {
      earlier.sampling = sampling
      try earlier.restart(from: prompt)
      text = earlier
    } else {
      text = try Continuation(runner, from: prompt, sampling: sampling, stoppingAt: ends)
    }
    defer { continuation = text }
    var writer = Writer(self)
    var goesOn = true
    while goesOn, writer.answer.tokens.count < limit, let token = try text.next() {
      goesOn = writer.take(token) { goesOn = show($0) && goesOn } && goesOn
    }
    return writer.finish { _ = show($0) }
  }

  private func speculate(
    _ prompt: [Int32], _ runner: some SequenceRunner, _ drafter: some Drafter, _ limit: Int,
    _ writer: inout Writer, _ show: (String) -> Void
  ) throws {
    var text = try Speculation(
      runner, drafting: drafter, from: prompt,
      sampling: configuration.sampling(seed: seed, processors), stoppingAt: ends)
    while writer.answer.tokens.count < limit, let token = try text.next() {
      if !writer.take(token, show) { break }
    }
  }

  /// Puts an answer together from its tokens.
  private struct Writer {
    var answer = Answer()
    private var stream: TextStream

    init(_ generator: TextGenerator) {
      stream = TextStream(
        generator.tokenizer, stoppingAt: generator.configuration.stopStrings)
    }

    /// Takes a token and says whether more are wanted.
    mutating func take(_ token: Int32, _ show: (String) -> Void) -> Bool {
      answer.tokens.append(token)
      add(stream.append(token), show)
      return !stream.isStopped
    }

    mutating func finish(_ show: (String) -> Void) -> Answer {
      add(stream.finish(), show)
      answer.stop = stream.stop
      return answer
    }

    private mutating func add(_ piece: String, _ show: (String) -> Void) {
      guard !piece.isEmpty else { return }
      answer.text += piece
      show(piece)
    }
  }
}
