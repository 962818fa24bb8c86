import Checkpoint
import Files
import GGUF
import JSON
import Tensor

/// GGUF files, as llama.cpp has them.
extension Transformer {
  /// Loads a GGUF file, or all parts of one that was split.
  ///
  /// Weights stay in the mapped file in whatever format they have; see ``Engine``.
  /// - Parameters:
  ///   - path: The file, or any of its parts.
  ///   - families: Families besides those that Apus knows, which they go before.
  ///   - change: Changes what the metadata says before weights are looked for.
  /// - Throws: ``ModelError`` for the metadata, `CheckpointError` for the file,
  ///   `CheckpointMismatch` for weights that do not fit, all problems at once.
  public init(
    gguf path: String, families: [Family] = [],
    changing change: (inout Architecture) throws -> Void = { _ in }
  ) throws {
    let checkpoint = try CheckpointReader(path)
    guard let first = checkpoint.sources.first as? GGUFTensorFile else {
      throw ModelError.file(
        reason: isDirectory(path)
          ? "‘\(path)’ has no config.json, which says what kind of model it is; put the model's there."
          : "‘\(path)’ is not a GGUF file; of a Hugging Face model give the folder.")
    }
    let metadata = try GGUFMetadata(first.file)
    let object = try GGUFConfiguration(metadata, checkpoint).object
    let (_, read, _) = try Transformer.described(
      by: .object(object), at: path, families: families)
    var architecture = read
    let pairs = GGUFConfiguration.pairedArchitectures.contains(metadata.architecture)
    architecture.adopt(checkpoint, isInterleaved: pairs)
    try change(&architecture)
    try architecture.checkSizes(against: checkpoint, at: path)
    let names: PartNames = metadata.architecture == "bert" ? .ggufBERT : .gguf
    var placeholder = WeightInitializer.placeholder
    self.init(architecture, names: names, using: &placeholder)
    configuration = object
    try fill(from: GGUFWeights(checkpoint)) { name in
      name.hasPrefix("rope_f") || name.hasSuffix(".attn_rot_embd") || name.hasPrefix("cls")
        || name.hasSuffix(".rope_freqs.weight")
    }
  }

  /// Loads a model: a Hugging Face folder, a GGUF file, or a folder with one.
  ///
  /// - Parameters:
  ///   - path: The folder or file.
  ///   - families: Families besides those that Apus knows, which they go before.
  ///   - change: Changes the architecture before weights are looked for, to extend the context for
  ///     example.
  /// - Throws: ``ModelError``, `CheckpointError` or `CheckpointMismatch`.
  public init(
    contentsOf path: String, families: [Family] = [],
    changing change: (inout Architecture) throws -> Void = { _ in }
  ) throws {
    if isDirectory(path) && fileExists(path / "config.json") {
      try self.init(huggingFace: path, families: families, changing: change)
    } else {
      try self.init(gguf: path, families: families, changing: change)
    }
  }
}

extension Architecture {
  /// Takes over how llama.cpp stores weights: rows of queries and keys in pairs, norms with their
  /// offset added, nothing transposed or head by head, and biases where the file has them.
  fileprivate mutating func adopt(_ checkpoint: CheckpointReader, isInterleaved: Bool) {
    func has(_ name: String) -> Bool { checkpoint[name] != nil }
    if case .rms(let epsilon, _) = norm { norm = .rms(epsilon: epsilon) }
    switch attention.queryKeyNorm {
    case .perHead(.rms(let epsilon, _)): attention.queryKeyNorm = .perHead(.rms(epsilon: epsilon))
    default: break
    }
    attention.layout = has("blk.0.attn_qkv.weight") ? .joined : .separate
    attention.isTransposed = false
    attention.hasInputBias = has("blk.0.attn_q.bias") || has("blk.0.attn_qkv.bias")
    attention.hasOutputBias = has("blk.0.attn_output.bias")
    feedForward.isTransposed = false
    feedForward.hasBias = has("blk.0.ffn_up.bias")
    if has("blk.0.ffn_gate.weight") { feedForward.isJoined = false }
    head.isTied = !has("output.weight")
    head.hasBias = has("output.bias")
    head.transform = nil
    let divisors = checkpoint["rope_freqs.weight"].flatMap { Tensor($0) }
    for index in layers.indices {
      guard var rotary = layers[index].rotary else { continue }
      if isInterleaved { rotary.pairing = .interleaved }
      if let divisors, divisors.count == rotary.width / 2 {
        rotary.scaling = .divided(by: divisors.scalars(as: Float.self))
      }
      layers[index].rotary = rotary
    }
  }
}
