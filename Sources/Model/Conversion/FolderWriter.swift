import Checkpoint
import Files
import JSON
import Tensor

/// Writes a Hugging Face folder: weights first, `config.json` last, so that a folder with it is whole.
struct FolderWriter {
  /// The folder.
  var folder: String
  /// `config.json`.
  var configuration: JSONObject
  /// The tensors in their order.
  var tensors: [PlannedTensor]
  /// The bytes of a shard at most.
  var largestFile: Int?

  func write(
    _ summary: inout ConversionSummary, _ progress: (ConversionProgress) throws -> Void
  ) throws {
    var byName: [String: PlannedTensor] = [:]
    for tensor in tensors { byName[tensor.name] = tensor }
    let total = tensors.reduce(0) { $0 + $1.declaration.byteCount }
    let plan = CheckpointPlan(
      tensors.map(\.declaration),
      maximumShardByteCount: largestFile ?? CheckpointPlan.usualShardByteCount)
    try plan.write(to: folder) { entry, write in
      try byName[entry.name]?.withBytes { try write($0) }
      summary.tensors += 1
      summary.bytes += entry.byteCount
      try progress(
        ConversionProgress(
          tensor: entry.name, written: summary.tensors, total: tensors.count,
          bytes: summary.bytes, totalBytes: total))
    }
    summary.files += plan.shards.map { folder / $0.file }
    try write("config.json", configuration)
    summary.files.append(folder / "config.json")
  }

  /// Writes a small file of the folder.
  func write(_ name: String, _ object: JSONObject) throws {
    do {
      try createDirectories(folder)
      try writeAtomically(
        folder / name, JSONValue.object(object).serialized(pretty: true) + "\n")
    } catch { throw ModelError.file(reason: "\(error)") }
  }
}

extension ConversionOptions {
  /// The type of the matrices of a folder.
  func folderType(from source: ElementType, _ output: String) throws -> ElementType {
    switch type.elementType {
    case .blocks?: throw ConversionError.type(type.rawValue, output: output)
    case let plain?: return plain
    case nil:
      if case .blocks = source { return .float32 }
      return source
    }
  }

  /// The name that `config.json` gives the type of most of the elements.
  static func typeName(of tensors: [PlannedTensor]) -> String {
    var sizes: [ElementType: Int] = [:]
    for tensor in tensors {
      sizes[tensor.declaration.elementType, default: 0] += tensor.declaration.byteCount
    }
    switch sizes.max(by: { $0.value < $1.value })?.key {
    case .float16?: return "float16"
    case .bfloat16?: return "bfloat16"
    case .float64?: return "float64"
    default: return "float32"
    }
  }
}
