import Checkpoint
import Files
import Testing

@Suite("Writing safetensors")
struct SafetensorsWritingTests {
  /// Reads `name` and writes its tensors, declared in another order, to a new file.
  private func rewritten(_ name: String, chunk: Int) throws -> [UInt8] {
    let temporary = try TemporaryFolder()
    let file = try SafetensorsFile(fixtures / name)
    let path = temporary.path / "copy.safetensors"
    var random = SplitMix(state: 3)
    var writer = try SafetensorsWriter(
      replacing: path, tensors: declarations(of: file.entries.shuffled(using: &random)),
      metadata: file.metadata)
    for entry in writer.entries {
      let tensor = try file.tensor(entry.name)
      try tensor.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
          try writer.write(UnsafeRawBufferPointer(rebasing: rest.prefix(chunk)))
          rest = rest.dropFirst(chunk)
        }
      }
    }
    try writer.finish()
    #expect(try listDirectory(temporary.path) == ["copy.safetensors"])
    return try readFile(path)
  }

  @Test(
    "byte for byte what the reference writes",
    arguments: ["every_type", "odd_names", "empty", "one"], [1, 3, .max])
  func bytes(name: String, chunk: Int) throws {
    let expected = try readFile(fixtures / "\(name).safetensors")
    #expect(try rewritten("\(name).safetensors", chunk: chunk) == expected)
  }

  @Test("types the reference cannot write come back, metadata sorted by key")
  func otherTypes() throws {
    let file = try rewritten("crooked.safetensors", chunk: .max)
    let header = try header(of: file)
    #expect(header.entries.map(\.name) == ["crooked", "other six", "six", "four"])
    #expect(header.metadata == ["a": "1", "b": "2"])
    let text = String(decoding: file.dropFirst(8).prefix(40), as: UTF8.self)
    #expect(text.hasPrefix(#"{"__metadata__":{"a":"1","b":"2"},"#))
    let original = try SafetensorsFile(fixtures / "crooked.safetensors")
    for entry in header.entries {
      let expected = try original.tensor(entry.name).withUnsafeBytes { Array($0) }
      #expect(Array(file[entry.byteRange]) == expected)
    }
  }

  @Test("a large tensor goes through whole")
  func large() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / "large.safetensors"
    let values = (0..<300_000).map { UInt32(truncatingIfNeeded: $0 &* 2_654_435_761) }
    var writer = try SafetensorsWriter(
      replacing: path,
      tensors: [
        TensorDeclaration("large", .uint32, shape: [300_000]),
        TensorDeclaration("small", .uint8, shape: [3]),
      ])
    #expect(writer.entries.map(\.name) == ["large", "small"])
    try values.withUnsafeBytes { try writer.write($0) }
    try writer.write([1, 2, 3])
    try writer.finish()
    let file = try SafetensorsFile(path)
    let read = try file.tensor("large").withUnsafeBytes { Array($0.bindMemory(to: UInt32.self)) }
    #expect(read == values)
    #expect(try file.tensor("small").withUnsafeBytes { Array($0) } == [1, 2, 3])
  }

  @Test("without finish the old file stays and nothing else is left")
  func abandoned() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / "model.safetensors"
    try writeAtomically(path, "old")
    do {
      var writer = try SafetensorsWriter(
        replacing: path, tensors: [TensorDeclaration("x", .uint8, shape: [2])])
      try writer.write([1])
    }
    #expect(try readText(path) == "old")
    #expect(try listDirectory(temporary.path) == ["model.safetensors"])
  }

  @Test("a file that is being read can be replaced")
  func replaceWhileMapped() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / "model.safetensors"
    try writeAtomically(path, readFile(fixtures / "one.safetensors"))
    let tensor = try SafetensorsFile(path).tensor("x")
    let before = tensor.withUnsafeBytes { Array($0) }
    var writer = try SafetensorsWriter(
      replacing: path, tensors: [TensorDeclaration("x", .uint8, shape: [0])])
    try writer.write([])
    try writer.finish()
    #expect(tensor.withUnsafeBytes { Array($0) } == before)
    #expect(try SafetensorsFile(path).tensor("x").bytes.isEmpty)
  }

  @Test("names that cannot be written")
  func names() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / "model.safetensors"
    let tensors = ["a", "__metadata__", "b", "a"].map {
      TensorDeclaration($0, .uint8, shape: [1])
    }
    let error = try #require(throws: CheckpointError.self) {
      _ = try SafetensorsWriter(replacing: path, tensors: tensors).entries
    }
    #expect(error == .unwritableNames(path: path, names: ["__metadata__", "a"]))
    #expect(try listDirectory(temporary.path).isEmpty)
  }

  @Test("a folder that is not there")
  func noFolder() throws {
    let temporary = try TemporaryFolder()
    let error = try #require(throws: CheckpointError.self) {
      _ = try SafetensorsWriter(replacing: temporary.path / "no/f.safetensors", tensors: []).entries
    }
    #expect(error.description.hasSuffix("no/f.safetensors’: No such file or directory"))
  }
}
