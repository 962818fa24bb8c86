public import Checkpoint

/// A checkpoint whose tensors are not those of the tree it was to fill: everything that is wrong, at
/// once.
public struct CheckpointMismatch: Error, Sendable, CustomStringConvertible {
  /// The checkpoint's path.
  public let checkpoint: String
  /// Leaves the checkpoint does not have.
  public let missing: [String]
  /// Tensors the tree does not have.
  public let unexpected: [String]
  /// Tensors of another shape: name, the tree's shape, the checkpoint's.
  public let misshapen: [(name: String, expected: Shape, found: Shape)]
  /// Tensors of an element type that cannot be computed with: name and type.
  public let unusable: [(name: String, type: String)]

  /// The differences between a tree and a checkpoint.
  package init(
    checkpoint: String, missing: [String], unexpected: [String],
    misshapen: [(name: String, expected: Shape, found: Shape)],
    unusable: [(name: String, type: String)]
  ) {
    self.checkpoint = checkpoint
    self.missing = missing
    self.unexpected = unexpected
    self.misshapen = misshapen
    self.unusable = unusable
  }

  /// A sentence for each kind of difference, with all names.
  public var description: String {
    var parts: [String] = []
    if !missing.isEmpty { parts.append("it lacks " + missing.joined(separator: ", ")) }
    if !unexpected.isEmpty {
      parts.append("the model has no place for " + unexpected.joined(separator: ", "))
    }
    for (name, expected, found) in misshapen {
      parts.append("\(name) has shape \(found) where the model needs \(expected)")
    }
    for (name, type) in unusable {
      parts.append("\(name) has the element type \(type), which cannot be computed with")
    }
    return "The checkpoint ‘\(checkpoint)’ does not fit the model: "
      + parts.joined(separator: "; ")
      + ". Check that it belongs to this configuration."
  }
}

extension TensorTree {
  /// Fills the leaves from a checkpoint, by name.
  ///
  /// Tensors of the leaf's own type stay in the mapped file until they are written; others are
  /// converted. Quantized blocks of two and more axes stay what they are, in the mapped file, unless
  /// `keepsBlocks` is false for them: such leaves serve as weights of `linear` and `embedding`.
  ///
  /// - Parameters:
  ///   - checkpoint: Where the tensors are.
  ///   - prefix: What stands before each path in the checkpoint.
  ///   - rename: The name under which a leaf is looked up, for checkpoints with other names.
  ///   - ignoring: Names in the checkpoint that need no place in the tree.
  ///   - keepsBlocks: Whether the leaf of this path may become quantized blocks if it is stored so;
  ///     otherwise it is dequantized.
  /// - Throws: ``CheckpointMismatch`` with all that is missing, unexpected or of another shape; the
  ///   tree is then unchanged.
  public mutating func load(
    from checkpoint: CheckpointReader, prefix: String = "",
    renaming rename: (String) -> String = { $0 },
    ignoring: (String) -> Bool = { _ in false },
    keepsBlocks: (String) -> Bool = { _ in true }
  ) throws {
    var unread = Set(checkpoint.entries.map(\.name).filter { $0.hasPrefix(prefix) })
    var missing: [String] = []
    var misshapen: [(String, Shape, Shape)] = []
    var unusable: [(String, String)] = []
    var filled = self
    filled.forEachTensor { path, leaf in
      let name = prefix + rename(path)
      guard let stored = checkpoint[name] else { return missing.append(name) }
      unread.remove(name)
      guard let tensor = Tensor(stored) else {
        let axes = stored.info.shape.count
        let type = stored.info.elementType.rawValue
        return unusable.append((name, axes > Shape.largestRank ? "\(type) on \(axes) axes" : type))
      }
      guard tensor.shape == leaf.shape else {
        return misshapen.append((name, leaf.shape, tensor.shape))
      }
      leaf = tensor.fitting(leaf, keepsBlocks: keepsBlocks(path))
    }
    let unexpected = unread.filter { !ignoring($0) }.sorted()
    guard missing.isEmpty && unexpected.isEmpty && misshapen.isEmpty && unusable.isEmpty else {
      throw CheckpointMismatch(
        checkpoint: checkpoint.path, missing: missing, unexpected: unexpected,
        misshapen: misshapen, unusable: unusable)
    }
    self = filled
  }

