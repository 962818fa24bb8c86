import Checkpoint
import Files
import JSON
import Testing

@Suite("Checkpoints of one or several files")
struct CheckpointReaderTests {
  /// A copy of the sharded fixture.
  private func copyOfShards() throws -> TemporaryFolder {
    let temporary = try TemporaryFolder()
    for name in try listDirectory(fixtures / "sharded") {
      try writeAtomically(temporary.path / name, readFile(fixtures / "sharded" / name))
    }
    return temporary
  }

  @Test("a sharded folder, its index, a file, and a folder with one file give tables")
  func opening() throws {
    let sharded = try CheckpointReader(fixtures / "sharded")
    #expect(
      sharded.entries.map(\.name).sorted() == (0...8).map { "layers.\($0).weight" })
    #expect(sharded.sources.count == 5)
    #expect(sharded.metadata == ["format": "pt"])
    #expect(try sharded.tensor("layers.2.weight").info.shape == [40])
    #expect(sharded["layers.9.weight"] == nil)
    #expect(throws: CheckpointError.self) { try sharded.tensor("layers.9.weight") }
    let indexed = try CheckpointReader(fixtures / "sharded" / ShardIndex.fileName)
    #expect(indexed.entries == sharded.entries)

    let file = try CheckpointReader(fixtures / "one.safetensors")
    #expect(file.entries.map(\.name) == ["x"])
    let temporary = try TemporaryFolder()
    for name in ["other.safetensors", "model.safetensors"] {
      try writeAtomically(temporary.path / name, readFile(fixtures / "one.safetensors"))
      #expect(try CheckpointReader(temporary.path).entries == file.entries)
      #expect(try CheckpointReader(temporary.path).sources[0].path == temporary.path / name)
    }
  }

  @Test("a folder without tensors says what it has")
  func nothing() throws {
    let temporary = try TemporaryFolder()
    try writeAtomically(temporary.path / "pytorch_model.bin", "")
    let error = try #require(throws: CheckpointError.self) { try CheckpointReader(temporary.path) }
    #expect(error == .noCheckpoint(folder: temporary.path, found: ["pytorch_model.bin"]))
    #expect(error.description.contains("convert PyTorch's pickled files"))
    #expect(throws: CheckpointError.self) { try CheckpointReader(temporary.path / "absent") }
  }

  @Test("every contradiction between index and shards is listed")
  func inconsistencies() throws {
    let temporary = try copyOfShards()
    let path = temporary.path / ShardIndex.fileName
    var index = try #require(try JSONValue(parsing: readText(path)).object)
    var map = try #require(index["weight_map"]?.object)
    let shard = { (number: Int) in "model-0000\(number)-of-00005.safetensors" }
    try removeFile(temporary.path / shard(1))
    map["layers.9.weight"] = .string(shard(2))
    map["layers.2.weight"] = .string(shard(4))
    map["passwords"] = "../secret.safetensors"
    map["more"] = "/etc/passwd"
    index["weight_map"] = .object(map)
    try writeAtomically(path, JSONValue.object(index).serialized())
    let error = try #require(throws: CheckpointError.self) { try CheckpointReader(temporary.path) }
    guard case .inconsistentIndex(path, let problems) = error else {
      Issue.record("another error: \(error)")
      return
    }
    // The shard of layers.2 has left the index, so that nobody misses that it is not opened.
    #expect(problems.count == 5)
    for problem: ShardProblem in [
      .illegalName(shard: "../secret.safetensors"), .illegalName(shard: "/etc/passwd"),
      .missingTensor(name: "layers.9.weight", shard: shard(2)),
      .missingTensor(name: "layers.2.weight", shard: shard(4)),
    ] { #expect(problems.contains(problem)) }
    #expect(
      problems.contains {
        if case .missingShard(shard(1), _) = $0 { true } else { false }
      })
    for problem in problems { #expect(error.description.contains(problem.description)) }
  }

  @Test("a tensor that the index does not place in its shard")
  func unlisted() throws {
    let temporary = try copyOfShards()
    let path = temporary.path / ShardIndex.fileName
    var index = try #require(try JSONValue(parsing: readText(path)).object)
    var map = try #require(index["weight_map"]?.object)
    map["layers.3.weight"] = nil
    index["weight_map"] = .object(map)
    try writeAtomically(path, JSONValue.object(index).serialized())
    #expect(
      throws: CheckpointError.inconsistentIndex(
        path: path,
        problems: [
          .unlistedTensor(name: "layers.3.weight", shard: "model-00004-of-00005.safetensors")
        ])
    ) { try CheckpointReader(temporary.path) }
  }

  @Test(
    "malformed indexes",
    arguments: [
      "", "[]", "{}", "{\"weight_map\":[]}", "{\"weight_map\":{\"a\":1}}",
      "{\"weight_map\":{\"a\":\"f\",\"a\":\"g\"}}", "{\"weight_map\":{}",
    ])
  func malformed(text: String) throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / ShardIndex.fileName
    try writeAtomically(path, text)
    let error = try #require(throws: CheckpointError.self) { try CheckpointReader(temporary.path) }
    guard case .malformedIndex(path, let reason) = error else {
      Issue.record("another error: \(error)")
      return
    }
    #expect(!reason.isEmpty)
  }

  @Test(
    "shard names that leave the folder",
    arguments: ["..", ".", "", "a/b", "../a", "/a", "a\\b", "..\\a", "a\u{0}b"])
  func traversal(shard: String) throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / ShardIndex.fileName
    let index: JSONValue = ["weight_map": ["x": .string(shard)]]
    try writeAtomically(path, index.serialized())
    #expect(
      throws: CheckpointError.inconsistentIndex(path: path, problems: [.illegalName(shard: shard)])
    ) { try CheckpointReader(temporary.path) }
  }
}
