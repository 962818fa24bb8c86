import Checkpoint
import Files
import Testing

@Suite("Writing checkpoints")
struct CheckpointPlanTests {
  /// The tensors of the fixture in the order in which huggingface_hub split them.
  private func tensors() throws -> [TensorDeclaration] {
    let reader = try CheckpointReader(fixtures / "sharded")
    return try (0...8).reversed().map { number in
      let info = try reader.tensor("layers.\(number).weight").info
      return TensorDeclaration(info.name, info.elementType, shape: info.shape)
    }
  }

  private func write(_ plan: CheckpointPlan, to folder: String) throws {
    let reader = try CheckpointReader(fixtures / "sharded")
    try plan.write(to: folder) { entry, write in
      try reader.tensor(entry.name).withUnsafeBytes { try write($0) }
    }
  }

  @Test("shards and index are byte for byte those of the reference")
  func bytes() throws {
    let temporary = try TemporaryFolder()
    let folder = temporary.path / "new/folder"
    try write(CheckpointPlan(tensors(), maximumShardByteCount: 40), to: folder)
    let names = try listDirectory(fixtures / "sharded")
    #expect(try listDirectory(folder) == names)
    for name in names {
      #expect(try readFile(folder / name) == readFile(fixtures / "sharded" / name), "\(name)")
    }
  }

  @Test("one shard needs no index; what an earlier checkpoint left is removed")
  func replacing() throws {
    let temporary = try TemporaryFolder()
    try writeAtomically(temporary.path / "config.json", "{}")
    try writeAtomically(temporary.path / "model-best-of-worlds.safetensors", "mine")
    let kept = ["config.json", "model-best-of-worlds.safetensors"]
    try write(CheckpointPlan(tensors(), maximumShardByteCount: 40), to: temporary.path)
    #expect(try CheckpointReader(temporary.path).entries.count == 9)
    let plan = try CheckpointPlan(tensors())
    #expect(plan.index == nil)
    try write(plan, to: temporary.path)
    #expect(try listDirectory(temporary.path) == (kept + ["model.safetensors"]).sorted())
    #expect(try CheckpointReader(temporary.path).entries.count == 9)
    try write(CheckpointPlan(tensors(), maximumShardByteCount: 100), to: temporary.path)
    #expect(try !listDirectory(temporary.path).contains("model.safetensors"))
    #expect(try CheckpointReader(temporary.path).entries.count == 9)
  }

  @Test("no tensors at all are one empty file")
  func empty() throws {
    let temporary = try TemporaryFolder()
    try CheckpointPlan([]).write(to: temporary.path) { _, _ in }
    #expect(try CheckpointReader(temporary.path).entries.isEmpty)
  }

  @Test("a name in two shards is refused before anything is written")
  func repeatedName() throws {
    let temporary = try TemporaryFolder()
    let tensors = [TensorDeclaration("x", .uint8, shape: [3]), .init("x", .uint8, shape: [4])]
    #expect(throws: CheckpointError.unwritableNames(path: temporary.path, names: ["x"])) {
      try CheckpointPlan(tensors, maximumShardByteCount: 4).write(to: temporary.path) { _, _ in }
    }
    #expect(try listDirectory(temporary.path).isEmpty)
  }

  @Test("an error of the caller's passes through and leaves no file")
  func callerError() throws {
    struct Trouble: Error {}
    let temporary = try TemporaryFolder()
    #expect(throws: Trouble.self) {
      try CheckpointPlan(tensors()).write(to: temporary.path) { _, _ in throw Trouble() }
    }
    #expect(try listDirectory(temporary.path).isEmpty)
  }
}
