import Checkpoint
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
    let made = Array(try model.generate(from: Array(ids[..<5])).prefix(12))
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

  /// Nothing of a size that only a configuration claims is made.
  @Test(
    arguments: [
      (
        "phi", ["num_hidden_layers": 4096, "intermediate_size": 4_194_304], "the feed-forward layer"
      ),
      ("llama", ["num_hidden_layers": 200], "files of 20 tensors cannot hold 200 blocks"),
      ("bert", ["type_vocab_size": 2_147_483_648], "the segments"),
      (
        "qwen2_moe", ["num_hidden_layers": 4096, "num_experts": 4096, "moe_intermediate_size": 1],
        "cannot hold 16777216 experts in all layers together"
      ),
      ("gpt2", ["n_layer": 2_147_483_648], "more than 4096 blocks are not believed"),
      ("llama", ["eos_token_id": [2, 4_294_967_296]], "eos_token_id must be below"),
      ("llama", ["bos_token_id": 2_147_483_648], "bos_token_id must be below"),
      ("llama", ["hidden_size": 1e300], "hidden_size must be a whole number from 1 to 2147483648"),
    ] as [(String, JSONObject, String)])
  func absurdSizesAreRefused(_ name: String, _ changes: JSONObject, _ sentence: String) throws {
    let path = Fixture.path("Models/\(name)")
    var object = try #require(JSONValue(parsing: readText(path / "config.json")).object)
    for (key, value) in changes { object[key] = value }
    if changes["num_hidden_layers"] != nil { object["layer_types"] = nil }
    let error = #expect(throws: ModelError.self) {
      try Transformer(
        configuration: .object(object), at: path, weights: CheckpointReader(path))
    }
    #expect(error?.description.contains(sentence) == true, "\(String(describing: error))")
  }

  @Test func absurdSizesOfGPT2AreRefused() throws {
    let source = Fixture.path("Models/gpt2")
    let folder = try TemporaryFolder()
    for (key, value) in [("n_layer", 1 << 30), ("n_embd", 1 << 31), ("n_inner", 1 << 31)] {
      var object = try #require(JSONValue(parsing: readText(source / "config.json")).object)
      object[key] = .integer(Int64(value))
      try writeAtomically(folder.path / "config.json", JSONValue.object(object).serialized())
      try writeAtomically(
        folder.path / "model.safetensors", readFile(source / "model.safetensors"))
      #expect(throws: ModelError.self) { try GPT2(contentsOf: folder.path) }
    }
  }

  @Test func whatIsNoModelSaysWhatIsMissing() throws {
    let folder = try TemporaryFolder()
    let file = folder.path / "model.safetensors"
    try writeAtomically(file, readFile(Fixture.path("Models/llama/model.safetensors")))
    for (path, part) in [(folder.path, "no config.json"), (file, "give the folder")] {
      let error = #expect(throws: ModelError.self) { try Transformer(contentsOf: path) }
      #expect("\(error.map { "\($0)" } ?? "")".contains(part))
    }
    // What describes a folder with a GGUF file is that file.
    #expect(descriptionFile(of: folder.path) == folder.path)
    try writeAtomically(folder.path / "m-00002-of-00002.gguf", [0])
    try writeAtomically(folder.path / "m-00001-of-00002.gguf", [0])
    #expect(descriptionFile(of: folder.path) == folder.path / "m-00001-of-00002.gguf")
    try writeAtomically(folder.path / "other.gguf", [0])
    #expect(descriptionFile(of: folder.path) == folder.path)
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
