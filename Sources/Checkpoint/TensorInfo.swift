import JSON

/// What a file says about one of its tensors.
public struct TensorInfo: Sendable, Hashable {
  /// The name, such as `model.layers.0.mlp.up_proj.weight`.
  public let name: String
  /// How the elements are encoded.
  public let elementType: ElementType
  /// The extents, outermost first; empty for a single number.
  public let shape: [Int]
  /// Where the bytes are, counted from the beginning of the file.
  public let byteRange: Range<Int>

  /// The number of bytes in the file.
  public var byteCount: Int { byteRange.count }
  /// The number of elements.
  public var elementCount: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }

  /// Compares names by their bytes, as files do; Swift would call some different names equal.
  public static func == (left: TensorInfo, right: TensorInfo) -> Bool {
    haveSameBytes(left.name, right.name) && left.elementType == right.elementType
      && left.shape == right.shape && left.byteRange == right.byteRange
  }

  /// Feeds what all equal descriptions share.
  public func hash(into hasher: inout Hasher) {
    hashBytes(of: name, into: &hasher)
    hasher.combine(byteRange)
  }
}

/// A tensor to be written, before its place in the file is known.
public struct TensorDeclaration: Sendable, Hashable {
  /// The name, unique in the checkpoint.
  public let name: String
  /// How the elements are encoded.
  public let elementType: ElementType
  /// The extents, outermost first; empty for a single number.
  public let shape: [Int]
  /// The bytes it takes.
  public let byteCount: Int

  /// Declares a tensor; the elements must fill whole bytes.
  public init(_ name: String, _ elementType: ElementType, shape: [Int]) {
    guard let byteCount = elementType.byteCount(ofShape: shape) else {
      preconditionFailure(
        "TensorDeclaration: ‘\(name)’ cannot have shape \(shape) of \(elementType.rawValue)")
    }
    self.name = name
    self.elementType = elementType
    self.shape = shape
    self.byteCount = byteCount
  }
}

/// Positions by name, where names are the same only if their bytes are.
struct NameTable: Sendable {
  private struct Key: Hashable {
    let name: String
    static func == (left: Key, right: Key) -> Bool { haveSameBytes(left.name, right.name) }
    func hash(into hasher: inout Hasher) { hashBytes(of: name, into: &hasher) }
  }

  private var positions: [Key: Int] = [:]

  /// Enters `name`, or returns false if it is there already.
  mutating func insert(_ name: String, at position: Int) -> Bool {
    let inserted = positions[Key(name: name)] == nil
    if inserted { positions[Key(name: name)] = position }
    return inserted
  }

  subscript(name: String) -> Int? { positions[Key(name: name)] }
}

/// Whether `left` comes before `right` in the order of their bytes.
func precedes(_ left: String, _ right: String) -> Bool {
  left.utf8.lexicographicallyPrecedes(right.utf8)
}
