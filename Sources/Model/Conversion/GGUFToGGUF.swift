import Checkpoint
import GGUF
import Tensor

/// A GGUF file that becomes another, with other types or other parts.
struct GGUFToGGUF {
  private let metadata: GGUFEntries
  private let tensors: [PlannedTensor]
  private let options: ConversionOptions

  init(
    _ path: String, _ checkpoint: CheckpointReader, _ options: ConversionOptions
  ) throws {
    guard let first = checkpoint.sources.first as? GGUFTensorFile else {
      throw ConversionError.input(path, reason: "it is not a GGUF file")
    }
    self.options = options
    let types = GGUFTypes(wished: options.type.elementType)
    var tensors: [PlannedTensor] = []
    var requantized: [String] = []
    for entry in checkpoint.entries {
      guard let stored = checkpoint[entry.name], let tensor = Tensor(stored) else {
        throw ConversionError.input(
          path, reason: "‘\(entry.name)’ has a type that cannot be computed with")
      }
      var type = entry.elementType
      if options.type != .automatic && !GGUFTypes.isPlain(entry.name, rank: entry.shape.count) {
        type = types.type(of: entry.name, shape: entry.shape, from: type)
      }
      if case .blocks = type, case .blocks = entry.elementType, type != entry.elementType {
        requantized.append("\(entry.name): \(entry.elementType.rawValue)")
      }
      tensors.append(
        PlannedTensor(
          declaration: TensorDeclaration(entry.name, type, shape: entry.shape),
          parts: [{ tensor }]))
    }
    guard requantized.isEmpty || options.allowsRequantizing else {
      throw ConversionError.requantizes(input: path, tensors: requantized)
    }
    var metadata = GGUFEntries()
    metadata.merge(first.file.storedMetadata.filter { !$0.key.hasPrefix("split.") })
    if options.type != .automatic {
      metadata["general.file_type"] = .uint32(GGUFTypes.fileType(of: tensors))
      metadata["general.quantization_version"] = .uint32(2)
    }
    self.metadata = metadata
    self.tensors = tensors
  }

  func write(
    to output: String, _ progress: (ConversionProgress) throws -> Void
  ) throws -> ConversionSummary {
    var summary = ConversionSummary()
    try GGUFModelWriter(
      path: output, metadata: metadata, tensors: tensors, largestFile: options.largestFile
    ).write(&summary, progress)
    return summary
  }
}
