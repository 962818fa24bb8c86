import Files
import GGUF
import Testing

@testable import Tokenizer

/// Files that are cut short, damaged, hostile or of no known format.
@Suite struct FormatFileTests {
  private static let folder = fixtures / "formats"

  /// A header with the counts of tensors and of metadata.
  private func header(_ version: UInt32 = 3, tensors: UInt64 = 0, metadata: UInt64 = 0) -> [UInt8] {
    GGUFFile.magic + number(version) + number(tensors) + number(metadata)
  }

  private func number<Number: FixedWidthInteger>(_ value: Number) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private func text(_ value: String) -> [UInt8] { number(UInt64(value.utf8.count)) + value.utf8 }

  @Test func valuesOfAllTypesAreRead() throws {
    var bytes = header(metadata: 6)
    bytes += text("byte") + number(UInt32(0)) + [200]
    bytes += text("small") + number(UInt32(3)) + number(Int16(-5))
    bytes += text("half") + number(UInt32(6)) + number(Float(0.5).bitPattern)
    bytes += text("yes") + number(UInt32(7)) + [1]
    bytes += text("large") + number(UInt32(10)) + number(UInt64.max)
    // An array of arrays of strings.
    bytes += text("nested") + number(UInt32(9)) + number(UInt32(9)) + number(UInt64(1))
    bytes += number(UInt32(8)) + number(UInt64(2)) + text("a") + text("bc")
    let file = try GGUFFile(parsing: bytes, name: "values")
    #expect(file["byte"]?.integer == 200)
    #expect(file["small"]?.integer == -5)
    #expect(file["half"]?.double == 0.5)
    #expect(file["yes"]?.bool == true)
    #expect(file["large"] == .unsigned(.max))
    #expect(file["large"]?.integer == nil)
    let nested = try file.values(try #require(file["nested"]?.array))
    #expect(try file.strings(try #require(nested[0].array)) == ["a", "bc"])
    #expect(file["none"] == nil)
    for count in 0..<bytes.count {
      #expect(throws: GGUFError.self) {
        try GGUFFile(parsing: Array(bytes[..<count]), name: "cut")
      }
    }
  }

