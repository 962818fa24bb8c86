import Files
import GGUF

/// All tensors of a checkpoint, in one file or in several, as one ordered table.
///
/// Nothing but headers is read when a checkpoint is opened; the tensors stay in mapped files.
public struct CheckpointReader: Sendable {
  /// The file or folder as it was opened.
  public let path: String
  /// The files, in the order of their names.
  public let sources: [any TensorSource]
  /// The tensors of all files, in the order of `sources` and of the bytes in each.
  public let entries: [TensorInfo]
  /// The metadata of all files; where they disagree the first one's is kept.
  public let metadata: [String: String]

  private let sourceOfName: NameTable

  /// Opens a safetensors file, an index of shards, a GGUF file, any part of a split GGUF file, or a
  /// folder with one of them.
  ///
  /// In a folder it looks for `model.safetensors`, for `model.safetensors.index.json`, for the only
  /// file that ends with `.safetensors`, and for the only one that ends with `.gguf`, in this order;
  /// the parts of a split file count as one. Every shard must be there and hold exactly the tensors
  /// that the index places in it; an error lists all that is amiss.
  public init(_ path: String) throws(CheckpointError) {
    let file = isDirectory(path) ? try Self.file(in: path) : path
    if file.hasSuffix(".json") {
      try self.init(path: path, sources: Self.shards(of: file))
    } else if try Self.isGGUF(file) {
      try self.init(path: path, sources: GGUFTensorFile.parts(of: file))
    } else {
      try self.init(path: path, sources: [SafetensorsFile(file)])
    }
  }

  private init(path: String, sources: [any TensorSource]) {
    var names = NameTable()
    var entries: [TensorInfo] = []
    var metadata: [String: String] = [:]
    for (position, source) in sources.enumerated() {
      for entry in source.entries { _ = names.insert(entry.name, at: position) }
      entries += source.entries
      metadata.merge(source.metadata) { first, _ in first }
    }
    self.path = path
    self.sources = sources
    self.entries = entries
    self.metadata = metadata
    sourceOfName = names
  }

  /// The tensor of that name, without copying it.
  public subscript(name: String) -> StoredTensor? {
    guard let position = sourceOfName[name] else { return nil }
    return sources[position][name]
  }

  /// The tensor of that name; throws `CheckpointError.missingTensor` if there is none.
  public func tensor(_ name: String) throws(CheckpointError) -> StoredTensor {
    guard let tensor = self[name] else { throw .missingTensor(path: path, name: name) }
    return tensor
  }

  /// The file to open in a folder.
  private static func file(in folder: String) throws(CheckpointError) -> String {
    let names = try translatingFileErrors { () throws(FileError) in try listDirectory(folder) }
    for name in ["model.safetensors", ShardIndex.fileName] where names.contains(name) {
      return folder / name
    }
    let candidates = names.filter { $0.hasSuffix(".safetensors") }
    if candidates.count == 1 { return folder / candidates[0] }
    if candidates.isEmpty, let file = onlyGGUF(of: names) { return folder / file }
    throw .noCheckpoint(folder: folder, found: names)
  }

  /// The only GGUF file among `names`, where the parts of a split one count as one.
  private static func onlyGGUF(of names: [String]) -> String? {
    let candidates = names.filter { $0.hasSuffix(".gguf") }
    guard let first = candidates.first else { return nil }
    let part = GGUFParts.partName(first)
    let belong = candidates.dropFirst().allSatisfy { name in
      guard let part, let other = GGUFParts.partName(name) else { return false }
      return other.prefix == part.prefix && other.count == part.count
    }
    return belong ? first : nil
  }

  /// Whether the file at `path` is called a GGUF file or begins like one.
  private static func isGGUF(_ path: String) throws(CheckpointError) -> Bool {
    if path.hasSuffix(".gguf") { return true }
    let mapping = try translatingFileErrors { () throws(FileError) in try MappedFile(path) }
    return mapping.withBytes { $0.prefix(4).elementsEqual(GGUFFile.magic) }
  }

  /// Opens the shards of the index at `path` and compares them with it.
  private static func shards(of path: String) throws(CheckpointError) -> [any TensorSource] {
    let index = try ShardIndex(path)
    var expected = NameTable()
    var tensors: [[String]] = []
    for (tensor, shard) in index.shards {
      if expected.insert(shard, at: tensors.count) { tensors.append([]) }
      tensors[expected[shard]!].append(tensor)
    }
    var problems: [ShardProblem] = []
    var sources: [any TensorSource] = []
    for shard in index.shardNames {
      guard ShardIndex.isLegal(shard) else {
        problems.append(.illegalName(shard: shard))
        continue
      }
      do throws(CheckpointError) {
        let source = try SafetensorsFile(folder(of: path) / shard)
        problems += disagreements(of: source, named: shard, with: tensors[expected[shard]!])
        sources.append(source)
      } catch {
        problems.append(.missingShard(shard: shard, reason: error.description))
      }
    }
    guard problems.isEmpty else { throw .inconsistentIndex(path: path, problems: problems) }
    return sources
  }

  private static func disagreements(
    of source: SafetensorsFile, named shard: String, with tensors: [String]
  ) -> [ShardProblem] {
    var listed = NameTable()
    var problems: [ShardProblem] = []
    for name in tensors {
      _ = listed.insert(name, at: 0)
      if source[name] == nil { problems.append(.missingTensor(name: name, shard: shard)) }
    }
    for entry in source.entries where listed[entry.name] == nil {
      problems.append(.unlistedTensor(name: entry.name, shard: shard))
    }
    return problems
  }
}
