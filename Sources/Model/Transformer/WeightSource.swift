import Checkpoint
import Tensor

/// Where a model's weights are looked up by the names of its leaves.
protocol WeightSource {
  /// The file or folder.
  var path: String { get }
  /// The tensors of the files.
  var entries: [String] { get }
  /// The weight of a leaf, and which tensors of the files it is made of.
  func weight(_ name: String) -> FoundWeight?
}

/// What was found under a name.
struct FoundWeight {
  /// The weight; nil where its element type is not known to tensors.
  var tensor: Tensor?
  /// The element type's name, for errors.
  var type: String
  /// The tensors of the files that it comes from.
  var sources: [String]

  /// The weight unless it is of whole numbers or truth values, which mean nothing without scales that
  /// only the program that wrote them knows.
  var numbers: Tensor? {
    guard let tensor, tensor.dtype.isFloatingPoint || tensor.dtype.blockFormat != nil else {
      return nil
    }
    return tensor
  }
}

/// The weights of safetensors files.
struct StoredWeights: WeightSource {
  private let checkpoint: CheckpointReader
  private let base: String
  /// What is put before a leaf's name in place of `base`.
  private let prefix: String

  /// - Parameters:
  ///   - checkpoint: The files.
  ///   - base: What the names of the base model's weights begin with.
  init(_ checkpoint: CheckpointReader, base: String) {
    self.checkpoint = checkpoint
    self.base = base
    let names = checkpoint.entries.map(\.name)
    // The text part of a model that also sees goes by a longer prefix, a base model alone by none.
    let candidates = [base, "language_model." + base, base + "language_model.", ""]
    prefix = candidates.first { candidate in names.contains { $0.hasPrefix(candidate) } } ?? base
  }

  var path: String { checkpoint.path }
  var entries: [String] { checkpoint.entries.map(\.name) }

  func weight(_ name: String) -> FoundWeight? {
    let stored =
      name.hasPrefix(base) ? prefix + name.dropFirst(base.count) : name
    if let found = checkpoint[stored] {
      return FoundWeight(
        tensor: Tensor(found), type: found.info.elementType.rawValue, sources: [stored])
    }
    return expert(stored)
  }

  /// The matrix of one expert where the files hold those of all experts in one tensor:
  /// `experts.gate_up_proj` `[experts, 2 · inner, width]` and `experts.down_proj`.
  private func expert(_ name: String) -> FoundWeight? {
    var parts = name.split(separator: ".")
    guard parts.count > 3, parts.removeLast() == "weight", let matrix = parts.popLast(),
      let number = parts.popLast().flatMap({ Int($0) })
    else { return nil }
    let down = matrix == "down_proj" || matrix == "w2"
    let stacked = parts.joined(separator: ".") + (down ? ".down_proj" : ".gate_up_proj")
    guard let found = checkpoint[stacked] else { return nil }
    var result = FoundWeight(
      tensor: nil, type: found.info.elementType.rawValue, sources: [stacked])
    guard let all = Tensor(found), all.rank == 3, number < all.shape[0] else { return result }
    var one = all[number]
    if !down {
      let half = one.shape[0] / 2
      let isGate = matrix == "gate_proj" || matrix == "w1"
      one = one.narrowed(0, from: isGate ? 0 : half, length: half)
    }
    result.tensor = one
    return result
  }
}

extension TensorTree {
  /// Fills the leaves from a source, by name.
  ///
  /// Matrices keep the element type they are stored in; vectors become float32.
  /// - Throws: `CheckpointMismatch` with everything that does not fit.
  mutating func fill(from source: some WeightSource, ignoring: (String) -> Bool) throws {
    var unread = Set(source.entries)
    var missing: [String] = []
    var misshapen: [(String, Shape, Shape)] = []
    var unusable: [(String, String)] = []
    forEachTensor { name, leaf in
      guard let found = source.weight(name) else { return missing.append(name) }
      for entry in found.sources { unread.remove(entry) }
      guard let tensor = found.numbers else { return unusable.append((name, found.type)) }
      guard tensor.shape == leaf.shape else {
        return misshapen.append((name, leaf.shape, tensor.shape))
      }
      leaf = tensor.rank > 1 ? tensor : tensor.cast(to: .float32)
    }
    let unexpected = unread.filter { !ignoring($0) }.sorted()
    guard missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty && unusable.isEmpty else {
      throw CheckpointMismatch(
        checkpoint: source.path, missing: missing, unexpected: unexpected,
        misshapen: misshapen, unusable: unusable)
    }
  }
}