  @Test func tensorsAreFound() throws {
    var bytes = header(tensors: 2, metadata: 1)
    bytes += text("general.alignment") + number(UInt32(4)) + number(UInt32(16))
    let head = { (name: String, shape: [UInt64], type: UInt32, offset: UInt64) -> [UInt8] in
      self.text(name) + self.number(UInt32(shape.count)) + shape.flatMap { self.number($0) }
        + self.number(type) + self.number(offset)
    }
    let first = head("floats", [3, 2], 0, 0)
    let second = head("blocks", [32], 8, 32)
    bytes += first + second
    let start = (bytes.count + 15) / 16 * 16
    bytes += [UInt8](repeating: 7, count: start + 32 + 34 - bytes.count)
    let file = try GGUFFile(parsing: bytes, name: "tensors")
    #expect(file.dataOffset == start)
    #expect(file.tensors.map(\.byteCount) == [24, 34])
    #expect(file.bytes(of: file.tensors[1])?.count == 34)
    let error = #expect(throws: GGUFError.self) {
      try GGUFFile(parsing: Array(bytes.dropLast()), name: "cut")
    }
    #expect(error?.description.contains("blocks") == true)
  }

  @Test func hostileContainersAreErrors() {
    let cases: [(bytes: [UInt8], named: String)] = [
      ([], "GGUF"), (Array("GGML".utf8), "GGUF"), (header(1), "1"), (header(4), "4"),
      (GGUFFile.magic + [0, 0, 0, 3], "big-endian"),
      (header(metadata: .max), "count of metadata"), (header(tensors: 1 << 40), "tensors"),
      (header(metadata: 1) + number(UInt64.max) + number(UInt64(0)), "length"),
      (header(metadata: 1) + text("k") + number(UInt32(13)) + [0], "13"),
      (header(metadata: 1) + text("k") + number(UInt32(7)) + [2], "0 or 1"),
      (
        header(metadata: 1) + text("k") + number(UInt32(9)) + number(UInt32(10))
          + number(UInt64(1) << 61), "count"
      ),
      (
        header(metadata: 2) + [text("k"), text("k")].flatMap { $0 + number(UInt32(0)) + [1] },
        "second"
      ),
      (header(metadata: 1) + number(UInt64(1)) + [0xFF] + number(UInt32(0)) + [1], "UTF-8"),
      (
        header(metadata: 1) + text("general.alignment") + number(UInt32(4)) + number(UInt32(24)),
        "power of two"
      ),
      (
        header(metadata: 1) + text("k")
          + (0..<20).flatMap { _ in number(UInt32(9)) + number(UInt32(9)) + number(UInt64(1)) },
        "9"
      ),
      (
        header(tensors: 1) + text("t") + number(UInt32(2)) + number(UInt64(1) << 62)
          + number(UInt64(4)) + number(UInt32(0)) + number(UInt64(0)), "elements"
      ),
    ]
    for (bytes, named) in cases {
      let error = #expect(throws: GGUFError.self) { try GGUFFile(parsing: bytes, name: "file") }
      #expect(error?.description.contains(named) == true, "\(String(describing: error))")
    }
  }

  @Test(arguments: [
    ("rwkv", "rwkv"), ("plamo2", "plamo2"), ("none", "no vocabulary"), ("gpt2", "tokens"),
  ])
  func unknownTokenizersAreNamed(_ model: String, _ named: String) {
    var bytes = header(metadata: 1)
    bytes += text("tokenizer.ggml.model") + number(UInt32(8)) + text(model)
    let error = #expect(throws: TokenizerError.self) {
      try TextTokenizer(ofAnyFormat: bytes, name: "file.gguf")
    }
    #expect(error?.description.contains(named) == true, "\(String(describing: error))")
  }

  @Test(arguments: ["pieces.gguf", "words.gguf", "unigram.model", "symbols.model", "tekken.json"])
  func damagedFilesLoadOrThrow(_ name: String) throws {
    let original = try readFile(Self.folder / name)
    for count in stride(from: 0, to: original.count, by: max(1, original.count / 60)) {
      _ = try? TextTokenizer(ofAnyFormat: Array(original[..<count]), name: name)
    }
    var generator = SeededGenerator(seed: UInt64(name.utf8.count))
    var refused = 0
    for _ in 0..<60 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
      }
      do {
        let tokenizer = try TextTokenizer(ofAnyFormat: bytes, name: name)
        _ = tokenizer.decode(tokenizer.encode("a wing <s> 燕 🦅", specialTokens: .parse))
      } catch {
        refused += 1
      }
    }
    #expect(refused > 0)
  }

  @Test(arguments: [
    ("YQ== 0\nYQ== 1\n", "second time"), ("YQ== 0\nYg==\n", "rank"),
    ("YQ== 0\nY*== 1\n", "Base64"), ("YQ== 0\n", "each byte"), ("YQ== 99999999\n", "rank"),
  ])
  func damagedRanksAreErrors(_ content: String, _ named: String) {
    let error = #expect(throws: TokenizerError.self) {
      try TextTokenizer(ofAnyFormat: Array(content.utf8), name: "x.tiktoken", encoding: .gpt2)
    }
    #expect(error?.description.contains(named) == true, "\(String(describing: error))")
  }

  @Test func foreignFilesAreErrors() throws {
    let folder = try temporaryFolder("foreign")
    for (name, bytes) in [
      ("empty", []), ("binary", [0xFF, 0xD8, 0xFF]), ("zeros", [UInt8](repeating: 0, count: 99)),
      ("vocab.txt", Array("just some\nwords".utf8)), ("other.json", Array("{\"a\":\"b\"}".utf8)),
      ("cut.model", [0x0A, 0x7F, 0x0A]),
    ] as [(String, [UInt8])] {
      try writeAtomically(folder / name, bytes)
      #expect(throws: TokenizerError.self, "\(name)") {
        try TextTokenizer(contentsOf: folder / name)
      }
    }
  }
}