  /// Writes the leaves to one safetensors file, replacing it atomically.
  ///
  /// Quantized blocks, for which the format has no type, are written as the float32 they stand for.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - metadata: What is written beside the tensors; Hugging Face wants `["format": "pt"]`.
  public func save(to path: String, metadata: [String: String] = ["format": "pt"]) throws {
    try saveTensors(leaves.map { ($0.path, $0.tensor) }, to: path, metadata: metadata)
  }
}

/// Writes named tensors to one safetensors file, replacing it atomically; quantized blocks as the
/// float32 they stand for.
public func saveTensors(
  _ tensors: [(name: String, tensor: Tensor)], to path: String,
  metadata: [String: String] = ["format": "pt"]
) throws {
  var byName: [String: Tensor] = [:]
  for (name, tensor) in tensors { byName[name] = tensor }
  var writer = try SafetensorsWriter(
    replacing: path,
    tensors: tensors.map {
      TensorDeclaration(
        $0.name, $0.tensor.dtype.blockFormat == nil ? $0.tensor.elementType : .float32,
        shape: Array($0.tensor.shape))
    },
    metadata: metadata)
  for entry in writer.entries {
    guard var tensor = byName[entry.name] else { continue }
    if tensor.dtype.blockFormat != nil { tensor = tensor.cast(to: .float32) }
    try tensor.withStoredBytes { try writer.write($0) }
  }
  try writer.finish()
}

extension Tensor {
  /// A stored tensor, in the mapped file where its alignment allows, otherwise copied; nil where its
  /// element type cannot be computed with, or it has more than ``Shape/largestRank`` axes.
  public init?(_ stored: StoredTensor) {
    guard let dtype = DType(stored.info.elementType),
      stored.info.shape.count <= Shape.largestRank
    else { return nil }
    let shape = Shape(stored.info.shape)
    if stored.isAligned {
      self.init(borrowing: stored.bytes, shape: shape, dtype: dtype, owner: stored.owner)
    } else {
      self.init(bytes: stored.bytes, shape: shape, dtype: dtype)
    }
  }

  /// The tensor as it takes the place of `leaf`.
  fileprivate func fitting(_ leaf: Tensor, keepsBlocks: Bool) -> Tensor {
    // A leaf that is blocks already shows no type that plain tensors should have.
    if leaf.dtype.blockFormat != nil && (dtype.blockFormat == nil || keepsBlocks) { return self }
    if dtype.blockFormat != nil && keepsBlocks && rank > 1 { return self }
    return cast(to: leaf.dtype.blockFormat == nil ? leaf.dtype : .float32)
  }

  /// Calls `body` with the bytes that checkpoints store: row-major elements, or rows of blocks.
  package func withStoredBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let rows = (dtype.blockFormat == nil ? detached() : blockBytes).contiguous()
    defer { withExtendedLifetime(rows) {} }
    return try body(UnsafeRawBufferPointer(start: rows.base, count: rows.byteCount))
  }

  /// The element type under which checkpoints store this tensor.
  package var elementType: ElementType {
    switch dtype {
    case .bool: .bool
    case .uint8: .uint8
    case .int8: .int8
    case .int16: .int16
    case .int32: .int32
    case .int64: .int64
    case .float16: .float16
    case .bfloat16: .bfloat16
    case .float32: .float32
    case .float64: .float64
    case .blocks(let format): .blocks(format)
    }
  }
}

extension DType {
  /// The type of tensors that a checkpoint stores as `stored`, if they can be computed with.
  package init?(_ stored: ElementType) {
    switch stored {
    case .bool: self = .bool
    case .uint8: self = .uint8
    case .int8: self = .int8
    case .int16: self = .int16
    case .int32: self = .int32
    case .int64: self = .int64
    case .float16: self = .float16
    case .bfloat16: self = .bfloat16
    case .float32: self = .float32
    case .float64: self = .float64
    case .blocks(let format): self = .blocks(format)
    default: return nil
    }
  }
}
