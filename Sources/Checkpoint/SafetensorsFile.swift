import Files

/// A safetensors file, mapped into memory and checked.
///
/// ```swift
/// let file = try SafetensorsFile("model.safetensors")
/// for entry in file.entries { print(entry.name, entry.elementType, entry.shape) }
/// let weight = try file.tensor("lm_head.weight")
/// ```
public final class SafetensorsFile: TensorSource {
  /// The path as it was opened.
  public let path: String
  /// The tensors in the order of their bytes in the file.
  public let entries: [TensorInfo]
  /// The strings under `__metadata__`.
  public let metadata: [String: String]

  private let mapping: MappedFile
  private let positions: NameTable

  /// Opens the file and checks its whole header; no tensor is read yet.
  ///
  /// Throws `CheckpointError` with every fault found.
  public init(_ path: String) throws(CheckpointError) {
    let mapping = try translatingFileErrors { () throws(FileError) in try MappedFile(path) }
    let header: SafetensorsHeader
    do throws(SafetensorsFaults) {
      header = try mapping.withBytes { bytes throws(SafetensorsFaults) in
        try SafetensorsHeader(of: bytes)
      }
    } catch {
      throw .invalidSafetensors(path: path, faults: error.faults)
    }
    var positions = NameTable()
    for (position, entry) in header.entries.enumerated() {
      _ = positions.insert(entry.name, at: position)
    }
    self.path = path
    self.mapping = mapping
    self.positions = positions
    entries = header.entries
    metadata = header.metadata
  }

  /// The tensor of that name, without copying it.
  public subscript(name: String) -> StoredTensor? {
    guard let position = positions[name] else { return nil }
    let entry = entries[position]
    return StoredTensor(
      info: entry, bytes: UnsafeRawBufferPointer(rebasing: mapping.bytes[entry.byteRange]),
      owner: mapping)
  }
}

extension TensorSource {
  /// The tensor of that name; throws `CheckpointError.missingTensor` if there is none.
  public func tensor(_ name: String) throws(CheckpointError) -> StoredTensor {
    guard let tensor = self[name] else { throw .missingTensor(path: path, name: name) }
    return tensor
  }
}
