public import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// When beam search stops looking for better texts.
public enum EarlyStopping: Sendable, Hashable {
  /// As soon as there are as many finished texts as beams (transformers' `true`).
  case whenFull
  /// When the best running beam, ended now, would not be among the finished ones (`false`).
  case whenUnlikely
  /// Only when no running beam can get better than the finished ones (`"never"`).
  case never
}

/// A text that a search found.
public struct BeamHypothesis: Sendable, Equatable {
  /// The tokens after the prompt, the end token included.
  public let tokens: [Int32]
  /// The sum of log-probabilities, divided by the number of tokens to the power of the length penalty.
  public let score: Double
}

/// Settings of beam search: the `beams` most probable beginnings are continued at the same time.
///
/// Ranking is that of transformers 5.23.
public struct BeamSearch: Sendable {
  /// How many beginnings are continued.
  public var beams: Int
  /// The most tokens to add.
  public var maximumNewTokens: Int
  /// The tokens after which a text ends.
  public var ends: Set<Int32>
  /// The power of the length that a score is divided by: above 0 longer texts are preferred.
  public var lengthPenalty: Double
  /// When the search stops.
  public var earlyStopping: EarlyStopping
  /// What changes the log-probabilities of each beam first, in order.
  public var processors: [any LogitsProcessor]
  /// Where continuations are drawn with, without replacement; nil takes the most probable ones.
  public var random: RandomStream?

  /// A search.
  public init(
    beams: Int, maximumNewTokens: Int, stoppingAt ends: Set<Int32> = [],
    lengthPenalty: Double = 1, earlyStopping: EarlyStopping = .whenUnlikely,
    processors: [any LogitsProcessor] = [], random: RandomStream? = nil
  ) {
    precondition(beams > 0, "BeamSearch: there must be at least one beam, not \(beams)")
    self.beams = beams
    self.maximumNewTokens = maximumNewTokens
    self.ends = ends
    self.lengthPenalty = lengthPenalty
    self.earlyStopping = earlyStopping
    self.processors = processors
    self.random = random
  }
}

extension SequenceRunner {
  /// The best continuations of a prompt that beam search finds, the best first: at most as many as
  /// beams.
  ///
  /// What the runner's sequences hold is forgotten.
  /// - Throws: ``DecodingError`` for a prompt that is empty or too long and for more beams than there
  ///   is room for; what the runner throws.
  public mutating func beamSearch(
    from prompt: [Int32], _ search: BeamSearch
  ) throws -> [BeamHypothesis] {
    try DecodingError.check(prompt, self)
    try DecodingError.check(beams: search.beams, self)
    let longest = longest(after: prompt.count, adding: search.maximumNewTokens)
    guard longest > prompt.count else { return [] }
    clear()
    try extend([prompt], keeping: .last)
    var state = BeamState(search, prompt: prompt, longest: longest, vocabulary: vocabularySize)
    var isFirst = true
    while true {
      state.beginStep()
      for beam in 0..<search.beams {
        // In the first step all beams are the prompt.
        withLogits(sequence: isFirst ? 0 : beam, position: 0) { state.offer($0, beam: beam) }
      }
      if !state.endStep() { return state.hypotheses }
      rearrange(state.running.map { isFirst ? 0 : $0.source })
      try extend(state.running.map { [$0.tokens[$0.tokens.count - 1]] }, keeping: .last)
      isFirst = false
    }
  }
}

extension LanguageModel {
  /// The best continuations of a prompt that beam search finds; see
  /// ``SequenceRunner/beamSearch(from:_:)``.
  public func beamSearch(from prompt: [Int32], _ search: BeamSearch) throws -> [BeamHypothesis] {
    var runner = TreeRunner(self)
    return try runner.beamSearch(from: prompt, search)
  }
}
