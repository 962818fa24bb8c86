import Files
import JSON
import Testing

@testable import Tokenizer

@Suite struct FileTests {
  @Test(arguments: EncodingTests.names)
  func savedTokenizersLoadAsTheyWere(_ name: String) throws {
    var tokenizer = try fixtureTokenizer(name)
    tokenizer.configuration.endOfText = tokenizer.addedTokens.first?.token.content
    tokenizer.configuration.longestText = 1024
    tokenizer.configuration.chatTemplate = "{{ messages }}"
    let folder = try temporaryFolder(name)
    try tokenizer.save(to: folder)
    let again = try TextTokenizer(contentsOf: folder)
    #expect(again.configuration == tokenizer.configuration)
    #expect(again.serialized() == tokenizer.serialized())
    // The reference's own file holds the same values, apart from the older spelling of merges.
    if name != "template", name != "disordered" {
      #expect(try JSONValue(parsing: tokenizer.serialized()) == (try fixture("\(name).json")))
    }
    for text in ["a wing <left> ", "𝄞 abcabc"] {
      #expect(again.encodeWithOffsets(text) == tokenizer.encodeWithOffsets(text))
    }
    try removeFile(folder / "tokenizer.json")
    try removeFile(folder / "tokenizer_config.json")
  }

  @Test(arguments: ["tokenizer.json", "vocab.txt", "tokenizer.model", "tokenizer_config.json"])
  func pointersOfGitLFSAreNamed(_ name: String) throws {
    let folder = try temporaryFolder("lfs-\(name)")
    if name == "tokenizer_config.json" { try fixtureTokenizer("plain").save(to: folder) }
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9085657\n"
    try writeAtomically(folder / name, Array(pointer.utf8))
    for path in name == "tokenizer_config.json" ? [folder] : [folder, folder / name] {
      let error = #expect(throws: TokenizerError.self) { try TextTokenizer(contentsOf: path) }
      #expect(error?.description.contains("Git LFS") == true)
      #expect(error?.description.contains("git lfs pull") == true)
      #expect(error?.description.contains(folder / name) == true)
    }
    try removeFile(folder / name)
  }

  @Test func byteTokenizerHasItsBytesAsIDs() throws {
    let tokenizer = try TextTokenizer.bytes(specialTokens: ["<|end|>", "<|pad|>"])
    let text = "Ça va? 🦅\n<|end|>"
    #expect(tokenizer.encode(text) == text.utf8.map { TokenID($0) })
    #expect(tokenizer.encode(text, specialTokens: .parse).last == 256)
    #expect(tokenizer.vocabularySize == 258)
    #expect(tokenizer.endOfTextID == 256)
    let again = try TextTokenizer(parsing: tokenizer.serialized())
    #expect(again.encode(text) == tokenizer.encode(text))
    #expect(again.decode(again.encode(text)) == text)
    #expect(throws: TokenizerError.self) { try TextTokenizer.bytes(specialTokens: ["a"]) }
  }

