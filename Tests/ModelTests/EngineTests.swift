import Files
import JSON
import Model
import Tensor
import TestSupport
import Testing

/// The engine beside transformers, and its promises: batches, threads and cuts change nothing.
@Suite struct EngineTests {
  static let cases = FamilyTests.cases
  static let decoders = cases.filter { $0 != "bert" }

  private func model(_ name: String) throws -> Transformer {
    try Transformer(huggingFace: Fixture.path("Models/\(name)"))
  }

  private func logits(_ engine: Engine, _ sequence: Int, _ count: Int) -> [Float] {
    (0..<count).flatMap { position in
      engine.withLogits(sequence: sequence, position: position) { Array($0) }
    }
  }

  private func worst(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(a.count == b.count ? 0 : .infinity) { max($0, abs($1.0 - $1.1)) }
  }

  @Test(arguments: cases)
  func logitsOfABatchAgree(_ name: String) throws {
    let engine = try Engine(model(name), cache: .float32)
    let golden = try Fixture.tensors("Models/\(name)/expected.safetensors")
    let ids = try #require(golden["ids"])
    let expected = try #require(golden["logits"])
    // Padding is at the end, where a sequence simply is shorter.
    let lengths = (0..<ids.shape[0]).map { row in
      golden["attention_mask"]?[row].scalars(as: Int.self).reduce(0, +) ?? ids.shape[1]
    }
    func rows(_ tensor: Tensor) -> [[Int32]] {
      lengths.indices.map { Array(tensor[$0].scalars(as: Int32.self).prefix(lengths[$0])) }
    }
    engine.rearrange([0, 0])
    try engine.extend(rows(ids), segments: golden["token_types"].map(rows), keeping: .all)
    for (row, length) in lengths.enumerated() {
      let found = logits(engine, row, length)
      #expect(worst(found, expected[row, ..<length].scalars(as: Float.self)) < 1e-4)
    }
  }

  @Test(arguments: decoders)
  func tokenByTokenIsTheSame(_ name: String) throws {
    let model = try model(name)
    let golden = try Fixture.tensors("Models/\(name)/expected.safetensors")
    let ids = try #require(golden["ids"])[0].scalars(as: Int32.self)
    if model.architecture.layers.contains(where: { $0.rotary?.dependsOnLength ?? false }) {
      return  // earlier positions were seen with other angles
    }
    let expected = try #require(golden["logits"])[0]
    let engine = try Engine(model, cache: .float32)
    for (position, id) in ids.enumerated() {
      try engine.extend(sequence: 0, token: id)
      let found = logits(engine, 0, 1)
      #expect(worst(found, expected[position].scalars(as: Float.self)) < 1e-4)
    }
  }

  @Test(arguments: decoders)
  func greedyTextAgrees(_ name: String) throws {
    let golden = try Fixture.tensors("Models/\(name)/expected.safetensors")
    let ids = try #require(golden["ids"]).scalars(as: Int32.self)
    let expected = try #require(golden["greedy"]).scalars(as: Int32.self)
    var text = try Continuation(
      Engine(model(name), cache: .float32), from: Array(ids[..<5]))
    var made: [Int32] = []
    while made.count < 12, let token = try text.next() { made.append(token) }
    #expect(made == Array(expected.suffix(12)))
  }

  @Test(arguments: decoders)
  func beamsAgree(_ name: String) throws {
    let golden = try Fixture.tensors("Models/\(name)/expected.safetensors")
    let ids = try #require(golden["ids"]).scalars(as: Int32.self)
    let expected = try #require(golden["beam"]).scalars(as: Int32.self)
    var engine = try Engine(model(name), cache: .float32)
    let found = try engine.beamSearch(
      from: Array(ids[..<5]), BeamSearch(beams: 3, maximumNewTokens: 10))
    #expect(found.first.map { Array($0.tokens.suffix(10)) } == Array(expected.suffix(10)))
  }

  @Test func contextsAreStretched() throws {
    var said: String?
    let path = Fixture.path("Models/llama")
    let stretched = try Transformer(huggingFace: path) { said = $0.extendContext(to: 1024) }
    #expect(said == nil && stretched.contextLength == 1024)
    let original = try model("llama").contextLength
    guard case .yarn(let yarn)? = stretched.architecture.layers[0].rotary?.scaling else {
      Issue.record("the rotations are not stretched")
      return
    }
    #expect(yarn.factor == 1024 / Double(original) && yarn.original == original)
    let engine = try Engine(stretched)
    try engine.extend([(0..<300).map { Int32($0 * 7 % 48) }], keeping: .last)
    #expect(engine.withLogits(sequence: 0, position: 0) { $0.allSatisfy(\.isFinite) })
    _ = try Transformer(huggingFace: Fixture.path("Models/bloom")) {
      said = $0.extendContext(to: 1 << 16)
    }
    #expect(said?.contains("do not come from rotations") == true)
  }

