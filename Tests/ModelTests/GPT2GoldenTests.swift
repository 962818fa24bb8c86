import Checkpoint
import Files
import JSON
import Model
import Tensor
import TestSupport
import Testing

/// A small GPT-2 beside transformers.
@Suite struct GPT2GoldenTests {
  let golden: [String: Tensor]
  let facts: JSONObject
  let model: GPT2

  init() throws {
    golden = try Fixture.tensors("Gpt2Pico/golden.safetensors")
    facts = try #require(try Fixture.json("Gpt2Pico/golden.json").object)
    model = try GPT2(contentsOf: Fixture.path("Gpt2Pico"))
  }

  @Test func logitsAgree() throws {
    let logits = model(try #require(golden["logits.tokens"]))
    #expect(worstDifference(logits, try #require(golden["logits.output"])) < 1e-5)
  }

  @Test func lossAndEveryGradientAgree() throws {
    let tokens = try #require(golden["training.tokens"])[0]
    let (loss, gradient) = valueWithGradient(at: model) {
      $0.loss(tokens[.all, ..<(-1)], tokens[.all, 1...])
    }
    let expected = try #require(facts["loss"]?.double)
    #expect(abs(loss.scalar(as: Double.self) - expected) < 1e-5)
    for (path, slope) in gradient.leaves {
      let reference = try #require(golden["gradient." + path], "\(path)")
      #expect(worstDifference(slope, reference) < 1e-5, "\(path)")
    }
  }

  @Test func greedyTextAgrees() throws {
    let prompts = try #require(facts["prompts"]?.array)
    let texts = try #require(facts["generated"]?.array)
    for (prompt, text) in zip(prompts, texts) {
      let start = (prompt.array ?? []).compactMap { $0.integer.map { Int32($0) } }
      let whole = (text.array ?? []).compactMap { $0.integer.map { Int32($0) } }
      let made = Array(try model.generate(from: start).prefix(whole.count - start.count))
      #expect(start + made == whole)
    }
  }

  @Test func generationWithoutACacheIsTheSame() throws {
    let made = Array(try model.generate(from: [5, 6, 7]).prefix(20))
    var tokens: [Int32] = [5, 6, 7]
    for _ in 0..<20 {
      let logits = model(Tensor(tokens, shape: [1, tokens.count]))
      tokens.append(Int32(logits[0, -1].argmax().scalar(as: Int.self)))
    }
    #expect(tokens == [5, 6, 7] + made)
  }

  @Test func savedFolderIsTheSameModel() throws {
    let folder = try TemporaryFolder()
    try model.save(to: folder.path)
    let again = try GPT2(contentsOf: folder.path)
    #expect(again.configuration == model.configuration)
    for (one, other) in zip(model.leaves, again.leaves) {
      #expect(one.path == other.path)
      #expect(one.tensor.scalars(as: Float.self) == other.tensor.scalars(as: Float.self))
    }
    // The reference implementation wrote the same bytes.
    #expect(
      try readFile(folder.path / "model.safetensors")
        == readFile(Fixture.path("Gpt2Pico/model.safetensors")))
  }
}

/// What a wrong folder is answered with.
@Suite struct GPT2LoadingTests {
  private func folder(_ config: String) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    try writeAtomically(folder.path / "config.json", config)
    try writeAtomically(
      folder.path / "model.safetensors", readFile(Fixture.path("Gpt2Pico/model.safetensors")))
    return folder
  }

  @Test func allProblemsOfAConfigurationAreReported() throws {
    let folder = try folder(
      #"{"model_type": "llama", "n_embd": 30, "n_head": 4, "n_layer": "two", "resid_pdrop": 1.5}"#)
    let error = #expect(throws: ModelError.self) { try GPT2(contentsOf: folder.path) }
    let text = "\(error.map { "\($0)" } ?? "")"
    for part in ["model_type", "n_layer", "resid_pdrop", "not a multiple"] {
      #expect(text.contains(part), "\(text)")
    }
  }

  @Test func allMisfitsOfWeightsAreReported() throws {
    let folder = try folder(
      #"{"model_type": "gpt2", "n_embd": 32, "n_head": 2, "n_layer": 3, "vocab_size": 97, "n_positions": 32}"#
    )
    let error = #expect(throws: CheckpointMismatch.self) { try GPT2(contentsOf: folder.path) }
    #expect(error?.missing.count == 12)
    #expect(error?.misshapen.map(\.name) == ["transformer.wte.weight"])
    #expect(error?.unexpected.isEmpty == true)
  }

  @Test func truncatedFilesAreTypedErrors() throws {
    let whole = try readFile(Fixture.path("Gpt2Pico/config.json"))
    for end in stride(from: 0, to: whole.count - 2, by: 7) {
      let folder = try folder(String(decoding: whole[..<end], as: UTF8.self))
      #expect(throws: ModelError.self) { try GPT2(contentsOf: folder.path) }
    }
  }
}
