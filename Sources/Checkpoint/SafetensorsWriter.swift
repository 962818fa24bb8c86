import Files
import JSON

/// Writes a safetensors file, one tensor after the other, without holding any of them.
///
/// The file equals, byte for byte, what the reference implementation writes: tensors sorted by the
/// rank of their element type, the most aligned first, then by name, and the header padded with
/// spaces to a multiple of eight. It appears under its name only when `finish()` has put all of it
/// on the disk.
///
/// ```swift
/// var writer = try SafetensorsWriter(replacing: path, tensors: declarations)
/// for entry in writer.entries { try writer.write(bytes(of: entry.name)) }
/// try writer.finish()
/// ```
public struct SafetensorsWriter: ~Copyable {
  /// The tensors in the order in which their bytes must be written.
  public let entries: [TensorInfo]
  private let byteCount: Int
  private var file: AtomicFile

  /// Begins the file with its header.
  ///
  /// - Parameters:
  ///   - path: The file that is written or replaced.
  ///   - tensors: All tensors of the file, in any order, each name once.
  ///   - metadata: Strings for the header's `__metadata__`, written in the order of their keys.
  public init(
    replacing path: String, tensors: [TensorDeclaration], metadata: [String: String] = [:]
  ) throws(CheckpointError) {
    let (header, entries) = try SafetensorsHeader.encoded(
      path: path, tensors: tensors, metadata: metadata)
    let file = try translatingFileErrors { () throws(FileError) in
      var file = try AtomicFile(replacing: path)
      try file.write(header)
      return file
    }
    self.file = file
    self.entries = entries
    byteCount = entries.last?.byteRange.upperBound ?? header.count
  }

  /// Appends the next bytes, a tensor, a part of one, or several, in the order of `entries`.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws(CheckpointError) {
    precondition(
      bytes.count <= byteCount - file.count,
      "SafetensorsWriter.write: \(bytes.count) bytes given, \(byteCount - file.count) declared")
    do throws(FileError) {
      try file.write(bytes)
    } catch {
      throw CheckpointError(error)
    }
  }

  /// Appends the next bytes.
  public mutating func write(_ bytes: [UInt8]) throws(CheckpointError) {
    precondition(
      bytes.count <= byteCount - file.count,
      "SafetensorsWriter.write: \(bytes.count) bytes given, \(byteCount - file.count) declared")
    do throws(FileError) {
      try file.write(bytes)
    } catch {
      throw CheckpointError(error)
    }
  }

  /// Puts the complete file in its place; without this call nothing changes on the disk.
  public consuming func finish() throws(CheckpointError) {
    precondition(
      file.count == byteCount,
      "SafetensorsWriter.finish: \(byteCount - file.count) declared bytes were not written")
    do throws(FileError) {
      try file.commit()
    } catch {
      throw CheckpointError(error)
    }
  }
}

extension SafetensorsHeader {
  /// The header's bytes, its length and padding included, and where each tensor goes.
  static func encoded(
    path: String, tensors: [TensorDeclaration], metadata: [String: String]
  ) throws(CheckpointError) -> (header: [UInt8], entries: [TensorInfo]) {
    var names = NameTable()
    let unwritable = tensors.indices.filter {
      tensors[$0].name == metadataKey || !names.insert(tensors[$0].name, at: $0)
    }
    guard unwritable.isEmpty else {
      throw .unwritableNames(path: path, names: unwritable.map { tensors[$0].name })
    }
    let blocks = tensors.filter { if case .blocks = $0.elementType { true } else { false } }
    guard blocks.isEmpty else {
      throw .unwritableTypes(
        path: path, tensors: blocks.map { "\(quoted($0.name)) (\($0.elementType.rawValue))" })
    }
    let rank = Dictionary(
      uniqueKeysWithValues: ElementType.plainTypes.enumerated().map { ($1, $0) })
    let sorted = tensors.sorted { left, right in
      left.elementType == right.elementType
        ? precedes(left.name, right.name) : rank[left.elementType]! > rank[right.elementType]!
    }
    var object = JSONObject()
    if !metadata.isEmpty {
      let pairs = metadata.sorted { precedes($0.key, $1.key) }
      object[metadataKey] = .object(JSONObject(pairs.map { ($0.key, .string($0.value)) }))
    }
    var offset = 0
    for tensor in sorted {
      let (end, overflow) = offset.addingReportingOverflow(tensor.byteCount)
      precondition(!overflow, "SafetensorsWriter: the tensors need more than \(Int.max) bytes")
      object[tensor.name] = [
        "dtype": .string(tensor.elementType.rawValue),
        "shape": .array(tensor.shape.map { .integer(Int64($0)) }),
        "data_offsets": [.integer(Int64(offset)), .integer(Int64(end))],
      ]
      offset = end
    }
    var text = JSONValue.object(object).serializedBytes()
    text.append(contentsOf: repeatElement(UInt8(ascii: " "), count: -text.count & 7))
    guard text.count <= maximumByteCount else {
      throw .headerTooLarge(path: path, byteCount: text.count)
    }
    let length = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
    var end = length.count + text.count
    let entries = sorted.map { tensor in
      let begin = end
      end += tensor.byteCount
      return TensorInfo(
        name: tensor.name, elementType: tensor.elementType, shape: tensor.shape,
        byteRange: begin..<end)
    }
    return (length + text, entries)
  }
}
