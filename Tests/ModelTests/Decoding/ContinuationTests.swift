import JSON
import Tensor
import TestSupport
import Testing
import Tokenizer

@testable import Model

/// One token after the other on a runner: reports, limits, prompts that share a beginning.
@Suite struct ContinuationTests {
  let model: GPT2

  init() throws { model = try GPT2(contentsOf: Fixture.path("Gpt2Pico")) }

  private func logits(after history: [Int32]) -> [Float] {
    model(Tensor(history, shape: [1, history.count]))[0, -1].scalars(as: Float.self)
  }

  @Test func reportsAreTheModelsLogProbabilities() throws {
    let prompt: [Int32] = [5, 6, 7]
    var continuation = try Continuation(TreeRunner(model), from: prompt)
    #expect(try continuation.next() != nil && continuation.report == nil)
    continuation.reportedTokens = 3
    for _ in 0..<4 {
      let before = continuation.history
      let token = try #require(try continuation.next())
      let report = try #require(continuation.report)
      let exact = Tensor(logits(after: before)).logSoftmax(axis: 0).scalars(as: Float.self)
      let order = exact.indices.sorted { exact[$0] > exact[$1] }
      #expect(
        report.chosen.token == token && report.top.map(\.token) == order.prefix(3).map { Int32($0) }
      )
      for choice in report.top + [report.chosen] {
        #expect(abs(choice.logProbability - exact[Int(choice.token)]) < 1e-4)
      }
    }
  }

  @Test func aRestartIsTheSameAsABeginning() throws {
    let turns: [[Int32]] = [
      [5, 6, 7], [5, 6, 7, 9, 1, 2], [5, 6, 8], [5, 6, 8], [3], [3, 4, 5],
    ]
    var continuation = try Continuation(TreeRunner(model), from: [1, 2])
    for turn in turns {
      let before = continuation.history
      let shared = try continuation.restart(from: turn)
      let common = zip(before, turn).prefix { $0 == $1 }.count
      #expect(shared <= common && shared <= turn.count - 1)
      var fresh = try Continuation(TreeRunner(model), from: turn)
      for _ in 0..<5 { #expect(try continuation.next() == fresh.next()) }
      #expect(continuation.history == fresh.history)
    }
    // What both prompts and the tokens made have in common is not computed again.
    let made = continuation.history
    #expect(try continuation.restart(from: made + [1]) == made.count - 1)
  }

  @Test func endsAndFullContextsStop() throws {
    let prompt: [Int32] = [5, 6, 7]
    let all = Array(try model.generate(from: prompt))
    #expect(all.count == model.contextLength - prompt.count + 1)
    let end = all[4]
    let first = try #require(all.firstIndex(of: end))
    var continuation = try Continuation(TreeRunner(model), from: prompt, stoppingAt: [end])
    var tokens: [Int32] = []
    while let token = try continuation.next() { tokens.append(token) }
    #expect(tokens == Array(all[...first]) && continuation.isEnded)
    #expect(try continuation.next() == nil)
  }

  @Test func wrongPromptsAreErrors() throws {
    let long = [Int32](repeating: 1, count: model.contextLength + 1)
    for (prompt, expected) in [
      ([], DecodingError.emptyPrompt),
      (long, .contextFull(tokens: long.count, context: model.contextLength)),
      ([5, 96], .unknownToken(id: 96, vocabulary: 96)),
      ([-1], .unknownToken(id: -1, vocabulary: 96)),
    ] {
      #expect(throws: expected) { try Continuation(TreeRunner(model), from: prompt) }
      #expect(throws: expected) {
        try model.beamSearch(from: prompt, BeamSearch(beams: 2, maximumNewTokens: 3))
      }
      #expect(throws: expected) {
        try model.contrastiveSearch(from: prompt, ContrastiveSearch(maximumNewTokens: 3))
      }
      #expect(throws: expected) { try model.speculate(from: prompt, drafting: PromptLookup()) }
      #expect(throws: expected) { try model.generate(from: prompt) }
    }
  }

  /// A model whose head has rows for tokens that it does not know, all of them more probable.
  private struct Padded: LanguageModel {
    var inner: GPT2
    var vocabularySize: Int { inner.vocabularySize }
    var contextLength: Int { inner.contextLength }
    var layerCount: Int { inner.layerCount }
    var head: Tensor { inner.head }

    func hidden(
      _ ids: Tensor, caches: inout [KeyValueCache], dropout: RandomStream?
    ) -> Tensor { inner.hidden(ids, caches: &caches, dropout: dropout) }

    func logits(of hidden: Tensor) -> Tensor {
      let known = inner.logits(of: hidden)
      return concatenate([known, known[.rest, ..<5] * 0 + 1e6], axis: -1)
    }

    mutating func visit(_ visitor: inout some TensorVisitor) { inner.visit(&visitor) }
  }

  @Test func paddingOfTheHeadIsNeverChosen() throws {
    let prompt: [Int32] = [5, 6, 7]
    let padded = Padded(inner: model)
    let wide = padded(Tensor(prompt, shape: [1, 3]))
    #expect(wide.shape == [1, 3, 101] && wide.argmax(axis: -1).scalars(as: Int.self)[2] == 96)
    #expect(try Array(padded.generate(from: prompt)) == Array(model.generate(from: prompt)))
    let search = BeamSearch(beams: 3, maximumNewTokens: 6)
    #expect(
      try padded.beamSearch(from: prompt, search) == model.beamSearch(from: prompt, search))
    let contrast = ContrastiveSearch(maximumNewTokens: 6)
    #expect(
      try padded.contrastiveSearch(from: prompt, contrast)
        == model.contrastiveSearch(from: prompt, contrast))
  }

  /// Models often have more embeddings than their tokenizer has tokens: those decode to nothing, as in
  /// transformers.
  @Test func tokensThatTheTokenizerLacksAreNoText() throws {
    let tokenizer = try TextTokenizer(
      parsing: Array(
        #"""
        {"model": {"type": "BPE", "vocab": {"a": 0, "b": 1, "c": 2}, "merges": []}}
        """#.utf8))
    let beyond = Int32(tokenizer.vocabularySize)
    #expect(beyond == 3 && tokenizer.decode([0, beyond, 95, 1]) == tokenizer.decode([0, 1]))
    // Only tokens that the tokenizer lacks may come.
    let sampling = Sampling([SuppressedTokens(0..<beyond)])
    let tokens = Array(try model.generate(from: [0, 1], sampling: sampling))
    #expect(tokens.count == model.contextLength - 1 && tokens.allSatisfy { $0 >= beyond })
    #expect(tokens.text(tokenizer).joined() == "")
    // A constraint forbids them.
    let constraint = try TokenConstraint(
      .pattern("[abc]{3}"), vocabulary: TokenVocabulary(tokenizer), ends: [beyond])
    let constrained = Sampling([ConstrainedTokens(constraint)])
    let answer = Array(
      try model.generate(from: [0, 1], sampling: constrained, stoppingAt: [beyond]))
    #expect(answer.count == 4 && answer.last == beyond)
    #expect(answer.dropLast().allSatisfy { $0 < beyond })
  }

  @Test func absurdNumbersAreErrorsOrLimits() throws {
    let most = (1 << 28) / 96
    #expect(throws: DecodingError.tooManyBeams(count: 1 << 31, most: most)) {
      try model.beamSearch(from: [5], BeamSearch(beams: 1 << 31, maximumNewTokens: 3))
    }
    #expect(throws: DecodingError.tooManyBeams(count: 1 << 31, most: most)) {
      let search = DiverseBeamSearch(
        beams: 1 << 31, groups: 2, diversityPenalty: 1, maximumNewTokens: 3)
      var runner = TreeRunner(model)
      _ = try runner.diverseBeamSearch(from: [5], search)
    }
    // As many as fit: the context ends them.
    let few = try model.beamSearch(from: [5, 6], BeamSearch(beams: 2, maximumNewTokens: .max))
    #expect(few.allSatisfy { $0.tokens.count == model.contextLength - 1 } && few.count == 2)
    var end = ForcedTokens([3], atLength: .new(.max))
    end.begin(promptLength: 2)
    var logits: [Float] = [1, 2, 3, 4]
    end.process(&logits, history: [1, 1, 1])
    #expect(logits == [1, 2, 3, 4])
  }

  /// With chance, beams draw continuations without replacement: one beam is plain sampling.
  @Test func drawnBeamsFollowTheModel() throws {
    let prompt: [Int32] = [5, 6, 7]
    let processors: [any LogitsProcessor] = [TopK(5)]
    var left = logits(after: prompt)
    var topK = TopK(5)
    topK.process(&left, history: prompt)
    let exact = Tensor(left).softmax(axis: 0).scalars(as: Double.self)
    var expected: [Int32: Double] = [:]
    for (token, p) in exact.enumerated() where p > 0 { expected[Int32(token)] = p }
    var counts: [Int32: Int] = [:]
    for seed in 0..<1500 {
      let search = BeamSearch(
        beams: 1, maximumNewTokens: 1, processors: processors,
        random: RandomStream(seed: UInt64(seed)))
      let found = try model.beamSearch(from: prompt, search)
      counts[try #require(found.first?.tokens.first), default: 0] += 1
    }
    expectChiSquare(expected, counts, 1500)
    let search = BeamSearch(
      beams: 4, maximumNewTokens: 8, processors: processors, random: RandomStream(seed: 1))
    let found = try model.beamSearch(from: prompt, search)
    #expect(found.count == 4 && Set(found.map(\.tokens)).count == 4)
    #expect(try model.beamSearch(from: prompt, search) == found)
  }

  /// A constraint holds for every beam.
  @Test func beamsKeepToAConstraint() throws {
    // Token i of the model is the byte 32 + i, the last one the end.
    let vocabulary = TokenVocabulary((0..<95).map { [UInt8(32 + $0)] } + [nil])
    let constraint = try TokenConstraint(
      .pattern("[a-c]{2,4}(x|yz)+"), vocabulary: vocabulary, ends: [95])
    for beams in [1, 4] {
      let search = BeamSearch(
        beams: beams, maximumNewTokens: 25, stoppingAt: [95],
        processors: [ConstrainedTokens(constraint)])
      let found = try model.beamSearch(from: [5, 6, 7], search)
      #expect(found.count == beams)
      for hypothesis in found {
        let tokens = hypothesis.tokens.filter { $0 != 95 }
        #expect(constraint.check(tokens).isPossible)
        #expect(hypothesis.tokens.last == 95 ? constraint.check(tokens).isComplete : true)
      }
    }
    let draft = DraftModel(
      TreeRunner(model), sampling: Sampling([ConstrainedTokens(constraint)]), confidence: 0)
    var text = try model.speculate(
      from: [5, 6, 7], drafting: draft, sampling: Sampling([ConstrainedTokens(constraint)]),
      stoppingAt: [95])
    let plain = Array(
      try model.generate(
        from: [5, 6, 7], sampling: Sampling([ConstrainedTokens(constraint)]), stoppingAt: [95]
      ).prefix(20))
    var tokens: [Int32] = []
    while tokens.count < 20, let token = try text.next() { tokens.append(token) }
    #expect(tokens == plain)
  }
}

/// Reading `generation_config.json`.
@Suite struct GenerationConfigurationTests {
  @Test func extremeNumbersAreRefused() throws {
    let error = #expect(throws: ModelError.self) {
      try GenerationConfiguration(
        parsing: """
          {"num_beams": -9223372036854775808, "top_k": 9223372036854775807,
           "exponential_decay_length_penalty": [-9223372036854775808, 1]}
          """)
    }
    for key in ["num_beams", "top_k", "exponential_decay_length_penalty"] {
      #expect(error?.description.contains("\(key) must be") == true)
    }
    // transformers only warns of groups without beams.
    let groups = try GenerationConfiguration(parsing: #"{"num_beam_groups": 3}"#)
    #expect(groups.diverseBeamSearch(promptLength: 1).groups == 1)
  }

  @Test func everyKeyIsRead() throws {
    let configuration = try GenerationConfiguration(
      parsing: #"""
        {"max_length": 40, "max_new_tokens": 9, "min_length": 3, "min_new_tokens": 2,
        "stop_strings": "END", "exponential_decay_length_penalty": [4, 1.5], "do_sample": true,
        "num_beams": 4, "num_beam_groups": 2, "diversity_penalty": 0.5, "length_penalty": -1,
        "early_stopping": "never", "num_return_sequences": 2, "penalty_alpha": 0.6,
        "prompt_lookup_num_tokens": 3, "max_matching_ngram_size": 4, "num_assistant_tokens": 5,
        "assistant_confidence_threshold": 0.3, "temperature": 0.5, "top_k": 7.0, "top_p": 0.8,
        "min_p": 0.1, "top_h": 0.4, "top_n_sigma": 1.5, "typical_p": 0.9, "epsilon_cutoff": 0.01,
        "eta_cutoff": 0.02, "renormalize_logits": true, "repetition_penalty": 1.2,
        "frequency_penalty": 0.1, "presence_penalty": 0.2, "no_repeat_ngram_size": 3,
        "bad_words_ids": [[1], [2, 3]], "sequence_bias": [[[4, 5], -2]], "suppress_tokens": [6, -1],
        "begin_suppress_tokens": [7], "forced_bos_token_id": 8, "forced_eos_token_id": [9, 10],
        "remove_invalid_values": true, "eos_token_id": [11, 12], "bos_token_id": 13,
        "pad_token_id": -1, "transformers_version": "5.23.0", "something_new": {"a": 1},
        "cache_implementation": null, "use_cache": true}
        """#)
    let c = configuration
    #expect(c.maximumLength == 40 && c.maximumNewTokens == 9 && c.limit(afterPrompt: 35) == 9)
    #expect(c.minimumLength == 3 && c.minimumNewTokens == 2 && c.stopStrings == ["END"])
    #expect(c.lengthDecay?.start == 4 && c.lengthDecay?.factor == 1.5 && c.isRandom)
    #expect(c.beams == 4 && c.beamGroups == 2 && c.diversityPenalty == 0.5)
    #expect(c.lengthPenalty == -1 && c.earlyStopping == .never && c.returnedSequences == 2)
    #expect(c.contrastivePenalty == 0.6 && c.promptLookupTokens == 3 && c.longestMatch == 4)
    #expect(c.draftTokens == 5 && c.draftConfidence == 0.3 && c.temperature == 0.5 && c.topK == 7)
    #expect(c.topP == 0.8 && c.minP == 0.1 && c.topH == 0.4 && c.topNSigma == 1.5)
    #expect(c.typicalP == 0.9 && c.epsilonCutoff == 0.01 && c.etaCutoff == 0.02)
    #expect(c.renormalizes == true && c.repetitionPenalty == 1.2 && c.frequencyPenalty == 0.1)
    #expect(c.presencePenalty == 0.2 && c.noRepeatedNGrams == 3 && c.badWords == [[1], [2, 3]])
    #expect(c.sequenceBias.map(\.tokens) == [[4, 5]] && c.sequenceBias.map(\.bias) == [-2])
    #expect(c.suppressedTokens == [6] && c.suppressedFirstTokens == [7])
    #expect(c.forcedBeginToken == 8 && c.forcedEndTokens == [9, 10])
    #expect(c.removesInvalidValues == true && c.endTokens == [11, 12] && c.beginToken == 13)
    #expect(c.padToken == nil)
    #expect(c.processors().count == 22)
  }

  @Test func nothingSaidIsGreedy() throws {
    let configuration = try GenerationConfiguration(parsing: "{}")
    #expect(configuration.processors().isEmpty && !configuration.isRandom)
    #expect(configuration.limit(afterPrompt: 7) == 20)
    let cold = try GenerationConfiguration(parsing: #"{"do_sample": true, "temperature": 0}"#)
    #expect(cold.processors().isEmpty && cold.sampling().random == nil)
  }

  @Test(arguments: [
    (#"{"top_p": 2}"#, "top_p"), (#"{"top_k": -1}"#, "top_k"), (#"{"top_k": 1.5}"#, "top_k"),
    (#"{"temperature": "hot"}"#, "temperature"), (#"{"temperature": -1}"#, "temperature"),
    (#"{"early_stopping": "soon"}"#, "early_stopping"), (#"{"do_sample": 1}"#, "do_sample"),
    (#"{"eos_token_id": "a"}"#, "eos_token_id"), (#"{"eos_token_id": [1, "b"]}"#, "eos_token_id"),
    (#"{"bad_words_ids": [[]]}"#, "bad_words_ids"), (#"{"bad_words_ids": [3]}"#, "bad_words_ids"),
    (#"{"sequence_bias": [[[1], "x"]]}"#, "sequence_bias"),
    (#"{"stop_strings": [""]}"#, "stop_strings"),
    (#"{"num_beams": 3, "num_beam_groups": 2}"#, "num_beam_groups"), ("[]", "not a JSON object"),
    ("{", "not valid JSON"), (#"{"eos_token_id": 99999999999}"#, "eos_token_id"),
    (#"{"max_new_tokens": 0}"#, "max_new_tokens"),
    (#"{"repetition_penalty": 0}"#, "repetition_penalty"),
    (#"{"exponential_decay_length_penalty": [1]}"#, "exponential_decay_length_penalty"),
  ])
  func wrongValuesAreNamed(_ text: String, _ key: String) {
    let error = #expect(throws: ModelError.self) { try GenerationConfiguration(parsing: text) }
    #expect(error?.description.contains(key) == true)
  }

  @Test func mutatedFilesAreTypedErrorsAtMost() {
    let bytes = Array(
      #"{"top_p": 0.9, "top_k": 50, "eos_token_id": [1, 2], "bad_words_ids": [[1], [2, 3]], "early_stopping": "never", "sequence_bias": [[[1], 2]]}"#
        .utf8)
    var random = RandomStream(seed: 8)
    for _ in 0..<3000 {
      var text = bytes
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        text[Int.random(in: 0..<text.count, using: &random)] = UInt8.random(
          in: 32...126, using: &random)
      }
      do throws(ModelError) {
        let configuration = try GenerationConfiguration(
          parsing: String(decoding: text, as: UTF8.self))
        for var processor in configuration.processors() {
          var logits: [Float] = [1, 2, 3]
          processor.process(&logits, history: [0])
        }
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }
}
