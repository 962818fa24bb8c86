import Checkpoint
import Files
import GGUF
import JSON
import Model
import Tensor
import TestSupport
import Testing

/// Element types, splits, and what is refused.
@Suite struct ConversionTypeTests {
  private let folder: TemporaryFolder
  /// A Llama whose rows are blocks of 32.
  private var wide: String { folder.path / "wide" }

  init() throws {
    folder = try TemporaryFolder()
    try Self.save(width: 64, inner: 96, to: folder.path / "wide")
  }

  /// Writes a Llama with fresh weights.
  private static func save(width: Int, inner: Int, to path: String) throws {
    let json = """
      {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "vocab_size": 40,
       "hidden_size": \(width), "intermediate_size": \(inner), "num_hidden_layers": 2,
       "num_attention_heads": 4, "num_key_value_heads": 2, "rms_norm_eps": 1e-05,
       "tie_word_embeddings": false, "max_position_embeddings": 64, "dtype": "float32",
       "bos_token_id": 1, "eos_token_id": 2, "pad_token_id": null}
      """
    try createDirectories(path)
    try writeAtomically(path / "config.json", json)
    var stream = RandomStream(seed: 5)
    var model = Transformer(
      try Architecture(configuration: JSONValue(parsing: json)), names: Family.llama.names,
      using: &stream)
    // Norms that are not all one.
    model.forEachTensor { _, leaf in
      if leaf.rank == 1 { leaf = .normal(leaf.shape, using: &stream) }
    }
    try saveTensors(
      model.leaves.map { (name: $0.path, tensor: $0.tensor) }, to: path / "model.safetensors")
  }

  private func options(_ type: ConversionType, split: Int? = nil) -> ConversionOptions {
    var options = ConversionOptions()
    options.type = type
    options.largestFile = split
    return options
  }

  @Test(arguments: ConversionType.allCases)
  func matricesGetTheType(_ type: ConversionType) throws {
    let path = folder.path / "\(type.rawValue).gguf"
    try convert(from: wide, to: path, options: options(type))
    let expected: [ConversionType: ElementType] = [
      .automatic: .float32, .float32: .float32, .float16: .float16, .bfloat16: .bfloat16,
      .q8Zero: .blocks(.q8_0), .q4Zero: .blocks(.q4_0), .q4One: .blocks(.q4_1),
      .q5Zero: .blocks(.q5_0), .q5One: .blocks(.q5_1),
    ]
    let checkpoint = try CheckpointReader(path)
    #expect(checkpoint.entries.count == 21)
    for entry in checkpoint.entries {
      #expect(entry.elementType == (entry.shape.count == 1 ? .float32 : expected[type]))
    }
    #expect(checkpoint.metadata["general.file_type"] != nil)
    let exact = try Transformer(huggingFace: wide)(Tensor([1, 5, 9] as [Int32], shape: [1, 3]))
    let model = try Transformer(gguf: path)
    let rounded = model(Tensor([1, 5, 9] as [Int32], shape: [1, 3]))
    let bound: [ConversionType: Float] = [
      .automatic: 1e-6, .float32: 1e-6, .float16: 1e-3, .bfloat16: 1e-2, .q8Zero: 2e-2,
    ]
    #expect(worstDifference(exact, rounded) < Double(bound[type] ?? 0.4))
  }

  /// Rows of queries and keys move; the blocks in them are those of the rows.
  @Test func quantizedRowsMoveBackWhole() throws {
    try convert(from: wide, to: folder.path / "q.gguf", options: options(.q8Zero))
    try convert(from: folder.path / "q.gguf", to: folder.path / "back")
    let before = try CheckpointReader(wide)
    let after = try CheckpointReader(folder.path / "back")
    #expect(before.entries.count == after.entries.count)
    for entry in before.entries {
      let tensor = try #require(Tensor(try before.tensor(entry.name)))
      let other = try #require(Tensor(try after.tensor(entry.name)))
      let expected =
        entry.shape.count == 1 ? tensor : tensor.quantized(to: .q8_0).cast(to: .float32)
      #expect(worstDifference(expected, other) == 0)
    }
  }

  @Test func rowsThatDoNotFitBecomeFloat16() throws {
    try Self.save(width: 48, inner: 64, to: folder.path / "narrow")
    let path = folder.path / "narrow.gguf"
    try convert(from: folder.path / "narrow", to: path, options: options(.q4Zero))
    let checkpoint = try CheckpointReader(path)
    #expect(checkpoint["blk.0.attn_q.weight"]?.info.elementType == .float16)
    #expect(checkpoint["blk.0.ffn_down.weight"]?.info.elementType == .blocks(.q4_0))
  }

