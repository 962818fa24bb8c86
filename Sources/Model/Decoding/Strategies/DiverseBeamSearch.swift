#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Settings of diverse beam search: groups of beams that avoid each other's tokens (Vijayakumar and
/// others, 2018, "Diverse beam search").
///
/// Each group in turn pays `diversityPenalty` for each beam of earlier groups that takes the same token
/// in the same step. Ranking is that of `num_beam_groups` in transformers 4.52, the last releases that
/// had it built in.
public struct DiverseBeamSearch: Sendable {
  /// How many beams there are in all groups together, a multiple of `groups`.
  public var beams: Int
  /// How many groups there are.
  public var groups: Int
  /// What a token costs for each beam of an earlier group that took it.
  public var diversityPenalty: Double
  /// The most tokens to add.
  public var maximumNewTokens: Int
  /// The tokens after which a text ends.
  public var ends: Set<Int32>
  /// The power of the length that a score is divided by.
  public var lengthPenalty: Double
  /// When a group stops.
  public var earlyStopping: EarlyStopping
  /// What changes the log-probabilities of each beam after the penalty, in order.
  public var processors: [any LogitsProcessor]
  /// The token that the beams of a group that has stopped are taken to choose, if any: transformers
  /// lets later groups pay for its padding token.
  public var padding: Int32?

  /// A search.
  public init(
    beams: Int, groups: Int, diversityPenalty: Double, maximumNewTokens: Int,
    stoppingAt ends: Set<Int32> = [], lengthPenalty: Double = 1,
    earlyStopping: EarlyStopping = .whenUnlikely, processors: [any LogitsProcessor] = [],
    padding: Int32? = nil
  ) {
    precondition(
      groups > 0 && beams > 0 && beams % groups == 0,
      "DiverseBeamSearch: \(beams) beams cannot be divided into \(groups) groups")
    self.beams = beams
    self.groups = groups
    self.diversityPenalty = diversityPenalty
    self.maximumNewTokens = maximumNewTokens
    self.ends = ends
    self.lengthPenalty = lengthPenalty
    self.earlyStopping = earlyStopping
    self.processors = processors
    self.padding = padding
  }
}

extension SequenceRunner {
  /// The best continuations of a prompt that diverse beam search finds in all groups, the best first.
  ///
  /// What the runner's sequences hold is forgotten.
  /// - Throws: ``DecodingError`` for a prompt that is empty or too long and for more beams than there
  ///   is room for; what the runner throws.
  public mutating func diverseBeamSearch(
    from prompt: [Int32], _ search: DiverseBeamSearch
  ) throws -> [BeamHypothesis] {
    try DecodingError.check(prompt, self)
    try DecodingError.check(beams: search.beams, self)
    let longest = longest(after: prompt.count, adding: search.maximumNewTokens)
    guard longest > prompt.count else { return [] }
    clear()
    try extend([prompt], keeping: .last)
    var processors = search.processors
    for index in processors.indices { processors[index].begin(promptLength: prompt.count) }
    let size = search.beams / search.groups
    var groups = (0..<search.groups).map { _ in
      BeamGroup(search, prompt: prompt, longest: longest, size: size)
    }
    var isFirst = true
    for _ in prompt.count..<longest {
      var chosen: [Int32] = []
      for index in groups.indices {
        if groups[index].isDone {
          if let padding = search.padding {
            chosen += Array(repeating: padding, count: size)
          }
          continue
        }
        groups[index].begin()
        for beam in 0..<size {
          withLogits(sequence: isFirst ? 0 : index * size + beam, position: 0) {
            groups[index].offer($0, beam: beam, &processors, avoiding: chosen)
          }
        }
        groups[index].end()
        chosen += groups[index].running.map { $0.tokens[$0.tokens.count - 1] }
      }
      if groups.allSatisfy(\.isDone) { break }
      if groups.contains(where: { $0.running[0].tokens.count >= longest }) { break }
      rearrange(
        groups.enumerated().flatMap { index, group in
          group.running.map { isFirst ? 0 : index * size + $0.source }
        })
      isFirst = false
      try extend(
        groups.flatMap { group in
          group.running.map { group.isDone ? [] : [$0.tokens[$0.tokens.count - 1]] }
        }, keeping: .last)
    }
    for index in groups.indices { groups[index].close() }
    let found = groups.flatMap(\.found).enumerated().sorted {
      // The last of equals comes first, as in transformers.
      $0.element.score > $1.element.score
        || ($0.element.score == $1.element.score && $0.offset > $1.offset)
    }
    return found.map(\.element)
  }
}

extension LanguageModel {
  /// The best continuations of a prompt that diverse beam search finds; see
  /// ``SequenceRunner/diverseBeamSearch(from:_:)``.
  public func diverseBeamSearch(
    from prompt: [Int32], _ search: DiverseBeamSearch
  ) throws -> [BeamHypothesis] {
    var runner = TreeRunner(self)
    return try runner.diverseBeamSearch(from: prompt, search)
  }
}
