import Files
import JSON

/// The table of a checkpoint in several files: which tensor is in which shard.
///
/// This is Hugging Face's `model.safetensors.index.json`.
public struct ShardIndex: Sendable, Equatable {
  /// The file name of a shard for each tensor.
  public let shards: [(tensor: String, shard: String)]
  /// The bytes of all tensors, if the index says so; many indexes in circulation say it wrongly.
  public let totalByteCount: Int?

  /// The usual name of an index in its folder.
  public static let fileName = "model.safetensors.index.json"

  /// A table of the given tensors and shards.
  public init(shards: [(tensor: String, shard: String)], totalByteCount: Int?) {
    self.shards = shards
    self.totalByteCount = totalByteCount
  }

  /// Reads the index at `path`; whether the shards agree with it is `CheckpointReader`'s to check.
  public init(_ path: String) throws(CheckpointError) {
    let mapping = try translatingFileErrors { () throws(FileError) in try MappedFile(path) }
    do throws(MalformedIndex) {
      self = try mapping.withBytes { bytes throws(MalformedIndex) in
        try ShardIndex(parsing: bytes)
      }
    } catch {
      throw .malformedIndex(path: path, reason: error.reason)
    }
  }

  /// Reads an index from its bytes.
  package init(parsing bytes: UnsafeRawBufferPointer) throws(MalformedIndex) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONValue(parsing: bytes)
    } catch {
      throw MalformedIndex(reason: "it is \(error.description)")
    }
    guard let object = value.object else {
      throw MalformedIndex(reason: "expected an object, found \(value.kind)")
    }
    guard let map = object["weight_map"] else {
      throw MalformedIndex(reason: "weight_map is missing")
    }
    guard let map = map.object else {
      throw MalformedIndex(reason: "weight_map must be an object, and is \(map.kind)")
    }
    var shards: [(tensor: String, shard: String)] = []
    shards.reserveCapacity(map.count)
    for (tensor, shard) in map {
      guard let shard = shard.string else {
        throw MalformedIndex(
          reason:
            "weight_map must give each tensor a file name, and gives \(quoted(tensor)) \(shard.kind)"
        )
      }
      shards.append((tensor, shard))
    }
    self.shards = shards
    totalByteCount = object["metadata"]?.object?["total_size"]?.integer
  }

  /// The file names of the shards, each once, in the order of their bytes.
  public var shardNames: [String] {
    var seen = NameTable()
    return shards.map(\.shard).filter { seen.insert($0, at: 0) }.sorted(by: precedes)
  }

  /// The index as transformers writes it: keys sorted, indented by two spaces.
  package var serialized: String {
    var object: JSONObject = [:]
    let metadata: JSONObject =
      totalByteCount.map { ["total_size": .integer(Int64($0))] } ?? [:]
    object["metadata"] = .object(metadata)
    let pairs = shards.sorted { precedes($0.tensor, $1.tensor) }
    object["weight_map"] = .object(JSONObject(pairs.map { ($0.tensor, .string($0.shard)) }))
    return JSONValue.object(object).serialized(pretty: true) + "\n"
  }

  /// Whether both hold the same pairs in the same order.
  public static func == (left: ShardIndex, right: ShardIndex) -> Bool {
    left.totalByteCount == right.totalByteCount && left.shards.count == right.shards.count
      && zip(left.shards, right.shards).allSatisfy {
        haveSameBytes($0.tensor, $1.tensor) && haveSameBytes($0.shard, $1.shard)
      }
  }

  /// Whether a shard's name is that of a file in the index's own folder.
  static func isLegal(_ shard: String) -> Bool {
    !shard.isEmpty && shard != "." && shard != ".."
      && !shard.utf8.contains { $0 == UInt8(ascii: "/") || $0 == UInt8(ascii: "\\") || $0 == 0 }
  }
}

/// Why bytes are no index.
package struct MalformedIndex: Error, Sendable {
  package let reason: String
}
