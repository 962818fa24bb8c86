import Checkpoint
import Files
import GGUF
import JSON
import Tensor
import Tokenizer

/// A Hugging Face folder that becomes a GGUF file.
struct HuggingFaceToGGUF {
  private let folder: String
  private let options: ConversionOptions
  private let configuration: JSONObject
  private let architecture: Architecture
  private let traits: GGUFTraits
  private let weights: [(link: WeightLink, tensor: Tensor)]

  /// Looks at everything before anything is written.
  init(
    _ folder: String, _ checkpoint: CheckpointReader, _ options: ConversionOptions
  ) throws {
    self.folder = folder
    self.options = options
    let path = folder / "config.json"
    let (family, read, object) = try Transformer.described(
      by: Transformer.configuration(at: path), at: path, families: options.families)
    guard let name = family.ggufName else {
      throw ConversionError.input(
        folder, reason: "llama.cpp has no architecture for model_type ‘\(family.modelType)’")
    }
    configuration = object
    architecture = read
    traits = GGUFTraits(architecture: name)
    try read.checkSizes(against: checkpoint, at: path)
    weights = try family.weights(
      family.links(of: read, traits), of: read, in: checkpoint)
  }

  func write(
    to output: String, _ progress: (ConversionProgress) throws -> Void
  ) throws -> ConversionSummary {
    var summary = ConversionSummary()
    let described = ArchitectureMetadata(architecture, traits, configuration: configuration)
    guard described.problems.isEmpty else {
      throw ConversionError.unsayable(input: folder, problems: described.problems)
    }
    summary.notes = described.notes
    if architecture.head.transform != nil {
      summary.notes.append("the head for masked words is left out: llama.cpp has none")
    }
    let tensors = planned
    var metadata = GGUFEntries()
    metadata["general.architecture"] = .string(traits.architecture)
    metadata["general.type"] = .string("model")
    metadata.merge(SamplingMetadata.entries(of: folder))
    metadata.merge(identity(of: tensors).entries)
    metadata.merge(described.entries.entries)
    metadata["general.file_type"] = .uint32(GGUFTypes.fileType(of: tensors))
    metadata["general.quantization_version"] = .uint32(2)
    try writeTokenizer(into: &metadata, &summary)
    try GGUFModelWriter(
      path: output, metadata: metadata, tensors: tensors, largestFile: options.largestFile
    ).write(&summary, progress)
    return summary
  }

  /// What the names of the model and its size say.
  private func identity(of tensors: [PlannedTensor]) -> ModelIdentity {
    // The copy of a tied head and biases of zeros are in the file only.
    var names: Set<String> = []
    let added = weights.filter { weight in
      weight.link.name.map { !names.insert($0).inserted } ?? true
    }.map(\.link.tensor)
    let tensors = tensors.filter { !added.contains($0.name) }
    let parameters = tensors.reduce(0) { $0 + $1.declaration.shape.reduce(1, *) }
    var identity = ModelIdentity(
      configuration, folder: lastName(of: folder), parameters: parameters)
    identity.name = identity.name ?? lastName(of: folder)
    identity.sizeLabel = identity.sizeLabel ?? ModelIdentity.sizeLabel(of: tensors)
    return identity
  }

  private func writeTokenizer(
    into metadata: inout GGUFEntries, _ summary: inout ConversionSummary
  ) throws {
    let names = ["tokenizer.json", "tokenizer.model", "vocab.json", "vocab.txt", "tekken.json"]
    guard names.contains(where: { fileExists(folder / $0) }) else {
      summary.notes.append("the folder has no tokenizer, and so has the file")
      metadata["tokenizer.ggml.model"] = .string("none")
      metadata["\(traits.architecture).vocab_size"] = .uint32(architecture.vocabularySize)
      for (key, token) in [
        ("bos", architecture.beginToken), ("eos", architecture.endTokens.first),
        ("padding", architecture.padToken),
      ] {
        if let token { metadata["tokenizer.ggml.\(key)_token_id"] = .uint32(token) }
      }
      return
    }
    let tokenizer = try TextTokenizer(contentsOf: folder)
    var identifiers = GGUFTokenIdentifiers()
    identifiers.beginning = architecture.beginToken
    identifiers.end = architecture.endTokens.first
    identifiers.padding = architecture.padToken
    let (entries, notes) = try tokenizer.ggufEntries(
      path: folder, vocabularySize: architecture.vocabularySize, identifiers)
    metadata.merge(entries)
    summary.notes += notes
  }

  /// The tensors of the file, those of all experts of a layer as one.
  private var planned: [PlannedTensor] {
    let types = GGUFTypes(wished: options.type.elementType)
    var order: [String] = []
    var groups: [String: [(link: WeightLink, tensor: Tensor)]] = [:]
    for weight in weights {
      if groups[weight.link.tensor] == nil { order.append(weight.link.tensor) }
      groups[weight.link.tensor, default: []].append(weight)
    }
    var result = architecture.rotaryDivisors.map { name, values in
      PlannedTensor(
        declaration: TensorDeclaration(name, .float32, shape: [values.count]),
        parts: [{ Tensor(values, shape: [values.count]) }])
    }
    for name in order {
      guard let group = groups[name], let first = group.first else { continue }
      var shape = Array(first.tensor.shape)
      if first.link.change == .transposed { shape.reverse() }
      if first.link.expert != nil { shape.insert(group.count, at: 0) }
      let type = types.type(
        of: name, shape: shape, from: first.tensor.elementType,
        keepsRows: first.link.change.keepsRows)
      result.append(
        PlannedTensor(
          declaration: TensorDeclaration(name, type, shape: shape),
          parts: group.map { weight in { weight.link.change.toGGUF(weight.tensor) } }))
    }
    return result
  }
}

extension Family {
  /// The tensors of all links, in the mapped files.
  ///
  /// - Throws: `CheckpointMismatch` with everything that is missing, left over or of another shape.
  func weights(
    _ links: [WeightLink], of architecture: Architecture, in checkpoint: CheckpointReader
  ) throws -> [(link: WeightLink, tensor: Tensor)] {
    let source = StoredWeights(checkpoint, base: baseName)
    var unread = Set(source.entries)
    var missing: [String] = []
    var misshapen: [(String, Shape, Shape)] = []
    var unusable: [(String, String)] = []
    var result: [(link: WeightLink, tensor: Tensor)] = []
    for link in links {
      guard let name = link.name else {
        result.append((link, .zeros(link.shape)))
        continue
      }
      guard let found = source.weight(name) else {
        missing.append(name)
        continue
      }
      for entry in found.sources { unread.remove(entry) }
      guard let tensor = found.numbers else {
        unusable.append((name, found.type))
        continue
      }
      if tensor.shape == link.shape {
        result.append((link, tensor))
      } else {
        misshapen.append((name, link.shape, tensor.shape))
      }
    }
    let head = names[.head] + ".weight"
    let isTied = architecture.head.isTied
    let isEncoder = architecture.head.transform != nil
    let unexpected = unread.filter { name in
      !(ignores(name) || isTied && name == head || isEncoder && name.hasPrefix("cls."))
    }
    guard missing.isEmpty, unexpected.isEmpty, misshapen.isEmpty, unusable.isEmpty else {
      throw CheckpointMismatch(
        checkpoint: checkpoint.path, missing: missing, unexpected: unexpected.sorted(),
        misshapen: misshapen, unusable: unusable)
    }
    return result
  }
}
