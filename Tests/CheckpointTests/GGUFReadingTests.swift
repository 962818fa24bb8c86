import Checkpoint
import Files
import GGUF
import JSON
import Testing

/// The folder that `make_gguf.py` filled.
let ggufFixtures = folder(of: folder(of: #filePath)) / "Fixtures/GGUF"

/// GGUF files as checkpoints, against what the Python package gguf reads.
@Suite struct GGUFReadingTests {
  @Test func findsWhatThePackageFinds() throws {
    let table = try #require(try JSONValue(parsing: readText(ggufFixtures / "contents.json")).array)
    #expect(table.count == 6)
    for row in table {
      let row = try #require(row.object)
      let name = try #require(row["file"]?.string)
      let mapping = try MappedFile(ggufFixtures / name)
      let source = try GGUFTensorFile(try GGUFFile(mapping: mapping))
      let expected = try #require(row["tensors"]?.array)
      #expect(source.entries.count == expected.count, "\(name)")
      for value in expected {
        let tensor = try #require(value.object)
        let key = try #require(tensor["name"]?.string)
        let stored = try source.tensor(key)
        #expect(stored.info.elementType.rawValue == tensor["type"]?.string, "\(name) \(key)")
        #expect(stored.info.shape == tensor["shape"]?.array?.compactMap(\.integer))
        #expect(stored.info.byteRange.lowerBound == tensor["offset"]?.integer)
        #expect(stored.info.byteCount == tensor["bytes"]?.integer, "\(name) \(key)")
        #expect(stored.bytes.count == stored.info.byteCount)
      }
      let starts = source.entries.map(\.byteRange.lowerBound)
      #expect(starts == starts.sorted(), "\(name)")
      try checkMetadata(row["metadata"]?.object ?? [:], source, name)
    }
  }

  /// What people have in place of a file: its beginning, or a pointer to it.
  @Test func incompleteFilesSaySo() throws {
    let whole = try readFile(ggufFixtures / "blocks.gguf")
    let file = try GGUFFile(parsing: whole, name: "whole")
    let last = file.tensors.reduce(0) { max($0, $1.offset + ($1.byteCount ?? 0)) }
    for end in [file.dataOffset - 40, file.dataOffset + 64, last - 1] {
      let error = #expect(throws: GGUFError.self) {
        try GGUFFile(parsing: Array(whole[..<end]), name: "cut")
      }
      let text = error.map { "\($0)" } ?? ""
      #expect(text.contains("copied completely") || text.contains("bytes are left"), "\(text)")
    }
    let pointer = Array("version https://git-lfs.github.com/spec/v1\noid sha256:00\n".utf8)
    let error = #expect(throws: GGUFError.self) { try GGUFFile(parsing: pointer, name: "lfs") }
    #expect("\(error.map { "\($0)" } ?? "")".contains("git lfs pull"))
    let folder = try TemporaryFolder()
    try writeAtomically(folder.path / "model.safetensors", pointer)
    let other = #expect(throws: CheckpointError.self) { try CheckpointReader(folder.path) }
    #expect("\(other.map { "\($0)" } ?? "")".contains("git lfs pull"))
  }

  private func checkMetadata(
    _ expected: JSONObject, _ source: GGUFTensorFile, _ name: String
  ) throws {
    let known = source.file.metadata.filter { $0.key != "b.array" && $0.key != "b.deeper" }
    #expect(known.count == expected.count, "\(name)")
    for (key, value) in expected {
      let found = try #require(source.file[key], "\(name): \(key)")
      switch value {
      case .string(let text):
        #expect(source.metadata[key] == text, "\(key)")
      case .array(let elements):
        #expect(source.metadata[key] == nil)
        let array = try #require(found.array)
        if array.elementType == .string {
          #expect(try source.file.strings(array) == elements.map { $0.string ?? "" }, "\(key)")
        } else {
          let numbers = elements.map { $0.double ?? ($0.bool == true ? 1 : 0) }
          #expect(try source.file.numbers(array) == numbers, "\(key)")
        }
      case .bool(let flag): #expect(source.metadata[key] == "\(flag)")
      default: #expect(found.double == value.double, "\(key)")
      }
    }
  }

  @Test func opensAnyPartOfASplitFile() throws {
    let paths = (1...3).map { ggufFixtures / "split-0000\($0)-of-00003.gguf" }
    for path in paths {
      let reader = try CheckpointReader(path)
      #expect(reader.entries.map(\.name) == ["t0", "t1", "t2", "t3", "t4"])
      #expect(reader.sources.count == 3)
      #expect(reader.metadata["none.block_count"] == "1")
      for number in 0..<5 {
        let tensor = try reader.tensor("t\(number)")
        #expect(tensor.info.shape == [2, 3] && tensor.isAligned)
        #expect(
          tensor.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 20, as: Float.self) }
            == Float(number + 5))
      }
    }
  }

  @Test func opensAFolderWithOneModel() throws {
    let folder = try TemporaryFolder()
    func put(_ name: String, _ source: String) throws {
      try writeAtomically(folder.path / name, readFile(ggufFixtures / source))
    }
    try put("a.gguf", "blocks.gguf")
    #expect(try CheckpointReader(folder.path).entries.count == 23)
    try put("b.gguf", "none.gguf")
    #expect(throws: CheckpointError.self) { try CheckpointReader(folder.path) }
    for name in ["a.gguf", "b.gguf"] { try removeFile(folder.path / name) }
    for number in 1...3 {
      try put("x-0000\(number)-of-00003.gguf", "split-0000\(number)-of-00003.gguf")
    }
    #expect(try CheckpointReader(folder.path).entries.count == 5)
    // A file is recognised by its first bytes, too.
    try put("weights.bin", "blocks.gguf")
    #expect(try CheckpointReader(folder.path / "weights.bin").entries.count == 23)
  }

  @Test func listsAllThatIsWrongWithParts() throws {
    let folder = try TemporaryFolder()
    let parts = try (1...3).map { try readFile(ggufFixtures / "split-0000\($0)-of-00003.gguf") }
    func name(_ number: Int) -> String { folder.path / "m-0000\(number)-of-00003.gguf" }
    func complaint(_ path: String) throws -> String {
      try #require(throws: CheckpointError.self) { try CheckpointReader(path) }.description
    }
    try writeAtomically(name(1), parts[0])
    var text = try complaint(name(1))
    #expect(text.contains("m-00002-of-00003.gguf") && text.contains("m-00003-of-00003.gguf"))

    try writeAtomically(name(2), parts[0])
    try writeAtomically(name(3), Array(parts[2].dropLast(40)))
    text = try complaint(name(1))
    #expect(text.contains("m-00003-of-00003.gguf") && text.contains("beyond the end"))

    try writeAtomically(name(3), parts[2])
    text = try complaint(name(3))
    #expect(text.contains("“m-00002-of-00003.gguf” does not say that it is part 2"))
    #expect(text.contains("“t0” is in both “m-00001-of-00003.gguf” and “m-00002-of-00003.gguf”"))

    // A part under a name that says something else.
    try writeAtomically(folder.path / "alone.gguf", parts[1])
    text = try complaint(folder.path / "alone.gguf")
    #expect(text.contains("part 2 of 3"))
    text = try complaint(name(2))
    #expect(text.contains("part 1 of 3"))
  }

  @Test func refusesTypesThatCannotBeRead() throws {
    // The first tensor of the file becomes one of Q8_1, which is never stored.
    var bytes = try readFile(ggufFixtures / "blocks.gguf")
    let file = try GGUFFile(parsing: bytes, name: "file")
    let name = Array("Q5_1".utf8)
    let place = try #require(bytes.indices.first { bytes[$0...].starts(with: name) })
    let type = place + 4 + 4 + 16
    #expect(bytes[type] == 7 && file.tensors[3].name == "Q5_1")
    bytes[type] = 99
    let error = try #require(throws: CheckpointError.self) {
      try GGUFTensorFile(try GGUFFile(parsing: bytes, name: "file"))
    }
    #expect(error.description.contains("‘Q5_1’ (number 99)"))
  }

  @Test func refusesEmptyTensorsOfAbsurdShape() throws {
    // The only tensor gets the extents 0 and 2⁶², 2⁶².
    func number(_ value: some FixedWidthInteger) -> [UInt8] {
      withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
    let bytes: [UInt8] =
      GGUFFile.magic + number(3 as UInt32) + number(1 as UInt64) + number(0 as UInt64)
      + number(1 as UInt64) + [0x74] + number(3 as UInt32) + number(0 as UInt64)
      + number(1 << 62 as UInt64) + number(1 << 62 as UInt64) + number(0 as UInt32)
      + number(0 as UInt64)
    let error = #expect(throws: GGUFError.self) { try GGUFFile(parsing: bytes, name: "file") }
    #expect(error?.reason.contains("more elements than can be counted") == true)
  }
}
