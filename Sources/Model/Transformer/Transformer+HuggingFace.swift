package import Checkpoint
import Files
package import JSON
import Tensor

/// Folders as `save_pretrained` of transformers writes them.
extension Transformer {
  /// Loads a folder with `config.json` and safetensors, in one file or sharded.
  ///
  /// Matrices stay in the mapped files in their own element type; names with and without the prefix
  /// of the base model are understood.
  /// - Parameters:
  ///   - folder: The folder.
  ///   - families: Families besides those that Apus knows, which they go before.
  ///   - change: Changes what the configuration says before weights are looked for, to extend the
  ///     context for example.
  /// - Throws: ``ModelError`` for the configuration, `CheckpointError` for the files,
  ///   `CheckpointMismatch` for weights that do not fit, all problems at once.
  public init(
    huggingFace folder: String, families: [Family] = [],
    changing change: (inout Architecture) throws -> Void = { _ in }
  ) throws {
    let path = folder / "config.json"
    try self.init(
      configuration: Transformer.configuration(at: path), at: path,
      weights: CheckpointReader(folder), families: families, changing: change)
  }

  /// A model with the weights of a checkpoint.
  package init(
    configuration value: JSONValue, at path: String, weights checkpoint: CheckpointReader,
    families: [Family] = [], changing change: (inout Architecture) throws -> Void = { _ in }
  ) throws {
    let (family, read, object) = try Transformer.described(
      by: value, at: path, families: families)
    var architecture = read
    if architecture.head.isTied, checkpoint[family.names[.head] + ".weight"] != nil,
      checkpoint[family.names[.tokens] + ".weight"] == nil
    {
      throw ModelError.configuration(
        path: path, problems: ["tie_word_embeddings is true, but only the head is in the files"])
    }
    try change(&architecture)
    try architecture.checkSizes(against: checkpoint, at: path)
    var placeholder = WeightInitializer.placeholder
    self.init(architecture, names: family.names, using: &placeholder)
    configuration = object
    let headIsTied = architecture.head.isTied
    try fill(from: StoredWeights(checkpoint, base: family.baseName)) { name in
      family.ignores(name) || (headIsTied && name == family.names[.head] + ".weight")
    }
  }

  /// Reads a configuration file.
  static func configuration(at path: String) throws(ModelError) -> JSONValue {
    do { return try JSONValue(parsing: readText(path)) } catch {
      throw .file(reason: "The configuration ‘\(path)’ cannot be read: \(error).")
    }
  }

  /// The family and the architecture that a configuration describes.
  static func described(
    by value: JSONValue, at path: String, families: [Family]
  ) throws(ModelError) -> (Family, Architecture, JSONObject) {
    let families = families + Family.known
    var object = value.object ?? JSONObject([])
    var type = object["model_type"]?.string
    // The text part of a model that also sees.
    if let text = object["text_config"]?.object, let inner = text["model_type"]?.string,
      families.contains(where: { $0.modelType == inner })
    {
      object = text
      type = inner
    }
    guard let family = families.first(where: { $0.modelType == type }) else {
      let names = families.map(\.modelType).sorted().joined(separator: ", ")
      throw .configuration(
        path: path,
        problems: [
          type.map { "model_type ‘\($0)’ is none of \(names)" }
            ?? "model_type is missing; it names the family: \(names)"
        ])
    }
    var fields = ConfigurationFields(value.object == nil ? value : .object(object))
    let architecture = family.read(&fields)
    guard fields.problems.isEmpty else {
      throw .configuration(path: path, problems: fields.problems)
    }
    return (family, architecture, object)
  }

  /// Writes `config.json` and safetensors, in shards of five gigabytes, each file replaced
  /// atomically.
  ///
  /// - Throws: ``ModelError`` for a model that was not loaded from such a folder: one from a GGUF file
  ///   is converted by `convert(from:to:)`. `CheckpointError` for the files.
  public func save(to folder: String) throws {
    guard let configuration else {
      throw ModelError.file(
        reason: "The model was not loaded from a configuration and cannot write one to ‘\(folder)’."
      )
    }
    guard names != .gguf, names != .ggufBERT else {
      throw ModelError.file(
        reason: "The model has the names of the GGUF file it was loaded from and cannot be saved to"
          + " ‘\(folder)’; make a folder of the file by convert(from:to:) or ‘apus convert’.")
    }
    if let quantized = leaves.first(where: { $0.tensor.dtype.blockFormat != nil }) {
      throw ModelError.file(
        reason: "‘\(quantized.path)’ is quantized, for which a folder has no type; cast it to"
          + " float32 before the model is saved to ‘\(folder)’.")
    }
    do {
      try createDirectories(folder)
      try writeAtomically(
        folder / "config.json", JSONValue.object(configuration).serialized(pretty: true) + "\n")
    } catch { throw ModelError.file(reason: "\(error)") }
    var tensors: [String: Tensor] = [:]
    var declarations: [TensorDeclaration] = []
    for (name, tensor) in leaves.map({ ($0.path, $0.tensor) }) {
      tensors[name] = tensor
      declarations.append(
        TensorDeclaration(name, tensor.elementType, shape: Array(tensor.shape)))
    }
    try CheckpointPlan(declarations).write(to: folder) { entry, write in
      guard let tensor = tensors[entry.name]?.contiguous() else { return }
      try withExtendedLifetime(tensor) {
        try write(UnsafeRawBufferPointer(start: tensor.base, count: tensor.byteCount))
      }
    }
  }
}

extension Architecture {
  /// What the text of a `config.json` describes.
  package init(configuration value: JSONValue) throws(ModelError) {
    self = try Transformer.described(by: value, at: "config.json", families: []).1
  }
}

extension Family {
  /// What the names of a base model's weights begin with, `model.` or `transformer.`; checkpoints
  /// of the base alone lack it.
  var baseName: String {
    let tokens = names[.tokens]
    return tokens.firstIndex(of: ".").map { String(tokens[...$0]) } ?? ""
  }
}
