import Checkpoint
import Files
import JSON
import Testing

@Suite("Reading safetensors")
struct SafetensorsReadingTests {
  @Test(
    "names, types, shapes and bytes as the reference reads them",
    arguments: [
      "crooked.safetensors", "empty.safetensors", "every_type.safetensors",
      "odd_names.safetensors", "one.safetensors",
    ])
  func contents(name: String) throws {
    let contents = try JSONValue(parsing: readText(fixtures / "contents.json"))
    let expected = try #require(contents.object?[name]?.object)
    let file = try SafetensorsFile(fixtures / name)
    #expect(file.entries.count == expected.count)
    for (tensorName, value) in expected {
      let fields = try #require(value.array)
      let tensor = try file.tensor(tensorName)
      #expect(haveSameBytes(tensor.info.name, tensorName))
      #expect(tensor.info.elementType.rawValue == fields[0].string)
      #expect(tensor.info.shape == fields[1].array?.map(\.integer))
      #expect(
        try tensor.withUnsafeBytes { Array($0) } == bytes(hexadecimal: fields[2].string ?? "?"))
      #expect(tensor.info.byteCount == tensor.bytes.count)
    }
  }

  @Test("entries come in the order of the bytes, and tile the file")
  func order() throws {
    for name in ["crooked.safetensors", "every_type.safetensors", "odd_names.safetensors"] {
      let file = try SafetensorsFile(fixtures / name)
      var end = try #require(file.entries.first).byteRange.lowerBound
      for entry in file.entries {
        #expect(entry.byteRange.lowerBound == end)
        end = entry.byteRange.upperBound
      }
      #expect(try end == readFile(fixtures / name).count)
    }
  }

  @Test("metadata")
  func metadata() throws {
    #expect(try SafetensorsFile(fixtures / "crooked.safetensors").metadata == ["a": "1", "b": "2"])
    #expect(
      try SafetensorsFile(fixtures / "odd_names.safetensors").metadata
        == ["note": "a \"quoted\"\nline é"])
    #expect(try SafetensorsFile(fixtures / "one.safetensors").metadata == [:])
  }

  @Test("crooked tensors are read and say so")
  func alignment() throws {
    let crooked = try SafetensorsFile(fixtures / "crooked.safetensors").tensor("crooked")
    #expect(!crooked.isAligned)
    let file = try SafetensorsFile(fixtures / "every_type.safetensors")
    for entry in file.entries { #expect(try file.tensor(entry.name).isAligned, "\(entry.name)") }
  }

  @Test("a tensor keeps the mapping alive on its own")
  func lifetime() throws {
    var tensor: StoredTensor? = try SafetensorsFile(fixtures / "one.safetensors").tensor("x")
    weak let owner = tensor?.owner
    #expect(owner != nil)
    let expected = try readFile(fixtures / "one.safetensors").suffix(8)
    #expect(tensor?.withUnsafeBytes { Array($0) } == Array(expected))
    tensor = nil
    #expect(owner == nil)
  }

  @Test("names that Swift calls equal stay different")
  func canonicallyEquivalentNames() throws {
    let file = try SafetensorsFile(fixtures / "odd_names.safetensors")
    let composed = try file.tensor("\u{e9}").info
    let decomposed = try file.tensor("e\u{301}").info
    #expect(composed.byteRange != decomposed.byteRange)
    #expect(composed != decomposed)
  }

  @Test("an absent tensor, an absent file, a folder")
  func absent() throws {
    let file = try SafetensorsFile(fixtures / "one.safetensors")
    #expect(file["y"] == nil)
    #expect(throws: CheckpointError.missingTensor(path: file.path, name: "y")) {
      try file.tensor("y")
    }
    let error = try #require(throws: CheckpointError.self) {
      try SafetensorsFile(fixtures / "absent.safetensors")
    }
    #expect(error.description.contains("absent.safetensors’: No such file"))
    let folderError = try #require(throws: CheckpointError.self) { try SafetensorsFile(fixtures) }
    #expect(folderError.description.contains("not a regular file"))
    #expect(throws: CheckpointError.self) { try SafetensorsFile("a\0b") }
  }

  @Test("sizes of element types and shapes")
  func byteCounts() {
    #expect(ElementType.float4.byteCount(ofShape: [2, 3]) == 3)
    #expect(ElementType.float4.byteCount(ofShape: [3]) == nil)
    #expect(ElementType.float6e2m3.byteCount(ofShape: [4]) == 3)
    #expect(ElementType.float6e3m2.byteCount(ofShape: [2]) == nil)
    #expect(ElementType.complex64.byteCount(ofShape: [2]) == 16)
    #expect(ElementType.complex64.alignment == 4)
    #expect(ElementType.float64.byteCount(ofShape: []) == 8)
    #expect(ElementType.float32.byteCount(ofShape: [5, 0, 7]) == 0)
    #expect(ElementType.uint8.byteCount(ofShape: [-1]) == nil)
    #expect(ElementType.uint8.byteCount(ofShape: [.max, 2]) == nil)
    #expect(ElementType.uint64.byteCount(ofShape: [1 << 60]) == nil)
  }
}
