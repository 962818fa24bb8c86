import Checkpoint
import Files
import GGUF
import JSON
import Tensor
import Tokenizer

/// A GGUF file that becomes a Hugging Face folder.
struct GGUFToHuggingFace {
  private let path: String
  private let options: ConversionOptions
  private let file: GGUFFile
  private let configuration: JSONObject
  private let weights: [(link: WeightLink, tensor: Tensor)]

  init(
    _ path: String, _ checkpoint: CheckpointReader, _ options: ConversionOptions
  ) throws {
    guard let first = checkpoint.sources.first as? GGUFTensorFile else {
      throw ConversionError.input(path, reason: "it is not a GGUF file")
    }
    self.path = path
    self.options = options
    file = first.file
    let metadata = try GGUFMetadata(first.file)
    let traits = GGUFTraits(architecture: metadata.architecture)
    var object = try GGUFConfiguration(metadata, checkpoint).object
    // Architectures that need a head have a copy of a tied one.
    if traits.needsHead, checkpoint.isSame("output.weight", as: "token_embd.weight") {
      object["tie_word_embeddings"] = true
    }
    let (family, architecture, _) = try Transformer.described(
      by: .object(object), at: path, families: options.families)
    try architecture.checkSizes(against: checkpoint, at: path)
    configuration = HuggingFaceConfiguration.complete(object, family)
    weights = try Self.weights(
      family.links(of: architecture, traits), architecture, in: checkpoint)
  }

  func write(
    to output: String, _ progress: (ConversionProgress) throws -> Void
  ) throws -> ConversionSummary {
    var summary = ConversionSummary()
    var tensors: [PlannedTensor] = []
    var names: Set<String> = []
    for (link, tensor) in weights {
      // A tied head is a copy of the embedding where an architecture wants one.
      guard let name = link.name, names.insert(name).inserted else { continue }
      let type = try options.folderType(from: tensor.elementType, output)
      tensors.append(
        PlannedTensor(
          declaration: TensorDeclaration(name, type, shape: Array(link.shape)),
          parts: [{ link.change.toHuggingFace(tensor) }]))
    }
    var configuration = configuration
    configuration["torch_dtype"] = .string(ConversionOptions.typeName(of: tensors))
    let writer = FolderWriter(
      folder: output, configuration: configuration, tensors: tensors,
      largestFile: options.largestFile)
    try writeTokenizer(to: output, &summary)
    try writer.write(
      "generation_config.json", SamplingMetadata.configuration(of: file, configuration))
    summary.files.append(output / "generation_config.json")
    try writer.write(&summary, progress)
    return summary
  }

  private func writeTokenizer(to output: String, _ summary: inout ConversionSummary) throws {
    let model = file["tokenizer.ggml.model"]?.string
    guard let model, model != "none", model != "no_vocab" else {
      summary.notes.append("the file has no tokenizer, and so has the folder")
      return
    }
    try TextTokenizer(contentsOf: file.path).save(to: output)
    // The tokenizer.json that the model had, if the file carries it, says more.
    if let json = file["tokenizer.huggingface.json"]?.string {
      let bytes = Array(json.utf8)
      _ = try TextTokenizer(parsing: bytes, name: "tokenizer.huggingface.json")
      do { try writeAtomically(output / "tokenizer.json", bytes) } catch {
        throw ModelError.file(reason: "\(error)")
      }
    }
    summary.files += [output / "tokenizer.json", output / "tokenizer_config.json"]
  }

  /// The tensors of all links, in the mapped file.
  private static func weights(
    _ links: [WeightLink], _ architecture: Architecture, in checkpoint: CheckpointReader
  ) throws -> [(link: WeightLink, tensor: Tensor)] {
    let source = GGUFWeights(checkpoint)
    var unread = Set(source.entries)
    var missing: [String] = []
    var misshapen: [(String, Shape, Shape)] = []
    var result: [(link: WeightLink, tensor: Tensor)] = []
    for link in links {
      guard let found = source.weight(link.path), let tensor = found.tensor else {
        missing.append(link.tensor)
        continue
      }
      for entry in found.sources { unread.remove(entry) }
      let shape: Shape = link.change == .transposed ? Shape(link.shape.reversed()) : link.shape
      if tensor.shape == shape {
        result.append((link, tensor))
      } else {
        misshapen.append((link.path, shape, tensor.shape))
      }
    }
    let unexpected = unread.filter {
      !$0.hasPrefix("rope_f") && !$0.hasSuffix(".attn_rot_embd") && !$0.hasPrefix("cls")
        && !$0.hasSuffix(".rope_freqs.weight")
    }
    guard missing.isEmpty, unexpected.isEmpty, misshapen.isEmpty else {
      throw CheckpointMismatch(
        checkpoint: checkpoint.path, missing: missing, unexpected: unexpected.sorted(),
        misshapen: misshapen, unusable: [])
    }
    return result
  }
}

extension CheckpointReader {
  /// Whether two tensors have the same type, shape and bytes.
  fileprivate func isSame(_ name: String, as other: String) -> Bool {
    guard let one = self[name], let two = self[other],
      one.info.elementType == two.info.elementType, one.info.shape == two.info.shape
    else { return false }
    return one.withUnsafeBytes { left in
      two.withUnsafeBytes { right in left.elementsEqual(right) }
    }
  }
}