  @Test func splitsAreReadAsOne() throws {
    let path = folder.path / "model.gguf"
    let summary = try convert(
      from: wide, to: path, options: options(.automatic, split: 60_000))
    #expect(summary.files.count > 2)
    #expect(
      summary.files[0] == folder.path / "model-00001-of-0000\(summary.files.count).gguf")
    #expect(!fileExists(path))
    #expect(summary.files.allSatisfy { descriptionFile(of: $0) == summary.files[0] })
    #expect(descriptionFile(of: path) == path)
    let parts = try Transformer(gguf: summary.files[1])
    let single = folder.path / "single.gguf"
    try convert(from: summary.files[0], to: single)
    let whole = try Transformer(gguf: single)
    #expect(parts.architecture == whole.architecture)
    for (one, other) in zip(parts.leaves, whole.leaves) {
      #expect(one.path == other.path && worstDifference(one.tensor, other.tensor) == 0)
    }
    let direct = folder.path / "direct.gguf"
    try convert(from: wide, to: direct)
    #expect(try readFile(single) == readFile(direct))
  }

  @Test func whatNoFolderHoldsIsNotSaved() throws {
    let path = folder.path / "q8.gguf"
    try convert(from: wide, to: path, options: options(.q8Zero))
    let model = try Transformer(gguf: path)
    var quantized = try Transformer(huggingFace: wide)
    quantized.separateHead = model.tokens.weight
    for (model, part) in [(model, "apus convert"), (quantized, "is quantized")] {
      let error = #expect(throws: ModelError.self) { try model.save(to: folder.path / "saved") }
      #expect("\(error.map { "\($0)" } ?? "")".contains(part))
    }
    #expect(!fileExists(folder.path / "saved"))
  }

  /// Whole numbers are what other programs quantize to, with scales of their own.
  @Test func wholeNumbersAreNoWeights() throws {
    let checkpoint = try CheckpointReader(wide)
    let tensors = try checkpoint.entries.map { entry in
      let tensor = try #require(try Tensor(checkpoint.tensor(entry.name)))
      let isOdd = entry.name == "model.layers.1.mlp.up_proj.weight"
      return (name: entry.name, tensor: isOdd ? tensor.cast(to: .int8) : tensor)
    }
    try saveTensors(tensors, to: folder.path / "wide/model.safetensors")
    let error = #expect(throws: CheckpointMismatch.self) {
      try convert(from: wide, to: folder.path / "model.gguf", options: options(.q8Zero))
    }
    #expect(error?.unusable.map(\.0) == ["model.layers.1.mlp.up_proj.weight"])
    #expect(!fileExists(folder.path / "model.gguf"))
  }

  @Test func quantizingAgainNeedsLeave() throws {
    let path = folder.path / "q8.gguf"
    try convert(from: wide, to: path, options: options(.q8Zero))
    let output = folder.path / "q4.gguf"
    #expect(throws: ConversionError.self) {
      try convert(from: path, to: output, options: options(.q4Zero))
    }
    #expect(!fileExists(output))
    var allowed = options(.q4Zero)
    allowed.allowsRequantizing = true
    try convert(from: path, to: output, options: allowed)
    #expect(
      try CheckpointReader(output)["blk.0.attn_q.weight"]?.info.elementType == .blocks(.q4_0))
    // Numbers may always be made of blocks, and blocks stay what they are.
    try convert(from: path, to: folder.path / "f16.gguf", options: options(.float16))
    try convert(from: path, to: folder.path / "same.gguf", options: options(.q8Zero))
    #expect(try readFile(path) == readFile(folder.path / "same.gguf"))
  }

  @Test func foldersGetAnotherType() throws {
    let output = folder.path / "half"
    try writeAtomically(wide / "generation_config.json", #"{"top_k": 7}"#)
    try convert(from: wide, to: output, options: options(.bfloat16, split: 30_000))
    let checkpoint = try CheckpointReader(output)
    #expect(checkpoint.sources.count > 1)
    #expect(checkpoint.entries.allSatisfy { $0.elementType == .bfloat16 })
    let config = try JSONValue(parsing: readText(output / "config.json"))
    #expect(config.object?["dtype"] == "bfloat16")
    #expect(fileExists(output / "generation_config.json"))
    #expect(throws: ConversionError.self) {
      try convert(from: wide, to: folder.path / "no", options: options(.q4Zero))
    }
  }

  @Test func samplingIsCarriedOver() throws {
    try writeAtomically(
      wide / "generation_config.json", #"{"top_k": 7, "top_p": 0.9, "temperature": 0.6}"#)
    try convert(from: wide, to: folder.path / "s.gguf")
    try convert(from: folder.path / "s.gguf", to: folder.path / "s")
    let read = try GenerationConfiguration(contentsOf: folder.path / "s")
    #expect(read.topK == 7 && read.topP == 0.9 && read.temperature == 0.6)
    #expect(read.endTokens == [2])
  }

  @Test func nothingIsOverwrittenUnasked() throws {
    #expect(throws: ConversionError.overwritesInput(output: wide + "/")) {
      try convert(from: wide, to: wide + "/")
    }
    let path = folder.path / "model.gguf"
    try convert(from: wide, to: path)
    #expect(throws: ConversionError.exists(output: path)) { try convert(from: wide, to: path) }
    #expect(throws: ConversionError.overwritesInput(output: path)) {
      var replaces = options(.float16)
      replaces.replaces = true
      try convert(from: path, to: path, options: replaces)
    }
    var replaces = ConversionOptions()
    replaces.replaces = true
    try convert(from: wide, to: path, options: replaces)
    try createDirectories(folder.path / "full")
    try writeAtomically(folder.path / "full/config.json", "{}")
    #expect(throws: ConversionError.exists(output: folder.path / "full")) {
      try convert(from: path, to: folder.path / "full")
    }
  }

  @Test func numbersThatAreNoFloatsAreRefused() throws {
    let source = Fixture.path("Models/llama_linear")
    let folder = try TemporaryFolder()
    let input = folder.path / "model"
    try createDirectories(input)
    try writeAtomically(input / "model.safetensors", readFile(source / "model.safetensors"))
    var object = try #require(JSONValue(parsing: readText(source / "config.json")).object)
    object["rms_norm_eps"] = 1e-308
    object["rope_parameters"] = ["rope_type": "linear", "factor": 1e300, "rope_theta": 10_000.0]
    try writeAtomically(input / "config.json", JSONValue.object(object).serialized())
    let error = #expect(throws: ConversionError.self) {
      try convert(from: input, to: folder.path / "model.gguf")
    }
    let text = error?.description ?? ""
    #expect(text.contains("attention.layer_norm_rms_epsilon is 1e-308"))
    #expect(text.contains("rope.scaling.factor is 1e+300"))
  }

  @Test func everythingWrongIsListed() throws {
    let broken = folder.path / "broken"
    try createDirectories(broken)
    try writeAtomically(broken / "config.json", readFile(wide / "config.json"))
    var tensors = try Transformer(huggingFace: wide).leaves.map { ($0.path, $0.tensor) }
    tensors.removeAll { $0.0 == "model.layers.1.mlp.up_proj.weight" }
    tensors.append(("model.extra.weight", .zeros(2, 2)))
    tensors[0].1 = .zeros(41, 64)
    try saveTensors(tensors.map { (name: $0.0, tensor: $0.1) }, to: broken / "model.safetensors")
    let error = #expect(throws: CheckpointMismatch.self) {
      try convert(from: broken, to: folder.path / "broken.gguf")
    }
    #expect(error?.missing == ["model.layers.1.mlp.up_proj.weight"])
    #expect(error?.unexpected == ["model.extra.weight"])
    #expect(error?.misshapen.count == 1)
    #expect(!fileExists(folder.path / "broken.gguf"))
    #expect(throws: ConversionError.self) {
      try convert(from: folder.path / "nothing", to: folder.path / "x.gguf")
    }
  }

  /// Sizes that no file could hold are refused before memory is taken for them.
  @Test(arguments: ["head_dim", "hidden_size", "intermediate_size", "num_attention_heads"])
  func absurdSizesAreRefused(_ key: String) throws {
    let absurd = folder.path / "absurd"
    try createDirectories(absurd)
    var config = try #require(JSONValue(parsing: readText(wide / "config.json")).object)
    config[key] = .integer(1 << 30)
    try writeAtomically(absurd / "config.json", JSONValue.object(config).serialized())
    try writeAtomically(absurd / "model.safetensors", readFile(wide / "model.safetensors"))
    #expect(throws: ModelError.self) {
      try convert(from: absurd, to: folder.path / "absurd.gguf")
    }
    #expect(throws: ModelError.self) { try Transformer(huggingFace: absurd) }
  }

  @Test func progressIsReported() throws {
    var seen: [String] = []
    var bytes = 0
    let summary = try convert(from: wide, to: folder.path / "p.gguf") { progress in
      seen.append(progress.tensor)
      #expect(progress.written == seen.count && progress.total == 21)
      bytes = progress.bytes
      #expect(bytes <= progress.totalBytes)
    }
    #expect(seen.count == summary.tensors && bytes == summary.bytes)
    struct Stop: Error {}
    #expect(throws: Stop.self) {
      try convert(from: wide, to: folder.path / "stopped.gguf") { _ in throw Stop() }
    }
    #expect(!fileExists(folder.path / "stopped.gguf"))
  }
}
