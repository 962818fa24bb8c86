import Files
import JSON
import Model
import Tensor
import TestSupport
import Testing

/// Small models of every family beside transformers (`make_models.py`).
@Suite struct FamilyTests {
  static let cases: [String] =
    (try? listDirectory(Fixture.path("Models")))?.filter { !$0.hasPrefix(".") }.sorted() ?? []

  @Test func allFamiliesHaveACase() throws {
    var types: Set<String> = []
    for name in Self.cases {
      let config = try JSONValue(parsing: readText(Fixture.path("Models") / name / "config.json"))
      if let type = config.object?["model_type"]?.string { types.insert(type) }
    }
    #expect(types.isSuperset(of: Family.known.map(\.modelType)))
  }

  @Test(arguments: cases)
  func logitsAgree(_ name: String) throws {
    let model = try Transformer(huggingFace: Fixture.path("Models/\(name)"))
    let golden = try Fixture.tensors("Models/\(name)/expected.safetensors")
    let ids = try #require(golden["ids"])
    let expected = try #require(golden["logits"])
    var none: [KeyValueCache] = []
    let hidden = model.hidden(
      ids, segments: golden["token_types"], visible: golden["attention_mask"], caches: &none)
    let logits = model.logits(of: hidden)
    guard let mask = golden["attention_mask"] else {
      #expect(worstDifference(logits, expected) < 1e-4)
      return
    }
    // What padding says does not matter.
    let weights = mask.cast(to: .float32).unsqueezed(-1)
    #expect(worstDifference(logits * weights, expected * weights) < 1e-4)
  }

  @Test(arguments: cases.filter { $0 != "bert" })
  func greedyTextAgrees(_ name: String) throws {
    let model = try Transformer(huggingFace: Fixture.path("Models/\(name)"))
    let golden = try Fixture.tensors("Models/\(name)/expected.safetensors")
    let ids = try #require(golden["ids"]).scalars(as: Int32.self)
    let expected = try #require(golden["greedy"]).scalars(as: Int32.self)
    let made = Array(model.generate(from: Array(ids[..<5])).prefix(12))
    #expect(made == Array(expected.suffix(12)))
  }

  @Test(arguments: cases)
  func oldSpellingIsTheSameModel(_ name: String) throws {
    let path = Fixture.path("Models/\(name)")
    guard fileExists(path / "config_old.json") else { return }
    let old = try JSONValue(parsing: readText(path / "config_old.json"))
    let new = try JSONValue(parsing: readText(path / "config.json"))
    #expect(old != new)
    var architecture = try Architecture(configuration: old)
    let expected = try Architecture(configuration: new)
    if case .alibi = expected.positions {  // newer files do not say how long texts were
      architecture.contextLength = expected.contextLength
    }
    #expect(architecture == expected)
  }

  @Test(arguments: cases)
  func savedFolderIsTheSameModel(_ name: String) throws {
    let model = try Transformer(huggingFace: Fixture.path("Models/\(name)"))
    let golden = try Fixture.tensors("Models/\(name)/expected.safetensors")
    let ids = try #require(golden["ids"])
    let folder = try TemporaryFolder()
    try model.save(to: folder.path)
    let again = try Transformer(huggingFace: folder.path)
    #expect(again.architecture == model.architecture)
    #expect(again(ids).scalars(as: Float.self) == model(ids).scalars(as: Float.self))
  }

  @Test func wrongConfigurationsAreToldInFull() throws {
    let value = try JSONValue(
      parsing: """
        {"model_type": "llama", "hidden_size": "wide", "num_attention_heads": 6, "vocab_size": 0,
         "num_key_value_heads": 4, "intermediate_size": 8, "hidden_act": "swoosh",
         "rope_scaling": {"type": "yarn2", "factor": -1}}
        """)
    let error = #expect(throws: ModelError.self) { try Architecture(configuration: value) }
    let text = error?.description ?? ""
    for part in [
      "hidden_size must be", "num_hidden_layers is missing", "vocab_size must be",
      "num_attention_heads 6 is not a multiple of num_key_value_heads 4", "swoosh", "yarn2",
    ] { #expect(text.contains(part), "\(part)") }
    let unknown = #expect(throws: ModelError.self) {
      try Architecture(configuration: ["model_type": "gpt5"])
    }
    #expect(unknown?.description.contains("qwen3_moe") == true)
  }

  @Test func weightsThatDoNotFitAreListed() throws {
    let error = #expect(throws: CheckpointMismatch.self) {
      try Transformer(huggingFace: Fixture.path("Models/llama")) { architecture in
        architecture.attention.hasInputBias = true
        architecture.feedForward.innerWidth += 8
      }
    }
    let text = error?.description ?? ""
    #expect(text.contains("model.layers.0.self_attn.q_proj.bias"))
    #expect(text.contains("model.layers.1.mlp.down_proj.weight has shape"))
  }
}
