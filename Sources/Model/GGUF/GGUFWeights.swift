import Checkpoint
import Tensor

/// The weights of a GGUF model, one expert at a time where the file has all of them in one tensor.
struct GGUFWeights: WeightSource {
  private let checkpoint: CheckpointReader

  init(_ checkpoint: CheckpointReader) { self.checkpoint = checkpoint }

  var path: String { checkpoint.path }
  var entries: [String] { checkpoint.entries.map(\.name) }

  func weight(_ name: String) -> FoundWeight? {
    if let found = checkpoint[name] {
      return FoundWeight(
        tensor: tensor(found), type: found.info.elementType.rawValue, sources: [name])
    }
    let parts = name.split(separator: ".").map(String.init)
    if parts.count == 6, parts[2] == "exps", let number = Int(parts[3]) {
      return expert(number, parts[4], prefix: "\(parts[0]).\(parts[1])")
    }
    if parts.count == 5, parts[2] == "shexp" {
      return weight("\(parts[0]).\(parts[1]).\(parts[3])_shexp.\(parts[4])")
    }
    return nil
  }

  /// The gate of a shared expert is stored as a vector, but is a matrix of one row.
  private func tensor(_ stored: StoredTensor) -> Tensor? {
    guard let tensor = Tensor(stored) else { return nil }
    let isGate = stored.info.name.hasSuffix(".ffn_gate_inp_shexp.weight")
    return isGate && tensor.rank == 1 ? tensor.unsqueezed(0) : tensor
  }

  private func expert(_ number: Int, _ matrix: String, prefix: String) -> FoundWeight? {
    let stacked = "\(prefix).\(matrix)_exps.weight"
    if let found = checkpoint[stacked] {
      var result = FoundWeight(
        tensor: nil, type: found.info.elementType.rawValue, sources: [stacked])
      if let all = Tensor(found), all.rank == 3, number < all.shape[0] {
        result.tensor = all[number]
      }
      return result
    }
    // Files from before experts were stacked.
    let single = "\(prefix).\(matrix).\(number).weight"
    return checkpoint[single].map {
      FoundWeight(
        tensor: Tensor($0), type: $0.info.elementType.rawValue, sources: [single])
    }
  }
}
