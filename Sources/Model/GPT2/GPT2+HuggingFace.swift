import Checkpoint
import Files
import JSON
import Tensor

/// A folder as `GPT2LMHeadModel.save_pretrained` writes it.
extension GPT2 {
  /// Loads a folder with `config.json` and safetensors, in one file or sharded.
  ///
  /// Weights stay in the mapped files until they are changed. Names with and without the prefix
  /// `transformer.` are understood, and the masks that old files carry are passed over.
  /// - Throws: ``ModelError`` for the configuration, `CheckpointError` for the files,
  ///   `CheckpointMismatch` for weights that do not fit, all problems at once.
  public init(contentsOf folder: String) throws {
    let path = folder / "config.json"
    let configuration = try GPT2Configuration(contentsOf: path)
    let checkpoint = try CheckpointReader(folder)
    try Architecture(configuration).checkSizes(against: checkpoint, at: path)
    let base = "transformer."
    let bare = !checkpoint.entries.contains { $0.name.hasPrefix(base) }
    var placeholder = WeightInitializer.placeholder
    self.init(configuration, using: &placeholder)
    try load(
      from: checkpoint,
      renaming: { bare && $0.hasPrefix(base) ? String($0.dropFirst(base.count)) : $0 },
      ignoring: { name in
        name.hasSuffix(".attn.bias") || name.hasSuffix(".attn.masked_bias")
          || (configuration.tiesHead && name == "lm_head.weight")
      })
  }

  /// Writes `config.json`, `generation_config.json` and `model.safetensors`, each replaced
  /// atomically, so that transformers and ``init(contentsOf:)`` load the folder.
  public func save(to folder: String) throws {
    do { try createDirectories(folder) } catch { throw ModelError.file(reason: "\(error)") }
    try save(to: folder / "model.safetensors", metadata: ["format": "pt"])
    var generation: JSONObject = ["_from_model_config": true]
    if let begin = configuration.beginToken { generation["bos_token_id"] = .integer(Int64(begin)) }
    if let end = configuration.endToken { generation["eos_token_id"] = .integer(Int64(end)) }
    let files = [
      ("config.json", configuration.huggingFace),
      ("generation_config.json", JSONValue.object(generation)),
    ]
    for (name, value) in files {
      do { try writeAtomically(folder / name, value.serialized(pretty: true) + "\n") } catch {
        throw ModelError.file(reason: "\(error)")
      }
    }
  }
}
