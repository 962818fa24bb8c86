import Checkpoint
import Files
import GGUF
import JSON
import Tensor
import TestSupport
import Testing

/// Quantized weights out of GGUF files.
@Suite struct QuantizedCheckpointTests {
  /// Two weights of which checkpoints may have blocks.
  struct Pair: TensorTree {
    var first = Tensor.zeros(2, 32)
    var second = Tensor.zeros(2, 256)

    mutating func visit(_ visitor: inout some TensorVisitor) {
      visitor("Q4_0", &first)
      visitor("Q6_K", &second)
    }

    mutating func load(_ path: String, keepsBlocks: Bool) throws {
      try load(
        from: try CheckpointReader(path), ignoring: { $0 != "Q4_0" && $0 != "Q6_K" },
        keepsBlocks: { _ in keepsBlocks })
    }
  }

  static let path = Fixture.path("GGUF/blocks.gguf")

  @Test func tensorsLieInTheFile() throws {
    let checkpoint = try CheckpointReader(Self.path)
    let files = try #require(Fixture.json("GGUF/contents.json").array)
    let entry = try #require(files.first { $0.object?["file"]?.string == "blocks.gguf" })
    let rows = try #require(entry.object?["tensors"]?.array)
    #expect(rows.count == 23)
    for row in rows {
      let row = try #require(row.object)
      let stored = try checkpoint.tensor(try #require(row["name"]?.string))
      let tensor = try #require(Tensor(stored))
      #expect(tensor.byteCount == stored.bytes.count)
      if tensor.dtype.blockFormat != nil {
        #expect(UnsafeRawPointer(tensor.blockBytes.base) == stored.bytes.baseAddress)
      }
      let values = tensor.scalars(as: Double.self)
      for (name, found) in [("first", values.prefix(3)), ("last", values.suffix(3))] {
        let expected = try #require(row[name]?.array).map { $0.double }
        #expect(Array(found) == expected, "\(stored.info.name)")
      }
    }
  }

  @Test func treesKeepBlocksWhereTheyMay() throws {
    var kept = Pair()
    try kept.load(Self.path, keepsBlocks: true)
    #expect(kept.first.dtype == .blocks(.q4_0) && kept.second.dtype == .blocks(.q6_K))
    var plain = Pair()
    try plain.load(Self.path, keepsBlocks: false)
    #expect(plain.first.dtype == .float32 && plain.second.dtype == .float32)
    #expect(worstDifference(kept.first.cast(to: .float32), plain.first) == 0)
    #expect(worstDifference(kept.second.cast(to: .float32), plain.second) == 0)

    // Files without blocks get the numbers, and give a tree of blocks plain tensors again.
    let folder = try TemporaryFolder()
    let file = folder.path / "model.safetensors"
    try kept.save(to: file)
    try kept.load(file, keepsBlocks: true)
    #expect(kept.first.dtype == .float32)
    #expect(worstDifference(kept.first, plain.first) == 0)
    #expect(worstDifference(kept.second, plain.second) == 0)
    try kept.load(Self.path, keepsBlocks: true)
    #expect(kept.second.dtype == .blocks(.q6_K))
    try kept.load(Self.path, keepsBlocks: false)
    #expect(kept.second.dtype == .float32)
  }

  @Test func tensorsGoIntoFiles() throws {
    let folder = try TemporaryFolder()
    let path = folder.path / "model.gguf"
    var stream = RandomStream(seed: 3)
    let numbers = Tensor.normal([3, 4, 64], using: &stream)
    let tensors: [(name: String, tensor: Tensor)] = [
      ("plain", numbers), ("half", numbers.cast(to: .float16).transposed(0, 1)),
      ("blocks", numbers.quantized(to: .q5_0)),
      ("rows", numbers.quantized(to: .q8_0)[.every(2)].transposed(0, 1)),
    ]
    var writer = try GGUFWriter(
      replacing: path, metadata: [("general.architecture", .string("none"))],
      tensors: try tensors.map { name, tensor in
        try #require(
          GGUFTensorDeclaration(
            TensorDeclaration(name, tensor.elementType, shape: Array(tensor.shape))))
      })
    for (_, tensor) in tensors { try tensor.withStoredBytes { try writer.write($0) } }
    try writer.finish()
    let checkpoint = try CheckpointReader(path)
    for (name, tensor) in tensors {
      let found = try #require(Tensor(try checkpoint.tensor(name)))
      #expect(found.dtype == tensor.dtype && found.shape == tensor.shape)
      #expect(worstDifference(found.cast(to: .float32), tensor.cast(to: .float32)) == 0)
    }
    #expect(GGUFTensorDeclaration(TensorDeclaration("bool", .bool, shape: [1])) == nil)
  }

  @Test func shapesAreThoseOfTheElements() throws {
    var tree = Pair()
    tree.first = .zeros(2, 18)
    let error = #expect(throws: CheckpointMismatch.self) {
      try tree.load(Self.path, keepsBlocks: true)
    }
    #expect(error?.misshapen.map(\.found) == [[2, 32]])
  }
}
