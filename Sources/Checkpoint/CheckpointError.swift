import Files
import JSON

/// Why a checkpoint could not be read or written.
public enum CheckpointError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The system refused; the sentence says what was tried.
  case inaccessible(sentence: String)
  /// A file is not the safetensors file it claims to be.
  case invalidSafetensors(path: String, faults: [SafetensorsFault])
  /// A file is not the GGUF file it claims to be, or the parts of one do not fit together.
  case invalidGGUF(sentence: String)
  /// Tensors of types that are not known.
  case unreadableTypes(path: String, tensors: [String])
  /// An index is not an object with a `weight_map` of strings.
  case malformedIndex(path: String, reason: String)
  /// An index and its shards contradict each other.
  case inconsistentIndex(path: String, problems: [ShardProblem])
  /// A folder has no tensors where they are looked for.
  case noCheckpoint(folder: String, found: [String])
  /// A checkpoint has no tensor of that name.
  case missingTensor(path: String, name: String)
  /// Names that cannot be written: repeated, or reserved by the format.
  case unwritableNames(path: String, names: [String])
  /// Tensors of types that the format to be written does not have.
  case unwritableTypes(path: String, tensors: [String])
  /// A header would be longer than readers accept.
  case headerTooLarge(path: String, byteCount: Int)

  /// A sentence that says which file, what was expected and what to do.
  public var description: String {
    switch self {
    case .inaccessible(let sentence): sentence
    case .invalidSafetensors(let path, let faults):
      "‘\(path)’ is not a valid safetensors file: \(listed(faults.lazy.map(\.description)))"
    case .invalidGGUF(let sentence): sentence
    case .unreadableTypes(let path, let tensors):
      "‘\(path)’ has tensors of types that cannot be read: "
        + listed(tensors, separator: ", ") + "; convert them with the program that wrote the file"
    case .malformedIndex(let path, let reason):
      "‘\(path)’ is not an index of safetensors files: \(reason)"
    case .inconsistentIndex(let path, let problems):
      "‘\(path)’ does not agree with its shards: \(listed(problems.lazy.map(\.description)))"
    case .noCheckpoint(let folder, let found):
      "‘\(folder)’ has neither model.safetensors nor model.safetensors.index.json nor exactly one "
        + "other .safetensors file, nor exactly one .gguf file; "
        + (found.isEmpty
          ? "it is empty" : "it has \(listed(found.lazy.map(quoted), separator: ", "))")
        + (found.contains { $0.hasSuffix(".bin") || $0.hasSuffix(".pth") }
          ? "; convert PyTorch's pickled files to safetensors first" : "")
    case .missingTensor(let path, let name): "‘\(path)’ has no tensor named \(quoted(name))"
    case .unwritableNames(let path, let names):
      "cannot write ‘\(path)’: these tensor names are repeated or reserved: "
        + listed(names.lazy.map(quoted), separator: ", ")
    case .unwritableTypes(let path, let tensors):
      "cannot write ‘\(path)’: its format has no place for the types of these tensors: "
        + listed(tensors, separator: ", ") + "; dequantize them first"
    case .headerTooLarge(let path, let byteCount):
      "cannot write ‘\(path)’: its header would have \(byteCount) bytes, readers accept "
        + "\(SafetensorsHeader.maximumByteCount); write several shards"
    }
  }

  init(_ error: FileError) { self = .inaccessible(sentence: error.description) }
}

/// A way in which an index and its shards contradict each other.
public enum ShardProblem: Sendable, Hashable, CustomStringConvertible {
  /// The index names a shard that is no plain file name, such as `../other.safetensors`.
  case illegalName(shard: String)
  /// A shard is not in the folder, or cannot be opened.
  case missingShard(shard: String, reason: String)
  /// A shard lacks a tensor that the index looks for in it.
  case missingTensor(name: String, shard: String)
  /// A shard has a tensor that the index does not look for in it.
  case unlistedTensor(name: String, shard: String)

  /// The problem as part of a sentence.
  public var description: String {
    switch self {
    case .illegalName(let shard): "\(quoted(shard)) is not the name of a file in the same folder"
    case .missingShard(let shard, let reason): "shard \(quoted(shard)) cannot be read (\(reason))"
    case .missingTensor(let name, let shard): "\(quoted(shard)) lacks tensor \(quoted(name))"
    case .unlistedTensor(let name, let shard):
      "\(quoted(shard)) has tensor \(quoted(name)), which the index does not place there"
    }
  }
}

/// Calls `body` and turns its file errors into the module's own.
func translatingFileErrors<Result: ~Copyable>(
  _ body: () throws(FileError) -> Result
) throws(CheckpointError) -> Result {
  do throws(FileError) { return try body() } catch { throw CheckpointError(error) }
}

/// At most twenty items in one line, and how many more there are.
private func listed(
  _ items: some RandomAccessCollection<String>, separator: String = "; "
) -> String {
  let shown = items.prefix(20).joined(separator: separator)
  return items.count > 20 ? "\(shown)\(separator)and \(items.count - 20) more" : shown
}
