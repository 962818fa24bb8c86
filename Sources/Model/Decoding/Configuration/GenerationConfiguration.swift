import Tensor

/// How a model's authors, or a user, want text to be generated: what `generation_config.json` holds.
///
/// What is nil was not said; the defaults are those of transformers 5.23. Settings that later releases
/// dropped (`num_beam_groups`, `penalty_alpha`) and two that transformers never had (frequency and
/// presence penalties, top-nσ) are understood too.
public struct GenerationConfiguration: Sendable {
  // MARK: Length

  /// The greatest length, prompt included (`max_length`).
  public var maximumLength: Int?
  /// The most tokens to add, which counts more than ``maximumLength`` (`max_new_tokens`).
  public var maximumNewTokens: Int?
  /// The least length, prompt included (`min_length`).
  public var minimumLength: Int?
  /// The fewest tokens to add (`min_new_tokens`).
  public var minimumNewTokens: Int?
  /// Texts that end a generation (`stop_strings`).
  public var stopStrings: [String] = []
  /// From which new token on the end becomes more probable, and how fast
  /// (`exponential_decay_length_penalty`).
  public var lengthDecay: (start: Int, factor: Double)?

  // MARK: Strategy

  /// Whether tokens are drawn (`do_sample`); nil and false take the most probable one.
  public var samples: Bool?
  /// How many beams beam search follows (`num_beams`).
  public var beams: Int?
  /// In how many groups (`num_beam_groups`).
  public var beamGroups: Int?
  /// What beams of a group pay for tokens of earlier groups (`diversity_penalty`).
  public var diversityPenalty: Double?
  /// The power of the length that beams are ranked by (`length_penalty`).
  public var lengthPenalty: Double?
  /// When beam search stops (`early_stopping`).
  public var earlyStopping: EarlyStopping?
  /// How many texts are wanted (`num_return_sequences`).
  public var returnedSequences: Int?
  /// α of contrastive search (`penalty_alpha`).
  public var contrastivePenalty: Double?
  /// How many tokens prompt lookup proposes at a time (`prompt_lookup_num_tokens`).
  public var promptLookupTokens: Int?
  /// The longest run that prompt lookup looks for (`max_matching_ngram_size`).
  public var longestMatch: Int?
  /// How many tokens a draft model proposes at a time (`num_assistant_tokens`).
  public var draftTokens: Int?
  /// Below which probability of a token a draft model stops (`assistant_confidence_threshold`).
  public var draftConfidence: Double?

  // MARK: Sampling

  /// See ``Temperature``; 0 takes the most probable token (`temperature`).
  public var temperature: Double?
  /// See ``TopK``; 0 keeps all (`top_k`).
  public var topK: Int?
  /// See ``TopP`` (`top_p`).
  public var topP: Double?
  /// See ``MinP`` (`min_p`).
  public var minP: Double?
  /// See ``TopH`` (`top_h`).
  public var topH: Double?
  /// See ``TopNSigma`` (`top_n_sigma`).
  public var topNSigma: Double?
  /// See ``Typical`` (`typical_p`).
  public var typicalP: Double?
  /// See ``EpsilonCutoff`` (`epsilon_cutoff`).
  public var epsilonCutoff: Double?
  /// See ``EtaCutoff`` (`eta_cutoff`).
  public var etaCutoff: Double?
  /// Whether beams are compared by renormalised log-probabilities (`renormalize_logits`).
  public var renormalizes: Bool?

  // MARK: Penalties and bans

  /// See ``RepetitionPenalty`` (`repetition_penalty`).
  public var repetitionPenalty: Double?
  /// See ``FrequencyPenalty`` (`frequency_penalty`).
  public var frequencyPenalty: Double?
  /// See ``FrequencyPenalty`` (`presence_penalty`).
  public var presencePenalty: Double?
  /// See ``NoRepeatedNGrams``; 0 allows all (`no_repeat_ngram_size`).
  public var noRepeatedNGrams: Int?
  /// See ``BadWords`` (`bad_words_ids`).
  public var badWords: [[Int32]] = []
  /// See ``SequenceBias`` (`sequence_bias`).
  public var sequenceBias: [(tokens: [Int32], bias: Double)] = []
  /// Tokens that never come (`suppress_tokens`).
  public var suppressedTokens: [Int32] = []
  /// Tokens that do not come first (`begin_suppress_tokens`).
  public var suppressedFirstTokens: [Int32] = []
  /// The token that must follow a prompt of one token (`forced_bos_token_id`).
  public var forcedBeginToken: Int32?
  /// The tokens one of which must come last at the greatest length (`forced_eos_token_id`).
  public var forcedEndTokens: [Int32] = []
  /// Whether logits that are not finite are replaced (`remove_invalid_values`).
  public var removesInvalidValues: Bool?

