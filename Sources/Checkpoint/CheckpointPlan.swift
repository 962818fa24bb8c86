import Files

/// How the tensors of a model are spread over the files of a folder.
///
/// Up to `maximumShardByteCount` they go into `model.safetensors`; more are split, as by
/// huggingface_hub, into `model-00001-of-00003.safetensors` and so on with an index beside them.
public struct CheckpointPlan: Sendable {
  /// The files to write: the name of each, and what goes into it.
  public let shards: [(file: String, tensors: [TensorDeclaration])]

  /// Five gigabytes, above which transformers begins a new shard.
  public static let usualShardByteCount = 5_000_000_000

  /// Fills shards in the order of `tensors`; one larger than a shard gets a file of its own.
  public init(
    _ tensors: [TensorDeclaration], maximumShardByteCount limit: Int = Self.usualShardByteCount
  ) {
    precondition(limit > 0, "CheckpointPlan: shards of \(limit) bytes hold nothing")
    var groups: [[TensorDeclaration]] = []
    var open: [TensorDeclaration] = []
    var openByteCount = 0
    for tensor in tensors {
      if tensor.byteCount > limit {
        groups.append([tensor])
        continue
      }
      if tensor.byteCount > limit - openByteCount {
        groups.append(open)
        open = []
        openByteCount = 0
      }
      open.append(tensor)
      openByteCount += tensor.byteCount
    }
    if !open.isEmpty || groups.isEmpty { groups.append(open) }
    let count = groups.count
    shards = groups.enumerated().map { position, group in
      let file =
        count == 1
        ? "model.safetensors"
        : "model-\(fiveDigits(position + 1))-of-\(fiveDigits(count)).safetensors"
      return (file, group)
    }
  }

  /// The index of the shards; `nil` where one file holds everything.
  public var index: ShardIndex? {
    guard shards.count > 1 else { return nil }
    var table: [(tensor: String, shard: String)] = []
    for (file, tensors) in shards { table += tensors.map { ($0.name, file) } }
    let total = shards.reduce(0) { $0 + $1.tensors.reduce(0) { $0 + $1.byteCount } }
    return ShardIndex(shards: table, totalByteCount: total)
  }

  /// Writes the checkpoint into `folder`, which is made if need be.
  ///
  /// Each file replaces its predecessor atomically, the index comes last, and then the files of an
  /// earlier checkpoint that would be read instead, or never again, are removed. For a checkpoint
  /// that survives a crash whatever its number of shards, write to a new folder.
  ///
  /// - Parameters:
  ///   - folder: Where the files go.
  ///   - metadata: Strings for each file's header; transformers wants the format named.
  ///   - body: Called once for each tensor, in the order of the files, to `write` its bytes, whole
  ///     or in parts.
  public func write(
    to folder: String, metadata: [String: String] = ["format": "pt"],
    _ body: (
      _ tensor: TensorInfo,
      _ write: (UnsafeRawBufferPointer) throws(CheckpointError) -> Void
    ) throws -> Void
  ) throws {
    try checkNames(folder)
    try translatingFileErrors { () throws(FileError) in try createDirectories(folder) }
    for (file, tensors) in shards {
      var writer = try SafetensorsWriter(
        replacing: folder / file, tensors: tensors, metadata: metadata)
      for entry in writer.entries {
        var written = 0
        try body(entry) { bytes throws(CheckpointError) in
          written += bytes.count
          precondition(
            written <= entry.byteCount,
            "CheckpointPlan.write: ‘\(entry.name)’ has \(entry.byteCount) bytes, more were given")
          try writer.write(bytes)
        }
        precondition(
          written == entry.byteCount,
          "CheckpointPlan.write: ‘\(entry.name)’ has \(entry.byteCount) bytes, \(written) were given"
        )
      }
      try writer.finish()
    }
    try translatingFileErrors { () throws(FileError) in
      if let index {
        try writeAtomically(folder / ShardIndex.fileName, index.serialized)
      }
      try removeStaleFiles(in: folder)
    }
  }

  /// A name in two shards would pass each file's own check.
  private func checkNames(_ folder: String) throws(CheckpointError) {
    var names = NameTable()
    let repeated = shards.flatMap(\.tensors).map(\.name).filter { !names.insert($0, at: 0) }
    guard repeated.isEmpty else { throw .unwritableNames(path: folder, names: repeated) }
  }

  private func removeStaleFiles(in folder: String) throws(FileError) {
    var current = Set(shards.map(\.file))
    if index != nil { current.insert(ShardIndex.fileName) }
    for name in try listDirectory(folder)
    where !current.contains(name)
      && (name == "model.safetensors" || name == ShardIndex.fileName || isShardName(name))
    {
      try removeFile(folder / name, ifExists: true)
    }
  }

  /// Whether `name` is of the form `model-00001-of-00003.safetensors`.
  private func isShardName(_ name: String) -> Bool {
    let pattern = "model-#####-of-#####.safetensors"
    return name.utf8.count == pattern.utf8.count
      && zip(name.utf8, pattern.utf8).allSatisfy { byte, expected in
        expected == UInt8(ascii: "#")
          ? UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte : byte == expected
      }
  }
}

private func fiveDigits(_ number: Int) -> String {
  let digits = String(number)
  return String(repeating: "0", count: max(5 - digits.count, 0)) + digits
}
