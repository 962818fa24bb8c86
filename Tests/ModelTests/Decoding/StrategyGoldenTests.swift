import JSON
import Model
import Tensor
import TestSupport
import Testing

/// Token ids of every strategy beside transformers.
@Suite struct StrategyGoldenTests {
  let model: GPT2

  init() throws { model = try GPT2(contentsOf: Fixture.path("Gpt2Pico")) }

  /// A case with its settings as a configuration.
  private struct Case {
    let id: String
    let prompt: [Int32]
    let sequences: [[Int32]]
    let scores: [Double]?
    let configuration: GenerationConfiguration

    init(_ value: JSONValue) throws {
      let object = try #require(value.object)
      id = try #require(object["id"]?.string)
      prompt = integers(object["prompt"])
      sequences = (object["sequences"]?.array ?? []).map { integers($0) }
      scores = object["scores"]?.array?.compactMap(\.double)
      var read = try GenerationConfiguration(
        parsing: try #require(object["settings"]).serialized(), path: id)
      read.endTokens = integers(object["ends"])
      read.padToken = 0
      configuration = read
    }

    /// Whether a search found the same texts with the same scores.
    func expect(_ found: [BeamHypothesis]) {
      let wanted = Array(found.prefix(configuration.returnedSequences ?? 1))
      #expect(wanted.map(\.tokens) == sequences, "\(id)")
      for (hypothesis, score) in zip(wanted, scores ?? []) {
        #expect(abs(hypothesis.score - score) < 1e-4 * max(1, abs(score)), "\(id)")
      }
    }
  }

  private func cases(_ file: String, _ kind: String) throws -> [Case] {
    let all = try #require(try Fixture.json("Decoding/\(file).json").object?["cases"]?.array)
    let wanted = try all.filter { $0.object?["kind"]?.string == kind }.map { try Case($0) }
    #expect(!wanted.isEmpty)
    return wanted
  }

  private func greedy(_ item: Case) -> [Int32] {
    let configuration = item.configuration
    let tokens = model.generate(
      from: item.prompt, sampling: configuration.sampling(),
      stoppingAt: Set(configuration.endTokens))
    return Array(tokens.prefix(configuration.limit(afterPrompt: item.prompt.count)))
  }

  @Test func greedyTextsAgree() throws {
    for item in try cases("generation", "greedy") {
      #expect([greedy(item)] == item.sequences, "\(item.id)")
    }
  }

  @Test func beamsAgree() throws {
    for item in try cases("generation", "beam") {
      let search = item.configuration.beamSearch(promptLength: item.prompt.count)
      item.expect(try model.beamSearch(from: item.prompt, search))
    }
  }

  @Test func diverseBeamsAgree() throws {
    for item in try cases("strategies", "diverse") {
      let search = item.configuration.diverseBeamSearch(promptLength: item.prompt.count)
      item.expect(try model.diverseBeamSearch(from: item.prompt, search))
    }
  }

  @Test func contrastiveTextsAgree() throws {
    for item in try cases("strategies", "contrastive") {
      let search = item.configuration.contrastiveSearch(promptLength: item.prompt.count)
      #expect(
        [try model.contrastiveSearch(from: item.prompt, search)] == item.sequences, "\(item.id)")
    }
  }
}
