package import GGUF

/// A GGUF file, or one part of a split one, as a source of tensors.
///
/// Shapes are row-major as everywhere, `[rows, columns]`: the reverse of what the file says. Open
/// files with ``CheckpointReader``, which finds the other parts of a split file.
public final class GGUFTensorFile: TensorSource {
  /// The path as it was opened.
  public let path: String
  /// The tensors in the order of their bytes in the file.
  public let entries: [TensorInfo]
  /// The texts, numbers and truth values of the metadata; arrays are left out.
  public let metadata: [String: String]
  /// The file with all that it says.
  package let file: GGUFFile

  private let positions: NameTable

  /// Checks that all tensors of `file` are of types that can be computed with.
  package init(_ file: GGUFFile) throws(CheckpointError) {
    var entries: [TensorInfo] = []
    var unusable: [String] = []
    for tensor in file.tensors.sorted(by: { $0.offset < $1.offset }) {
      guard let type = ElementType(tensor.type), let count = tensor.byteCount else {
        let type = tensor.type.layout?.name ?? "number \(tensor.type.rawValue)"
        unusable.append("‘\(tensor.name)’ (\(type))")
        continue
      }
      entries.append(
        TensorInfo(
          name: tensor.name, elementType: type, shape: tensor.shape.reversed(),
          byteRange: tensor.offset..<tensor.offset + count))
    }
    guard unusable.isEmpty else { throw .unreadableTypes(path: file.path, tensors: unusable) }
    var positions = NameTable()
    for (position, entry) in entries.enumerated() {
      _ = positions.insert(entry.name, at: position)
    }
    var metadata: [String: String] = [:]
    for (key, value) in file.metadata { metadata[key] = value.text }
    path = file.path
    self.file = file
    self.entries = entries
    self.metadata = metadata
    self.positions = positions
  }

  /// The tensor of that name, without copying it.
  public subscript(name: String) -> StoredTensor? {
    guard let position = positions[name] else { return nil }
    let entry = entries[position]
    return StoredTensor(
      info: entry, bytes: UnsafeRawBufferPointer(rebasing: file.bytes[entry.byteRange]),
      owner: file)
  }
}

extension GGUFTensorFile {
  /// The parts of the file at `path`, of which there is one unless it was split.
  static func parts(of path: String) throws(CheckpointError) -> [GGUFTensorFile] {
    let parts: GGUFParts
    do throws(GGUFPartsError) {
      parts = try GGUFParts(path)
    } catch {
      switch error {
      case .file(let error): throw CheckpointError(error)
      case .format, .inconsistent: throw .invalidGGUF(sentence: error.description)
      }
    }
    var sources: [GGUFTensorFile] = []
    for file in parts.files { sources.append(try GGUFTensorFile(file)) }
    return sources
  }
}

extension GGUFValue {
  /// The value as text; nil for arrays.
  fileprivate var text: String? {
    switch self {
    case .integer(let number, _): String(number)
    case .unsigned(let number): String(number)
    case .number(let number, .float32): Float(number).description
    case .number(let number, _): number.description
    case .bool(let value): value ? "true" : "false"
    case .string(let text): text
    case .array: nil
    }
  }
}

extension GGUFTensorDeclaration {
  /// The declaration of a tensor in a GGUF file; nil if the format has no such type.
  package init?(_ tensor: TensorDeclaration) {
    guard let type = tensor.elementType.ggufType else { return nil }
    self.init(name: tensor.name, shape: tensor.shape.reversed(), type: type)
  }
}

extension ElementType {
  /// The type of tensors that a GGUF file stores as `type`, if it is known and can be read.
  package init?(_ type: GGUFTensorType) {
    if let format = BlockFormat(rawValue: type.rawValue) {
      self = .blocks(format)
    } else if let plain = Self.plainGGUFTypes.first(where: { $0.number == type.rawValue }) {
      self = plain.type
    } else {
      return nil
    }
  }

  /// The type as which a GGUF file stores such tensors, if it has one.
  package var ggufType: GGUFTensorType? {
    if case .blocks(let format) = self { return format.type }
    return Self.plainGGUFTypes.first { $0.type == self }
      .map { GGUFTensorType(rawValue: $0.number) }
  }

  private static let plainGGUFTypes: [(number: UInt32, type: ElementType)] = [
    (0, .float32), (1, .float16), (24, .int8), (25, .int16), (26, .int32), (27, .int64),
    (28, .float64), (30, .bfloat16),
  ]
}
