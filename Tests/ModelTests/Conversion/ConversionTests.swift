import Checkpoint
import Files
import JSON
import Model
import Tensor
import TestSupport
import Testing

/// Small models of every family from a Hugging Face folder to a GGUF file and back.
@Suite struct ConversionTests {
  static let cases = FamilyTests.cases

  /// Models that llama.cpp would run otherwise and no metadata can describe.
  static let refused: Set<String> = [
    "bloom_residual", "gpt2_inverse_layer", "llama_yarn_attention", "olmo_grouped", "phi_normed",
    "qwen2_moe_sparse_step", "qwen3_biased", "qwen3_moe_sparse_step",
  ]

  private static func source(_ name: String) -> String { Fixture.path("Models/\(name)") }

  @Test func everyFamilyHasACaseThatConverts() throws {
    var types: Set<String> = []
    for name in Self.cases where !Self.refused.contains(name) {
      let config = try JSONValue(parsing: readText(Self.source(name) / "config.json"))
      if let type = config.object?["model_type"]?.string { types.insert(type) }
    }
    #expect(types.isSuperset(of: Family.known.map(\.modelType)))
  }

  @Test(arguments: cases.filter { refused.contains($0) })
  func whatNoFileCanSayIsRefused(_ name: String) throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: ConversionError.self) {
      try convert(from: Self.source(name), to: folder.path / "model.gguf")
    }
    guard case .unsayable(_, let problems) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(!problems.isEmpty)
    #expect(try listDirectory(folder.path).isEmpty)
  }

  /// The file runs and gives the logits of transformers.
  @Test(arguments: cases.filter { !refused.contains($0) && $0 != "bert" })
  func convertedLogitsAgree(_ name: String) throws {
    let folder = try TemporaryFolder()
    let summary = try convert(from: Self.source(name), to: folder.path / "model.gguf")
    let model = try Transformer(gguf: folder.path / "model.gguf")
    let golden = try Fixture.tensors("Models/\(name)/expected.safetensors")
    var ids = try #require(golden["ids"])
    var expected = try #require(golden["logits"])
    if name == "llama_dynamic" {  // texts beyond twelve tokens are stretched, which no file can say
      ids = ids.narrowed(1, from: 0, length: 12)
      expected = try Transformer(huggingFace: Self.source(name))(ids)
      #expect(summary.notes.contains { $0.contains("beyond 12 tokens") })
    }
    #expect(worstDifference(model(ids), expected) < 1e-4)
  }

  /// Only the encoder of BERT has a place in a file.
  @Test func encoderAgrees() throws {
    let folder = try TemporaryFolder()
    let summary = try convert(from: Self.source("bert"), to: folder.path / "model.gguf")
    #expect(summary.notes.contains { $0.contains("head for masked words") })
    let golden = try Fixture.tensors("Models/bert/expected.safetensors")
    let ids = try #require(golden["ids"])
    var none: [KeyValueCache] = []
    var whole = try Transformer(huggingFace: Self.source("bert"))
    (whole.headDense, whole.headNorm) = (nil, nil)
    let one =
      whole.hidden(ids, segments: golden["token_types"], visible: nil, caches: &none)
    let other = try Transformer(gguf: folder.path / "model.gguf")
      .hidden(ids, segments: golden["token_types"], visible: nil, caches: &none)
    #expect(worstDifference(one, other) < 1e-6)
  }

  /// What was changed on the way to GGUF is undone on the way back.
  @Test(arguments: cases.filter { !refused.contains($0) && $0 != "bert" })
  func thereAndBackIsTheSame(_ name: String) throws {
    let folder = try TemporaryFolder()
    try convert(from: Self.source(name), to: folder.path / "model.gguf")
    try convert(from: folder.path / "model.gguf", to: folder.path / "back")
    let before = try Transformer(huggingFace: Self.source(name))
    let after = try Transformer(huggingFace: folder.path / "back")
    var expected = before.architecture
    if name == "llama_dynamic" {
      for index in expected.layers.indices { expected.layers[index].rotary?.scaling = .none }
    }
    // Files have float32, not the two numbers that this is made from.
    if name == "llama_yarn_mscale" {
      for index in expected.layers.indices {
        guard case .yarn(var yarn) = expected.layers[index].rotary?.scaling else { continue }
        yarn.attentionFactor = try #require(Double("\(Float(yarn.attentionFactor))"))
        expected.layers[index].rotary?.scaling = .yarn(yarn)
      }
    }
    // llama.cpp wants biases there, so the file has zeros.
    if name == "gpt_neox_unbiased" {
      expected.attention.hasInputBias = true
      expected.attention.hasOutputBias = true
    }
    // The same function under the name that the family's files have.
    if expected.feedForward.activation == .geluFast {
      expected.feedForward.activation = after.architecture.feedForward.activation
    }
    #expect(after.architecture == expected)
    let leaves = Dictionary(uniqueKeysWithValues: after.leaves.map { ($0.path, $0.tensor) })
    var added = Set(leaves.keys)
    for (path, tensor) in before.leaves {
      added.remove(path)
      let other = try #require(leaves[path], "\(path)")
      // One was added to weights of norms and taken away again, which rounds.
      let isRounded = name.hasPrefix("gemma") && path.hasSuffix("norm.weight")
      #expect(
        isRounded ? worstDifference(tensor, other) < 2e-7 : bits(tensor) == bits(other), "\(path)")
    }
    #expect(added.isEmpty || name == "gpt_neox_unbiased")
  }

  /// Divisors of rotations are tensors, whose numbers JSON cannot always write.
  @Test(arguments: [
    ("llama_llama3", "rope_freqs.weight", Float.nan), ("llama_llama3", "rope_freqs.weight", 0),
    ("phi3_longrope_long", "rope_factors_long.weight", -Float.infinity),
    ("phi3_longrope_long", "rope_factors_short.weight", -1),
  ])
  func impossibleDivisorsAreErrors(_ name: String, _ tensor: String, _ value: Float) throws {
    let folder = try TemporaryFolder()
    let path = folder.path / "model.gguf"
    _ = try convert(from: Self.source(name), to: path)
    let place = try #require(CheckpointReader(path)[tensor]).info.byteRange.lowerBound
    var bytes = try readFile(path)
    withUnsafeBytes(of: value) { bytes.replaceSubrange(place..<(place + 4), with: $0) }
    try writeAtomically(path, bytes)
    let error = #expect(throws: ModelError.self) { try Transformer(gguf: path) }
    #expect("\(error.map { "\($0)" } ?? "")".contains("factor"))
    #expect(throws: ModelError.self) { try convert(from: path, to: folder.path / "back") }
    #expect(!fileExists(folder.path / "back" / "config.json"))
  }

  private func bits(_ tensor: Tensor) -> [UInt32] {
    tensor.scalars(as: Float.self).map(\.bitPattern)
  }

  @Test func encoderComesBack() throws {
    let folder = try TemporaryFolder()
    try convert(from: Self.source("bert"), to: folder.path / "model.gguf")
    try convert(from: folder.path / "model.gguf", to: folder.path / "back")
    let before = try CheckpointReader(Self.source("bert"))
    let after = try CheckpointReader(folder.path / "back")
    #expect(after.entries.count == 37)
    for entry in after.entries {
      let one = try #require(after[entry.name]), other = try #require(before[entry.name])
      #expect(
        one.withUnsafeBytes { left in other.withUnsafeBytes { left.elementsEqual($0) } })
    }
  }
}
