import Tensor

/// A weight of a Hugging Face checkpoint and where a GGUF file has it.
struct WeightLink: Sendable {
  /// The name in the checkpoint; nil for a bias of zeros that only the file has.
  var name: String?
  /// The shape in the checkpoint.
  var shape: Shape
  /// The leaf's path in a model with the names of the file.
  var path: String
  /// The tensor of the file.
  var tensor: String
  /// Which part of the tensor it is, where the file has the weights of all experts in one.
  var expert: Int?
  /// How its values are changed.
  var change: WeightChange
}

extension Family {
  /// All weights of a model and where they are in a GGUF file, in the order of the blocks.
  ///
  /// - Parameter architecture: The model as its checkpoint describes it.
  func links(of architecture: Architecture, _ traits: GGUFTraits) -> [WeightLink] {
    var placeholder = WeightInitializer.placeholder
    var model = Transformer(architecture, names: names, using: &placeholder)
    let own = model.leaves
    model.names = traits.names
    var links: [WeightLink] = []
    for ((name, leaf), (path, _)) in zip(own, model.leaves) {
      guard let (tensor, expert) = WeightLink.place(path) else { continue }
      if architecture.head.transform != nil && tensor.hasPrefix("output.") { continue }
      let change = architecture.change(of: tensor, traits)
      links.append(
        WeightLink(
          name: name, shape: leaf.shape, path: path, tensor: tensor, expert: expert,
          change: change))
    }
    if architecture.head.isTied && traits.needsHead {
      let shape: Shape = [architecture.vocabularySize, architecture.width]
      links.append(
        WeightLink(
          name: names[.tokens] + ".weight", shape: shape, path: "output.weight",
          tensor: "output.weight", change: .none))
    }
    if traits.needsAttentionBias && !architecture.attention.hasInputBias {
      let attention = architecture.attention
      for layer in architecture.layers.indices {
        for (part, width) in [
          ("attn_qkv", attention.queryWidth + 2 * attention.keyWidth),
          ("attn_output", architecture.width),
        ] {
          let tensor = "blk.\(layer).\(part).bias"
          links.append(WeightLink(shape: [width], path: tensor, tensor: tensor, change: .none))
        }
      }
    }
    return links
  }
}

extension WeightLink {
  /// The tensor, and the part of it, in which a file has the leaf of this path; nil for leaves of
  /// the head of BERT, for which there is no place.
  static func place(_ path: String) -> (tensor: String, expert: Int?)? {
    var parts = path.split(separator: ".").map(String.init)
    if path.hasPrefix(Part.headDense.rawValue) || path.hasPrefix(Part.headNorm.rawValue) {
      return nil
    }
    // blk.0.exps.3.ffn_gate.weight, blk.0.shexp.ffn_gate.weight
    if parts.count == 6, parts[2] == "exps", let expert = Int(parts[3]) {
      parts.replaceSubrange(2...4, with: [parts[4] + "_exps"])
      return (parts.joined(separator: "."), expert)
    }
    if parts.count == 5, parts[2] == "shexp" {
      parts.replaceSubrange(2...3, with: [parts[3] + "_shexp"])
    }
    return (parts.joined(separator: "."), nil)
  }
}

extension Architecture {
  /// How the values of a tensor of a file lie other than in the checkpoint that this describes.
  func change(of tensor: String, _ traits: GGUFTraits) -> WeightChange {
    let module = tensor.split(separator: ".").dropLast().last.map(String.init) ?? ""
    let isBias = tensor.hasSuffix(".bias")
    if case .rms(_, let offset) = norm, offset == 1, module.hasSuffix("norm") { return .plusOne }
    switch module {
    case "attn_q" where traits.interleavesPairs: return .pairs(heads: attention.heads)
    case "attn_k" where traits.interleavesPairs: return .pairs(heads: attention.groups)
    case "attn_qkv" where attention.layout == .byHead: return .apart(heads: attention.heads)
    case "attn_qkv" where attention.isTransposed && !isBias,
      "attn_output" where attention.isTransposed && !isBias,
      "ffn_up" where feedForward.isTransposed && !isBias,
      "ffn_down" where feedForward.isTransposed && !isBias:
      return .transposed
    default: return .none
    }
  }
}
