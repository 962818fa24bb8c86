import Checkpoint
import Files
import GGUF

/// Writes a GGUF model to one file, or to several that llama.cpp reads as one.
struct GGUFModelWriter {
  /// The file; several get names such as `name-00001-of-00003.gguf` from it.
  var path: String
  /// All metadata but what says that the model is split.
  var metadata: GGUFEntries
  /// The tensors in their order.
  var tensors: [PlannedTensor]
  /// The bytes of tensors in a file at most.
  var largestFile: Int?

  /// The tensors of each file.
  private var groups: [[PlannedTensor]] {
    guard let largestFile else { return [tensors] }
    var groups: [[PlannedTensor]] = [[]]
    var size = 0
    for tensor in tensors {
      let bytes = tensor.declaration.byteCount
      if size > 0 && size + bytes > largestFile {
        groups.append([])
        size = 0
      }
      groups[groups.count - 1].append(tensor)
      size += bytes
    }
    return groups
  }

  /// The names of the files that will be written.
  var paths: [String] { Self.paths(path, groups.count) }

  private static func paths(_ path: String, _ count: Int) -> [String] {
    if count == 1 { return [path] }
    let stem =
      GGUFParts.partName(path)?.prefix ?? (path.hasSuffix(".gguf") ? String(path.dropLast(5)) : path)
    return (1...count).map { stem + GGUFParts.partSuffix($0, of: count) }
  }

  /// Writes the files, each replaced atomically; where one fails, those before it are removed.
  func write(
    _ summary: inout ConversionSummary, _ progress: (ConversionProgress) throws -> Void
  ) throws {
    let groups = groups
    let total = tensors.reduce(0) { $0 + $1.declaration.byteCount }
    do {
      for (index, group) in groups.enumerated() {
        let file = Self.paths(path, groups.count)[index]
        var entries = index == 0 ? metadata : GGUFEntries()
        if groups.count > 1 {
          entries["split.no"] = .value(.integer(Int64(index), .uint16))
          entries["split.count"] = .value(.integer(Int64(groups.count), .uint16))
          entries["split.tensors.count"] = .value(.integer(Int64(tensors.count), .int32))
        }
        try write(group, entries, to: file, total: total, &summary, progress)
        summary.files.append(file)
      }
    } catch {
      for file in summary.files { try? removeFile(file, ifExists: true) }
      throw error
    }
  }

  private func write(
    _ group: [PlannedTensor], _ entries: GGUFEntries, to file: String, total: Int,
    _ summary: inout ConversionSummary, _ progress: (ConversionProgress) throws -> Void
  ) throws {
    let declarations = group.compactMap { GGUFTensorDeclaration($0.declaration) }
    precondition(declarations.count == group.count, "GGUFModelWriter: a type that GGUF lacks")
    var writer = try GGUFWriter(
      replacing: file, metadata: entries.entries, tensors: declarations)
    for tensor in group {
      try tensor.withBytes { try writer.write($0) }
      summary.tensors += 1
      summary.bytes += tensor.declaration.byteCount
      try progress(
        ConversionProgress(
          tensor: tensor.name, written: summary.tensors, total: tensors.count,
          bytes: summary.bytes, totalBytes: total))
    }
    try writer.finish()
  }
}
