import Files
import GGUF
import Testing

/// Files written again, and from nothing, against the bytes of the Python package gguf.
@Suite struct GGUFWritingTests {
  static let names = [
    "values.gguf", "blocks.gguf", "none.gguf", "split-00001-of-00003.gguf",
    "split-00002-of-00003.gguf", "split-00003-of-00003.gguf",
  ]

  @Test(arguments: names) func writesWhatItReadAgain(name: String) throws {
    let folder = try TemporaryFolder()
    let file = try GGUFFile(mapping: try MappedFile(ggufFixtures / name))
    var writer = try GGUFWriter(
      replacing: folder.path / name, version: file.version, metadata: file.storedMetadata,
      tensors: file.tensors.map {
        GGUFTensorDeclaration(name: $0.name, shape: $0.shape, type: $0.type)
      })
    #expect(writer.tensors == file.tensors)
    for tensor in file.tensors { try writer.write(try #require(file.bytes(of: tensor))) }
    try writer.finish()
    #expect(try readFile(folder.path / name) == readFile(ggufFixtures / name))
  }

  @Test func writesMetadataOfEveryType() throws {
    let folder = try TemporaryFolder()
    let path = folder.path / "values.gguf"
    func whole(_ value: Int64, _ type: GGUFValueType) -> GGUFContent {
      .value(.integer(value, type))
    }
    let small = [0, 1, 100]
    let large: [Double] = [0.5, -2.25, 3e30]
    var metadata: [(key: String, content: GGUFContent)] = [
      ("general.architecture", .string("none")), ("general.alignment", .uint32(64)),
      ("a.uint8", whole(255, .uint8)), ("a.int8", whole(-128, .int8)),
      ("a.uint16", whole(65535, .uint16)), ("a.int16", whole(-32768, .int16)),
      ("a.uint32", .uint32(1 << 32 - 1)), ("a.int32", whole(-1 << 31, .int32)),
      ("a.float32", .float32(0.1)), ("a.uint64", .value(.unsigned(.max))),
      ("a.int64", whole(.min, .int64)), ("a.float64", .value(.number(1e-300, .float64))),
      ("a.bool", .bool(true)), ("a.string", .string("naïve ✓ 燕")),
    ]
    for type in GGUFValueType.allCases {
      switch type {
      case .float32: metadata.append(("b.float32", .floats(large.map { Float($0) })))
      case .float64:
        metadata.append(
          ("b.float64", .array(type, count: 3) { .value(.number(large[$0], .float64)) }))
      case .uint64:
        metadata.append(
          ("b.uint64", .array(type, count: 3) { .value(.unsigned(UInt64(small[$0]))) }))
      case .bool, .string, .array: break
      default: metadata.append(("b.\(type)", .integers(small, as: type)))
      }
    }
    metadata.append(("b.string", .strings(["", "é", "a\nb"])))
    metadata.append(("b.bool", .bools([true, false, true])))
    let lists = [[1, 2], [3], [4, 5, 6]]
    metadata.append(("b.array", .array(.array, count: 3) { .integers(lists[$0]) }))
    let deeper = [[["x"], ["y", "z"]], [["w"]]]
    metadata.append(
      (
        "b.deeper",
        .array(.array, count: 2) { outer in
          .array(.array, count: deeper[outer].count) { .strings(deeper[outer][$0]) }
        }
      ))
    let original = try GGUFFile(mapping: try MappedFile(ggufFixtures / "values.gguf"))
    var writer = try GGUFWriter(
      replacing: path, metadata: metadata,
      tensors: original.tensors.map {
        GGUFTensorDeclaration(name: $0.name, shape: $0.shape, type: $0.type)
      })
    // All data in pieces that do not end where tensors do.
    let data = try original.tensors.flatMap { Array(try #require(original.bytes(of: $0))) }
    for start in stride(from: 0, to: data.count, by: 7) {
      try writer.write(Array(data[start..<min(start + 7, data.count)]))
    }
    try writer.finish()
    #expect(try readFile(path) == readFile(ggufFixtures / "values.gguf"))
  }

  @Test func filesWithoutTensorsMayEndWithTheirHead() throws {
    let folder = try TemporaryFolder()
    let head = Array(try readFile(ggufFixtures / "none.gguf").prefix(4 + 4 + 8 + 8 + 44 + 39))
    try writeAtomically(folder.path / "a.gguf", head)
    for name in ["a.gguf", "none.gguf"] {
      let original = (name == "a.gguf" ? folder.path : ggufFixtures) / name
      let file = try GGUFFile(mapping: try MappedFile(original))
      #expect(file.endsAligned == (name == "none.gguf"))
      let writer = try GGUFWriter(
        replacing: folder.path / "b.gguf", metadata: file.storedMetadata, tensors: [],
        endsAligned: file.endsAligned)
      try writer.finish()
      #expect(try readFile(folder.path / "b.gguf") == readFile(original))
    }
  }

  @Test func streamsLargeArrays() throws {
    let folder = try TemporaryFolder()
    let path = folder.path / "large.gguf"
    let count = 300_000
    let writer = try GGUFWriter(
      replacing: path,
      metadata: [
        ("words", .array(.string, count: count) { .string("word \($0)") }),
        ("scores", .array(.float32, count: count) { .float32(Float($0)) }),
      ], tensors: [])
    try writer.finish()
    let file = try GGUFFile(mapping: try MappedFile(path))
    let words = try file.strings(try #require(file["words"]?.array))
    #expect(words.count == count && words[299_999] == "word 299999")
    let scores = try file.numbers(try #require(file["scores"]?.array))
    #expect(scores.count == count && scores[77_777] == 77_777)
  }

  @Test func refusesWhatFilesCannotHold() throws {
    let folder = try TemporaryFolder()
    let path = folder.path / "bad.gguf"
    let error = #expect(throws: GGUFWritingError.self) {
      let writer = try GGUFWriter(
        replacing: path,
        metadata: [
          ("a", .bool(true)), ("a", .bool(false)), ("general.alignment", .uint32(48)),
        ],
        tensors: [
          GGUFTensorDeclaration(name: "t", shape: [31], type: GGUFTensorType(rawValue: 8)),
          GGUFTensorDeclaration(name: "t", shape: [1], type: GGUFTensorType(rawValue: 99)),
          GGUFTensorDeclaration(
            name: "u", shape: [1, 1, 1, 1, 1], type: GGUFTensorType(rawValue: 0)),
          GGUFTensorDeclaration(name: "v", shape: [-32], type: GGUFTensorType(rawValue: 8)),
          GGUFTensorDeclaration(
            name: "w", shape: [.max, .max], type: GGUFTensorType(rawValue: 0)),
        ])
      try writer.finish()
    }
    guard case .unwritable(_, let problems) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(problems.count == 8, "\(problems)")
    #expect(!fileExists(path))
  }

  @Test func leavesTheOldFileWhenNotFinished() throws {
    let folder = try TemporaryFolder()
    let path = folder.path / "a.gguf"
    try writeAtomically(path, "old")
    do {
      var writer = try GGUFWriter(
        replacing: path, metadata: [],
        tensors: [GGUFTensorDeclaration(name: "t", shape: [8], type: GGUFTensorType(rawValue: 0))])
      try writer.write([1, 2, 3, 4])
    }
    #expect(try readText(path) == "old")
    #expect(try listDirectory(folder.path) == ["a.gguf"])
  }
}
