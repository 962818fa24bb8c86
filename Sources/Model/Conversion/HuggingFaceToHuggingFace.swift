import Checkpoint
import Files
import JSON
import Tensor

/// A Hugging Face folder that becomes another, with another element type or other shards.
struct HuggingFaceToHuggingFace {
  private let folder: String
  private let checkpoint: CheckpointReader
  private let options: ConversionOptions

  init(
    _ folder: String, _ checkpoint: CheckpointReader, _ options: ConversionOptions
  ) throws {
    self.folder = folder
    self.checkpoint = checkpoint
    self.options = options
  }

  func write(
    to output: String, _ progress: (ConversionProgress) throws -> Void
  ) throws -> ConversionSummary {
    let path = folder / "config.json"
    guard var configuration = try Transformer.configuration(at: path).object else {
      throw ModelError.configuration(path: path, problems: ["it is not a JSON object"])
    }
    var tensors: [PlannedTensor] = []
    for entry in checkpoint.entries {
      guard let stored = checkpoint[entry.name], let tensor = Tensor(stored) else {
        throw ConversionError.input(
          folder, reason: "‘\(entry.name)’ has the type \(entry.elementType.rawValue)")
      }
      let type =
        tensor.dtype.isFloatingPoint
        ? try options.folderType(from: entry.elementType, output) : entry.elementType
      tensors.append(
        PlannedTensor(
          declaration: TensorDeclaration(entry.name, type, shape: entry.shape),
          parts: [{ tensor }]))
    }
    let name = ConversionOptions.typeName(of: tensors)
    let key = configuration["dtype"] != nil ? "dtype" : "torch_dtype"
    configuration[key] = .string(name)
    var summary = ConversionSummary()
    let writer = FolderWriter(
      folder: output, configuration: configuration, tensors: tensors,
      largestFile: options.largestFile)
    do { try copyRest(to: output) } catch { throw ModelError.file(reason: "\(error)") }
    try writer.write(&summary, progress)
    return summary
  }

  /// Copies the tokenizer, templates and settings.
  private func copyRest(to output: String) throws(FileError) {
    try createDirectories(output)
    for name in try listDirectory(folder) where Self.belongs(name) {
      try writeAtomically(output / name, readFile(folder / name))
    }
    let templates = "additional_chat_templates"
    guard isDirectory(folder / templates) else { return }
    try createDirectories(output / templates)
    for name in try listDirectory(folder / templates) where name.hasSuffix(".jinja") {
      try writeAtomically(output / templates / name, readFile(folder / templates / name))
    }
  }

  private static func belongs(_ name: String) -> Bool {
    if name == "config.json" || name.hasSuffix(".safetensors.index.json") { return false }
    return [".json", ".jinja", ".model", ".tiktoken", ".txt", ".md"].contains {
      name.hasSuffix($0)
    }
  }
}