  // MARK: Special tokens

  /// The tokens after which a text ends, the first the most usual (`eos_token_id`).
  public var endTokens: [Int32] = []
  /// The token that begins a text (`bos_token_id`).
  public var beginToken: Int32?
  /// The token that fills up (`pad_token_id`).
  public var padToken: Int32?

  /// Nothing said: transformers' defaults.
  public init() {}

  /// Whether tokens are drawn, with a temperature above 0.
  public var isRandom: Bool { samples == true && temperature != 0 }

  /// How many tokens may follow a prompt; 20 if nothing is said, as in transformers.
  public func limit(afterPrompt length: Int) -> Int {
    if let maximumNewTokens { return maximumNewTokens }
    if let maximumLength { return max(0, maximumLength - length) }
    return 20
  }
}

extension GenerationConfiguration {
  /// The processors that the settings ask for, in transformers' order.
  ///
  /// - Parameter extra: Your own, which come after penalties and bans and before temperature.
  public func processors(_ extra: [any LogitsProcessor] = []) -> [any LogitsProcessor] {
    let cut = truncations
    let normal: [any LogitsProcessor] = renormalizes == true ? [LogProbabilities()] : []
    return penalties + bans + extra + cut + normal
  }

  /// How to choose tokens one by one.
  ///
  /// - Parameters:
  ///   - seed: The seed where tokens are drawn.
  ///   - extra: Your own processors; see ``processors(_:)``.
  public func sampling(seed: UInt64 = 0, _ extra: [any LogitsProcessor] = []) -> Sampling {
    Sampling(
      processors(extra), random: isRandom ? RandomStream(seed: seed).stream("sampling") : nil)
  }

  /// What beam search is asked for.
  ///
  /// - Parameters:
  ///   - length: The number of tokens of the prompt.
  ///   - seed: The seed where continuations are drawn.
  ///   - extra: Your own processors; see ``processors(_:)``.
  public func beamSearch(
    promptLength length: Int, seed: UInt64 = 0, _ extra: [any LogitsProcessor] = []
  ) -> BeamSearch {
    BeamSearch(
      beams: max(1, beams ?? 1), maximumNewTokens: limit(afterPrompt: length),
      stoppingAt: Set(endTokens), lengthPenalty: lengthPenalty ?? 1,
      earlyStopping: earlyStopping ?? .whenUnlikely, processors: processors(extra),
      random: isRandom ? RandomStream(seed: seed).stream("beams") : nil)
  }

  /// What diverse beam search is asked for.
  ///
  /// - Precondition: Several beams are a multiple of ``beamGroups``.
  public func diverseBeamSearch(
    promptLength length: Int, _ extra: [any LogitsProcessor] = []
  ) -> DiverseBeamSearch {
    let beams = max(1, beams ?? 1)
    return DiverseBeamSearch(
      // One beam has no groups, whatever a file says of them.
      beams: beams, groups: beams == 1 ? 1 : max(1, beamGroups ?? 1),
      diversityPenalty: diversityPenalty ?? 0, maximumNewTokens: limit(afterPrompt: length),
      stoppingAt: Set(endTokens), lengthPenalty: lengthPenalty ?? 1,
      earlyStopping: earlyStopping ?? .whenUnlikely, processors: processors(extra),
      padding: padToken ?? endTokens.first)
  }

  /// What contrastive search is asked for.
  public func contrastiveSearch(
    promptLength length: Int, _ extra: [any LogitsProcessor] = []
  ) -> ContrastiveSearch {
    ContrastiveSearch(
      penalty: contrastivePenalty ?? 0, candidates: max(1, topK ?? 50),
      maximumNewTokens: limit(afterPrompt: length), stoppingAt: Set(endTokens),
      processors: processors(extra))
  }

