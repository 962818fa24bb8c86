import JSON
import Model
import Tensor
import TestSupport
import Testing

/// Logits after processors beside transformers.
@Suite struct ProcessorGoldenTests {
  let tensors: [String: Tensor]
  let facts: JSONObject

  init() throws {
    tensors = try Fixture.tensors("Decoding/processors.safetensors")
    facts = try #require(try Fixture.json("Decoding/processors.json").object)
  }

  @Test func everyProcessorAgrees() throws {
    var kinds: Set<String> = []
    for item in try #require(facts["cases"]?.array) {
      let golden = try GoldenCase(item)
      let kind = try #require(golden.object["processor"]?.string)
      kinds.insert(kind)
      var processor = try make(kind, golden)
      processor.begin(promptLength: golden.prompt)
      // Twice, since memory of the first use must not show.
      for _ in 0..<2 {
        var logits = try input(golden)
        processor.process(&logits, history: golden.history)
        try expect(logits, golden)
      }
    }
    #expect(kinds.count == 21)
  }

  @Test func everyConfigurationAgrees() throws {
    for item in try #require(facts["configurations"]?.array) {
      let golden = try GoldenCase(item)
      let settings = try #require(golden.object["settings"])
      let configuration = try GenerationConfiguration(parsing: settings.serialized())
      var logits = try input(golden)
      for var processor in configuration.processors() {
        processor.begin(promptLength: golden.prompt)
        processor.process(&logits, history: golden.history)
      }
      try expect(logits, golden)
    }
  }

  private func input(_ golden: GoldenCase) throws -> [Float] {
    let name = try #require(golden.object["input"]?.string)
    return try #require(tensors["input." + name]).scalars(as: Float.self)
  }

  private func expect(_ logits: [Float], _ golden: GoldenCase) throws {
    let expected = try #require(tensors["output." + golden.id]).scalars(as: Float.self)
    for (index, (mine, theirs)) in zip(logits, expected).enumerated() {
      let close = mine == theirs || abs(mine - theirs) <= 1e-5 * max(1, abs(theirs))
      #expect(close, "\(golden.id) at \(index): \(mine), not \(theirs)")
    }
  }

  private func make(_ kind: String, _ golden: GoldenCase) throws -> any LogitsProcessor {
    let values = golden.arguments
    let least = values["least"]?.integer ?? 1
    func number(_ key: String) throws -> Double { try #require(values[key]?.double) }
    func integer(_ key: String) throws -> Int { try #require(values[key]?.integer) }
    func tokens(_ key: String) -> [Int32] { integers(values[key]) }
    switch kind {
    case "temperature": return Temperature(try number("value"))
    case "top_k": return TopK(try integer("count"))
    case "top_p": return TopP(try number("mass"), keepingAtLeast: least)
    case "top_h": return TopH(try number("share"))
    case "min_p": return MinP(try number("share"), keepingAtLeast: least)
    case "typical": return Typical(try number("mass"), keepingAtLeast: least)
    case "epsilon": return EpsilonCutoff(try number("epsilon"), keepingAtLeast: least)
    case "eta": return EtaCutoff(try number("epsilon"), keepingAtLeast: least)
    case "repetition": return RepetitionPenalty(try number("penalty"))
    case "no_repeat_ngram": return NoRepeatedNGrams(try integer("length"))
    case "sequence_bias":
      return SequenceBias(
        try #require(values["biases"]?.array).map { pair in
          (integers(pair.array?[0]), try #require(pair.array?[1].double))
        })
    case "bad_words":
      return BadWords(
        try #require(values["words"]?.array).map { integers($0) }, ends: Set(tokens("ends")))
    case "min_length": return MinimumLength(.total(try integer("length")), ends: tokens("ends"))
    case "min_new_tokens": return MinimumLength(.new(try integer("count")), ends: tokens("ends"))
    case "forced_bos": return ForcedTokens([Int32(try integer("token"))], atLength: .total(1))
    case "forced_eos":
      return ForcedTokens(tokens("tokens"), atLength: .total(try integer("length") - 1))
    case "finite": return FiniteLogits()
    case "decay":
      return LengthDecay(
        start: try integer("start"), factor: try number("factor"), ends: tokens("ends"))
    case "suppress": return SuppressedTokens(tokens("tokens"))
    case "begin_suppress": return SuppressedTokens(tokens("tokens"), atLength: .new(0))
    default: return try #require(kind == "log_softmax" ? LogProbabilities() : nil, "\(kind)")
    }
  }
}

/// The integers of a JSON array.
func integers(_ value: JSONValue?) -> [Int32] {
  (value?.array ?? []).compactMap { $0.integer.map { Int32($0) } }
}

/// A case of a fixture of decoding.
struct GoldenCase {
  let object: JSONObject
  let id: String
  let history: [Int32]
  let prompt: Int

  init(_ value: JSONValue) throws {
    object = try #require(value.object)
    id = try #require(object["id"]?.string)
    history = integers(object["history"])
    prompt = object["prompt"]?.integer ?? 0
  }

  var arguments: JSONObject { object["arguments"]?.object ?? JSONObject() }
}
