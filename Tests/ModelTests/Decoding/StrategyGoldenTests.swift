import JSON
import Model
import Tensor
import TestSupport
import Testing

/// Token ids of every strategy beside transformers.
@Suite struct StrategyGoldenTests {
  /// A case with its settings as a configuration.
  private struct Case {
    let id: String
    let model: String
    let prompt: [Int32]
    let sequences: [[Int32]]
    let scores: [Double]?
    let configuration: GenerationConfiguration

    init(_ value: JSONValue) throws {
      let object = try #require(value.object)
      id = try #require(object["id"]?.string)
      model = object["model"]?.string ?? "Gpt2Pico"
      prompt = integers(object["prompt"])
      sequences = (object["sequences"]?.array ?? []).map { integers($0) }
      scores = object["scores"]?.array?.compactMap(\.double)
      var read = try GenerationConfiguration(
        parsing: try #require(object["settings"]).serialized(), path: id)
      read.endTokens = integers(object["ends"])
      read.padToken = Int32(object["padding"]?.integer ?? 0)
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

  /// Calls `body` with the runners of a case's model: the engine and, for GPT-2, the tensor path.
  private func forEachRunner(
    _ item: Case, _ body: (inout any SequenceRunner) throws -> Void
  ) throws {
    let path = Fixture.path(item.model)
    var engine: any SequenceRunner = try Engine(Transformer(huggingFace: path), cache: .float32)
    try body(&engine)
    if item.model == "Gpt2Pico" {
      var runner: any SequenceRunner = TreeRunner(try GPT2(contentsOf: path))
      try body(&runner)
    }
  }

  @Test func greedyTextsAgree() throws {
    for item in try cases("generation", "greedy") {
      let configuration = item.configuration
      try forEachRunner(item) { runner in
        let tokens = try continued(runner, item.prompt, configuration)
        #expect([tokens] == item.sequences, "\(item.id)")
      }
    }
  }

  private func continued(
    _ runner: some SequenceRunner, _ prompt: [Int32], _ configuration: GenerationConfiguration
  ) throws -> [Int32] {
    var continuation = try Continuation(
      runner, from: prompt, sampling: configuration.sampling(),
      stoppingAt: Set(configuration.endTokens))
    var tokens: [Int32] = []
    while tokens.count < configuration.limit(afterPrompt: prompt.count),
      let token = try continuation.next()
    {
      tokens.append(token)
    }
    return tokens
  }

  @Test func lookupTextsAgree() throws {
    for item in try cases("generation", "lookup") {
      try forEachRunner(item) { runner in
        let tokens = try lookedUp(runner, item)
        #expect([tokens] == item.sequences, "\(item.id)")
      }
    }
  }

  private func lookedUp(_ runner: some SequenceRunner, _ item: Case) throws -> [Int32] {
    let configuration = item.configuration
    let ends = Set(configuration.endTokens)
    let lookup = PromptLookup(
      count: try #require(configuration.promptLookupTokens),
      longestMatch: configuration.longestMatch ?? 2, stoppingAt: ends)
    var text = try Speculation(
      runner, drafting: lookup, from: item.prompt, sampling: configuration.sampling(),
      stoppingAt: ends)
    var tokens: [Int32] = []
    while tokens.count < configuration.limit(afterPrompt: item.prompt.count),
      let token = try text.next()
    {
      tokens.append(token)
    }
    return tokens
  }

  @Test func beamsAgree() throws {
    for item in try cases("generation", "beam") {
      let search = item.configuration.beamSearch(promptLength: item.prompt.count)
      try forEachRunner(item) { runner in
        item.expect(try runner.beamSearch(from: item.prompt, search))
      }
    }
  }

  @Test func diverseBeamsAgree() throws {
    for item in try cases("strategies", "diverse") {
      let search = item.configuration.diverseBeamSearch(promptLength: item.prompt.count)
      try forEachRunner(item) { runner in
        item.expect(try runner.diverseBeamSearch(from: item.prompt, search))
      }
    }
  }

  @Test func contrastiveTextsAgree() throws {
    for item in try cases("strategies", "contrastive") {
      let search = item.configuration.contrastiveSearch(promptLength: item.prompt.count)
      try forEachRunner(item) { runner in
        let tokens = try runner.contrastiveSearch(from: item.prompt, search)
        #expect([tokens] == item.sequences, "\(item.id)")
      }
    }
  }
}