  private var penalties: [any LogitsProcessor] {
    var list: [any LogitsProcessor] = []
    if !sequenceBias.isEmpty { list.append(SequenceBias(sequenceBias)) }
    if let repetitionPenalty, repetitionPenalty != 1 {
      list.append(RepetitionPenalty(repetitionPenalty))
    }
    if (frequencyPenalty ?? 0) != 0 || (presencePenalty ?? 0) != 0 {
      list.append(
        FrequencyPenalty(frequency: frequencyPenalty ?? 0, presence: presencePenalty ?? 0))
    }
    return list
  }

  private var bans: [any LogitsProcessor] {
    var list: [any LogitsProcessor] = []
    if let length = noRepeatedNGrams, length > 0 { list.append(NoRepeatedNGrams(length)) }
    if !badWords.isEmpty { list.append(BadWords(badWords, ends: Set(endTokens))) }
    if !endTokens.isEmpty {
      if let minimumLength, minimumLength > 0, minimumNewTokens == nil {
        list.append(MinimumLength(.total(minimumLength), ends: endTokens))
      }
      if let minimumNewTokens, minimumNewTokens > 0 {
        list.append(MinimumLength(.new(minimumNewTokens), ends: endTokens))
      }
    }
    if let forcedBeginToken { list.append(ForcedTokens([forcedBeginToken], atLength: .total(1))) }
    if !forcedEndTokens.isEmpty {
      // By default twenty tokens are added.
      let last: TokenCount =
        if let maximumNewTokens { .new(maximumNewTokens - 1) } else if let maximumLength {
          .total(maximumLength - 1)
        } else { .new(19) }
      list.append(ForcedTokens(forcedEndTokens, atLength: last))
    }
    if removesInvalidValues == true { list.append(FiniteLogits()) }
    if let lengthDecay {
      list.append(
        LengthDecay(start: lengthDecay.start, factor: lengthDecay.factor, ends: endTokens))
    }
    if !suppressedTokens.isEmpty { list.append(SuppressedTokens(suppressedTokens)) }
    if !suppressedFirstTokens.isEmpty {
      list.append(FirstTokens(suppressedFirstTokens, afterForced: forcedBeginToken != nil))
    }
    return list
  }

  private var truncations: [any LogitsProcessor] {
    guard isRandom else { return [] }
    var list: [any LogitsProcessor] = []
    // Beams need a continuation each that does not end.
    let least = (beams ?? 1) > 1 ? max(2, endTokens.count + 1) : 1
    if let temperature, temperature != 1 { list.append(Temperature(temperature)) }
    if let topH { list.append(TopH(topH)) }
    if let topNSigma, topNSigma > 0 { list.append(TopNSigma(topNSigma)) }
    let count = topK ?? 50
    if count > 0 { list.append(TopK(max(count, least))) }
    if let topP, topP < 1 { list.append(TopP(topP, keepingAtLeast: least)) }
    if let minP { list.append(MinP(minP, keepingAtLeast: least)) }
    if let typicalP, typicalP < 1 { list.append(Typical(typicalP, keepingAtLeast: least)) }
    if let epsilonCutoff, epsilonCutoff > 0 {
      list.append(EpsilonCutoff(epsilonCutoff, keepingAtLeast: least))
    }
    if let etaCutoff, etaCutoff > 0 { list.append(EtaCutoff(etaCutoff, keepingAtLeast: least)) }
    return list
  }
}

/// Forbids tokens right after the prompt, or one later if a prompt of one token is followed by a forced
/// one.
private struct FirstTokens: LogitsProcessor {
  private let tokens: [Int32]
  private let afterForced: Bool
  private var inner: SuppressedTokens

  init(_ tokens: [Int32], afterForced: Bool) {
    self.tokens = tokens
    self.afterForced = afterForced
    inner = SuppressedTokens(tokens, atLength: .new(0))
  }

  mutating func begin(promptLength: Int) {
    let later = afterForced && promptLength <= 1 ? 1 : 0
    inner = SuppressedTokens(tokens, atLength: .total(promptLength + later))
  }

  func process(_ logits: inout [Float], history: [Int32]) {
    inner.process(&logits, history: history)
  }
}