  @Test(arguments: ["llama_grouped", "gemma3", "mixtral", "bloom_three_heads", "gpt_neox"])
  func batchesAndThreadsChangeNothing(_ name: String) throws {
    let model = try model(name)
    let size = Int32(model.vocabularySize)
    let texts = (0..<24).map { (row: Int) -> [Int32] in
      let length = row % 7 == 0 ? 40 : 3 + row % 9
      return (0..<length).map { (place: Int) -> Int32 in Int32(place * 7 + row * 5) % size }
    }
    func alone() throws -> [[Float]] {
      try texts.map { text in
        let engine = try Engine(model)
        try engine.extend([text], keeping: .last)
        try engine.extend(sequence: 0, token: 3)
        return logits(engine, 0, 1)
      }
    }
    let threads = Runtime.threads
    defer { Runtime.threads = threads }
    Runtime.threads = 1
    let first = try alone()
    Runtime.threads = 3
    #expect(try alone() == first)
    let engine = try Engine(model)
    engine.rearrange(texts.map { _ in 0 })
    try engine.extend(texts, keeping: .last)
    try engine.extend(texts.map { _ in [3] }, keeping: .last)
    for row in texts.indices { #expect(logits(engine, row, 1) == first[row]) }
  }

  @Test(arguments: ["llama_grouped", "mistral", "gemma3"])
  func copiesAndTruncationsShareNothingTheyShouldNot(_ name: String) throws {
    let model = try model(name)
    let start: [Int32] = (0..<37).map { Int32($0 * 5 % 48) }
    func fresh(_ tokens: [Int32]) throws -> [Float] {
      let engine = try Engine(model)
      try engine.extend([start], keeping: .last)
      for token in tokens { try engine.extend(sequence: 0, token: token) }
      return logits(engine, 0, 1)
    }
    let engine = try Engine(model)
    try engine.extend([start], keeping: .last)
    try engine.extend([[1, 2, 3]], keeping: .last)
    engine.truncate(0, to: start.count)
    engine.rearrange([0, 0, 0])
    try engine.extend([[4], [5], []], keeping: .last)
    try engine.extend([[6], [7], [8]], keeping: .last)
    #expect(logits(engine, 0, 1) == (try fresh([4, 6])))
    #expect(logits(engine, 1, 1) == (try fresh([5, 7])))
    #expect(logits(engine, 2, 1) == (try fresh([8])))
    engine.rearrange([1, 1])
    try engine.extend([[9], [10]], keeping: .last)
    #expect(logits(engine, 0, 1) == (try fresh([5, 7, 9])))
    #expect(logits(engine, 1, 1) == (try fresh([5, 7, 10])))
  }

  @Test func longTextsAreComputedInChunks() throws {
    let model = try model("mistral")
    let text: [Int32] = (0..<60).map { Int32($0 * 11 % 48) }
    let whole = try Engine(model, cache: .float32)
    try whole.extend([text], keeping: .last)
    let parts = try Engine(model, cache: .float32)
    for first in stride(from: 0, to: 60, by: 20) {
      try parts.extend([Array(text[first..<first + 20])], keeping: .last)
    }
    #expect(worst(logits(whole, 0, 1), logits(parts, 0, 1)) < 1e-4)
  }

  @Test(arguments: [CacheFormat.float16, .q8_0])
  func roundedCachesAreClose(_ format: CacheFormat) throws {
    var architecture = Architecture(
      vocabularySize: 50, contextLength: 128, width: 64,
      attention: AttentionDesign(heads: 2, groups: 1, headWidth: 32),
      feedForward: FeedForwardDesign(innerWidth: 96),
      layers: Array(repeating: LayerDesign(rotary: RotaryDesign(width: 32)), count: 2))
    architecture.initializerRange = 0.2
    var random = RandomStream(seed: 5)
    let model = Transformer(architecture, using: &random)
    let text: [Int32] = (0..<70).map { Int32($0 * 11 % 50) }
    let exact = try Engine(model, cache: .float32)
    let rounded = try Engine(model, cache: format)
    for engine in [exact, rounded] {
      try engine.extend([text], keeping: .last)
      try engine.extend(sequence: 0, token: 1)
    }
    let difference = worst(logits(exact, 0, 1), logits(rounded, 0, 1))
    #expect(difference > 0 && difference < (format == .float16 ? 0.01 : 0.2))
  }

  @Test func cacheErrorsSayWhatToDo() throws {
    let model = try model("llama")
    #expect(throws: DecodingError.cacheFormat(headWidth: 8)) {
      try Engine(model, cache: .q8_0)
    }
    let engine = try Engine(model)
    #expect(throws: DecodingError.unknownToken(id: 48, vocabulary: 48)) {
      try engine.extend([[48]], keeping: .last)
    }
  }
}
