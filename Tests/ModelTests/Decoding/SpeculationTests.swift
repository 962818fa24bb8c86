import JSON
import Model
import Tensor
import TestSupport
import Testing

/// Speculative decoding: the text is the model's own.
@Suite struct SpeculationTests {
  let model: GPT2
  let drafts: [GPT2]

  init() throws {
    let model = try GPT2(contentsOf: Fixture.path("Gpt2Pico"))
    self.model = model
    // Models that agree with it always, often and hardly ever.
    drafts = [0, 0.02, 0.2].map { noise in
      var random = RandomStream(seed: 3)
      return model.mapped { $0 + noise * Tensor.normal($0.shape, using: &random) }
    }
  }

  @Test func lookupProposesWhatTransformersDoes() throws {
    let facts = try #require(try Fixture.json("Decoding/generation.json").object)
    for item in try #require(facts["lookups"]?.array) {
      let object = try #require(item.object)
      var lookup = PromptLookup(
        count: try #require(object["count"]?.integer),
        longestMatch: try #require(object["size"]?.integer),
        stoppingAt: Set(integers(object["ends"])))
      lookup.propose(after: integers(object["history"]), atMost: 100)
      #expect(lookup.proposal == integers(object["candidates"]), "\(object)")
    }
  }

  @Test func assistedTextsAgreeWithTransformers() throws {
    let facts = try #require(try Fixture.json("Decoding/generation.json").object)
    var count = 0
    for item in try #require(facts["cases"]?.array) {
      let object = try #require(item.object)
      let kind = try #require(object["kind"]?.string)
      guard kind == "assisted" else { continue }
      var configuration = try GenerationConfiguration(
        parsing: try #require(object["settings"]).serialized())
      configuration.endTokens = integers(object["ends"])
      let ends = Set(configuration.endTokens)
      let prompt = integers(object["prompt"])
      let limit = configuration.limit(afterPrompt: prompt.count)
      let expected = integers(object["sequences"]?.array?[0])
      let sampling = configuration.sampling()
      for draft in drafts {
        let drafter = DraftModel(TreeRunner(draft), sampling: sampling, stoppingAt: ends)
        var text = try model.speculate(
          from: prompt, drafting: drafter, sampling: sampling, stoppingAt: ends)
        #expect(try take(limit, from: &text) == expected)
      }
      count += 1
    }
    #expect(count == 3)
  }

  private func take<Draft>(
    _ count: Int, from text: inout Speculation<TreeRunner<GPT2>, Draft>
  ) throws -> [Int32] {
    var tokens: [Int32] = []
    while tokens.count < count, let token = try text.next() { tokens.append(token) }
    return tokens
  }

  @Test func greedyTextIsTheSameToTheEndOfTheContext() throws {
    let prompt: [Int32] = [5, 6, 7]
    let expected = Array(try model.generate(from: prompt))
    #expect(prompt.count + expected.count == model.contextLength + 1)
    for draft in drafts {
      for (count, confidence, adapts) in [(1, 0.0, false), (4, 0.0, true), (20, 0.4, false)] {
        let drafter = DraftModel(
          TreeRunner(draft), count: count, confidence: confidence, adapts: adapts)
        var text = try model.speculate(from: prompt, drafting: drafter)
        #expect(try take(.max, from: &text) == expected)
      }
    }
    // A draft that is the model itself is always right: one pass for five tokens.
    let drafter = DraftModel(TreeRunner(model), count: 4, confidence: 0)
    var text = try model.speculate(from: prompt, drafting: drafter)
    _ = try take(20, from: &text)
    #expect(text.passes == 4 && text.accepted == 16 && text.proposed == 16)
  }

  /// Two drawn tokens have the product of the model's probabilities, whatever the draft.
  @Test(arguments: [0, 1, 2, 3]) func sampledTextsFollowTheModel(_ which: Int) throws {
    let prompt: [Int32] = [5, 6, 7]
    let processors: [any LogitsProcessor] = [Temperature(1.2), TopK(4)]
    let expected = pairProbabilities(after: prompt, processors)
    let draws = 1500
    var counts: [[Int32]: Int] = [:]
    for seed in 0..<draws {
      let random = RandomStream(seed: UInt64(seed))
      let sampling = Sampling(processors, random: random.stream("target"))
      let tokens: [Int32]
      if which < 3 {
        let drafter = DraftModel(
          TreeRunner(drafts[which]),
          sampling: Sampling(processors, random: random.stream("draft")), count: 2, confidence: 0)
        var text = try model.speculate(from: prompt, drafting: drafter, sampling: sampling)
        tokens = try take(2, from: &text)
      } else {
        // A greedy draft has no distribution.
        let drafter = DraftModel(TreeRunner(drafts[1]), count: 2, confidence: 0)
        var text = try model.speculate(from: prompt, drafting: drafter, sampling: sampling)
        tokens = try take(2, from: &text)
      }
      counts[tokens, default: 0] += 1
    }
    #expect(counts.keys.allSatisfy { expected[$0] != nil })
    expectChiSquare(expected, counts, draws)
  }

  /// The model with its vocabulary padded by rows that are chosen now and then, or cut.
  private func resized(_ model: GPT2, to size: Int) throws -> GPT2 {
    var facts = model.configuration
    facts.vocabularySize = size
    var random = RandomStream(seed: 11)
    var result = GPT2(facts, using: &random)
    let known = min(size, model.vocabularySize)
    let rows = model.tokens.weight[0..<known]
    let added = 2 * model.tokens.weight[0..<(size - known)]
    result.tokens.weight = concatenate([rows, added])
    (result.positions, result.blocks, result.finalNorm) =
      (model.positions, model.blocks, model.finalNorm)
    return result
  }

  /// A draft may know more tokens than the model, or fewer: greedy and drawn texts stay the model's.
  @Test(arguments: [-60, 7]) func draftsOfAnotherSizeChangeNothing(_ more: Int) throws {
    let draft = try resized(drafts[1], to: model.vocabularySize + more)
    for prompt in [[5, 6, 7], [5, Int32(model.vocabularySize - 1), 7]] as [[Int32]] {
      let expected = Array(try model.generate(from: prompt))
      var text = try model.speculate(
        from: prompt, drafting: DraftModel(TreeRunner(draft), count: 4, confidence: 0))
      #expect(try take(.max, from: &text) == expected)
    }
    let processors: [any LogitsProcessor] = [Temperature(1.2), TopK(4)]
    let expected = pairProbabilities(after: [5, 6, 7], processors)
    var (counts, draws): ([[Int32]: Int], Int) = ([:], 1500)
    for seed in 0..<draws {
      let random = RandomStream(seed: UInt64(seed))
      let drafter = DraftModel(
        TreeRunner(draft), sampling: Sampling(processors, random: random.stream("draft")), count: 2,
        confidence: 0)
      var text = try model.speculate(
        from: [5, 6, 7], drafting: drafter,
        sampling: Sampling(processors, random: random.stream("target")))
      counts[try take(2, from: &text), default: 0] += 1
    }
    #expect(counts.keys.allSatisfy { expected[$0] != nil })
    expectChiSquare(expected, counts, draws)
  }

  private func pairProbabilities(
    after prompt: [Int32], _ processors: [any LogitsProcessor]
  ) -> [[Int32]: Double] {
    var result: [[Int32]: Double] = [:]
    let first = probabilities(after: prompt, processors)
    for (token, p) in first {
      for (next, q) in probabilities(after: prompt + [token], processors) {
        result[[token, next]] = p * q
      }
    }
    return result
  }

  private func probabilities(
    after history: [Int32], _ processors: [any LogitsProcessor]
  ) -> [Int32: Double] {
    var logits = model(Tensor(history, shape: [1, history.count]))[0, -1].scalars(as: Float.self)
    for var processor in processors { processor.process(&logits, history: history) }
    let probabilities = Tensor(logits).softmax(axis: 0).scalars(as: Double.self)
    var result: [Int32: Double] = [:]
    for (token, p) in probabilities.enumerated() where p > 0 { result[Int32(token)] = p }
    return result
  }
}

/// Expects that counts follow probabilities: the statistic of Pearson is not beyond what chance makes
/// once in a million times.
func expectChiSquare<Key>(_ expected: [Key: Double], _ counts: [Key: Int], _ draws: Int) {
  var statistic = 0.0
  for (key, p) in expected {
    let mean = p * Double(draws)
    let difference = Double(counts[key] ?? 0) - mean
    statistic += difference * difference / mean
  }
  // The cube root of chi-square is nearly normal (Wilson and Hilferty, 1931).
  let freedom = Double(expected.count - 1)
  let spread = 2 / (9 * freedom)
  let root = 1 - spread + 4.75 * spread.squareRoot()
  #expect(statistic < freedom * root * root * root, "\(statistic) with \(freedom)")
}