  @Test(arguments: [
    ("normalizer", #"{"type":"Imaginary"}"#, "Imaginary"),
    ("normalizer", #"{"type":"Sequence","normalizers":[{"type":"Imaginary"}]}"#, "Imaginary"),
    ("pre_tokenizer", #"{"type":"Imaginary"}"#, "Imaginary"),
    ("post_processor", #"{"type":"Imaginary"}"#, "Imaginary"),
    ("post_processor", #"{"type":"Sequence","processors":[{"type":"Imaginary"}]}"#, "Imaginary"),
    ("decoder", #"{"type":"Imaginary"}"#, "Imaginary"),
    ("model", #"{"type":"Imaginary","vocab":[]}"#, "Imaginary"),
    ("model", #"{"type":"BPE","vocab":{},"merges":[],"dropout":0.1}"#, "dropout"),
  ])
  func whatCannotBeRunIsNamed(_ field: String, _ value: String, _ named: String) throws {
    var json = try #require(try fixture("plain.json").object)
    json[field] = try JSONValue(parsing: value)
    let bytes = JSONValue.object(json).serializedBytes()
    let error = #expect(throws: TokenizerError.self) { try TextTokenizer(parsing: bytes) }
    guard case .unsupported = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(error?.description.contains(named) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    (#"{"type":"BPE","vocab":{"a":0,"b":0},"merges":[]}"#, "id 0"),
    (#"{"type":"BPE","vocab":{"a":-1},"merges":[]}"#, "-1"),
    (#"{"type":"BPE","vocab":{"a":4000000000},"merges":[]}"#, "4000000000"),
    (#"{"type":"BPE","vocab":{"a":9000000},"merges":[]}"#, "9000000"),
    (#"{"type":"BPE","vocab":{"a":1.5},"merges":[]}"#, "integer"),
    (#"{"type":"BPE","vocab":{"a":0},"merges":[["a","b"]]}"#, "merges[0]"),
    (#"{"type":"BPE","vocab":{"a":0},"merges":["a"]}"#, "merges[0]"),
    (#"{"type":"BPE","vocab":{"a":0},"merges":{}}"#, "merges"),
    (#"{"type":"BPE","vocab":{"a":0},"merges":[],"unk_token":"u"}"#, "unk_token"),
    (#"{"type":"BPE","vocab":[],"merges":[]}"#, "vocab"),
    ("7", "model"),
  ])
  func impossibleModelsAreErrors(_ model: String, _ named: String) throws {
    var json = try #require(try fixture("plain.json").object)
    json["model"] = try JSONValue(parsing: model)
    json["added_tokens"] = []
    let bytes = JSONValue.object(json).serializedBytes()
    let error = #expect(throws: TokenizerError.self) { try TextTokenizer(parsing: bytes) }
    #expect(error?.description.contains(named) == true, "\(String(describing: error))")
  }

  @Test(arguments: EncodingTests.names)
  func textIsReadAsATreeOfItWouldBe(_ name: String) throws {
    let original = try fixture("\(name).json")
    let tree = try TextTokenizer(
      original, path: name, configuration: TokenizerConfiguration())
    for pretty in [true, false] {
      let bytes = original.serializedBytes(pretty: pretty)
      let scanned = try bytes.withUnsafeBytes {
        try TextTokenizer.scanned($0, path: name, Companions(), TokenizerConfiguration())
      }
      #expect(try #require(scanned).serialized() == tree.serialized())
    }
  }

  @Test func longListsOfMergesAreReadInTwoParts() throws {
    // A chain of tokens, long enough for two threads, in both spellings of merges.
    let count = 24_000
    let texts = (0...count).map { "t\($0)" } + (0..<count).map { "t\($0)t\($0 + 1)" }
    let vocabulary = JSONObject(texts.enumerated().map { ($1, .integer(Int64($0))) })
    for spelling in [true, false] {
      let merges = (0..<count).map { number -> JSONValue in
        spelling
          ? .string("t\(number) t\(number + 1)")
          : .array([.string("t\(number)"), .string("t\(number + 1)")])
      }
      let model: JSONValue = [
        "type": "BPE", "vocab": .object(vocabulary), "merges": .array(merges),
      ]
      let json: JSONValue = ["model": model]
      let tree = try TextTokenizer(json, path: "", configuration: TokenizerConfiguration())
      for pretty in [true, false] {
        let read = try TextTokenizer(parsing: json.serializedBytes(pretty: pretty))
        #expect(try #require(read.model.bytePair).merges == tree.model.bytePair?.merges)
      }
    }
  }

  @Test func missingFilesAreErrors() throws {
    #expect(throws: TokenizerError.self) { try TextTokenizer(contentsOf: fixtures / "none") }
    #expect(throws: TokenizerError.self) { try TextTokenizer(contentsOf: fixtures) }
  }

  @Test func truncatedFilesAreErrors() throws {
    let bytes = Array(try readFile(fixtures / "disordered.json").dropLast(2))
    for count in stride(from: 0, to: bytes.count, by: 13) {
      #expect(throws: TokenizerError.self) { try TextTokenizer(parsing: Array(bytes[..<count])) }
    }
  }

  @Test(arguments: ["added", "disordered", "template", "fused"])
  func mutatedFilesLoadOrThrow(_ name: String) throws {
    let original = try readFile(fixtures / "\(name).json")
    var generator = SeededGenerator(seed: UInt64(name.utf8.count))
    var refused = 0
    for _ in 0..<150 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &generator)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(UInt8(ascii: "9"), at: place)
        default:
          let other = Int.random(in: 0..<bytes.count, using: &generator)
          bytes.swapAt(place, other)
        }
      }
      do {
        let tokenizer = try TextTokenizer(parsing: bytes)
        let text = "a <left> abcabc wing\u{0} é 🦅 <both>"
        let ids = tokenizer.encodeWithOffsets(text, specialTokens: .parse).ids
        _ = tokenizer.decode(ids)
      } catch {
        refused += 1
      }
    }
    #expect(refused > 0)
  }
}
