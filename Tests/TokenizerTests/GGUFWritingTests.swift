import Files
import GGUF
import JSON
import TestSupport
import Testing

@testable import Tokenizer

/// Tokenizers as metadata of GGUF files, read again.
@Suite struct GGUFWritingTests {
  private static let texts = [
    "", " ", "The common swift sleeps in flight.", "  two  spaces\n\n\tand lines ",
    "12345.67 naïve", "I'll SAY it's <|end|> 雨燕 👩🏽‍🚀",
  ]

  /// Writes a vocabulary and reads it.
  private func rewritten(
    _ tokenizer: TextTokenizer, in folder: String, size: Int? = nil
  ) throws -> (TextTokenizer, GGUFFile) {
    let (entries, _) = try tokenizer.ggufEntries(
      path: folder, vocabularySize: size ?? tokenizer.vocabularySize, GGUFTokenIdentifiers())
    let path = folder / "vocabulary.gguf"
    var all: [(key: String, content: GGUFContent)] = [("general.architecture", .string("llama"))]
    all += entries
    let writer = try GGUFWriter(replacing: path, metadata: all, tensors: [])
    try writer.finish()
    return (
      try TextTokenizer(contentsOf: path), try GGUFFile(mapping: MappedFile(path))
    )
  }

  @Test(arguments: [
    "plain", "pretokenizer_deepseek", "pretokenizer_falcon", "pretokenizer_qwen",
  ])
  func byteLevelIdsStayTheSame(_ name: String) throws {
    let folder = try TemporaryFolder()
    let tokenizer = try TextTokenizer(contentsOf: Fixture.path("Tokenizer/\(name).json"))
    let (again, file) = try rewritten(tokenizer, in: folder.path)
    #expect(file["tokenizer.ggml.model"]?.string == "gpt2")
    for text in Self.texts {
      #expect(
        again.encode(text, addsTemplate: false) == tokenizer.encode(text, addsTemplate: false),
        "\(text)")
    }
  }

  @Test(arguments: [
    ("gpt-2", "plain"), ("falcon", "pretokenizer_falcon"), ("qwen2", "pretokenizer_qwen"),
    ("deepseek-v3", "pretokenizer_deepseek"),
  ])
  func waysOfCuttingHaveNames(_ expected: String, _ name: String) throws {
    let tokenizer = try TextTokenizer(contentsOf: Fixture.path("Tokenizer/\(name).json"))
    let found = GGUFSplits.name(of: tokenizer.pipeline.preTokenizer, ignoresMerges: false)
    #expect(found?.name == expected)
    #expect(found?.isExact == true)
  }

  /// What llama.cpp does otherwise is said.
  @Test func differencesAreNoted() throws {
    for (name, note) in [("ignoring", "llama.cpp merges"), ("added", "no space before a text")] {
      let folder = try TemporaryFolder()
      let tokenizer = try TextTokenizer(contentsOf: Fixture.path("Tokenizer/\(name).json"))
      let (_, notes) = try tokenizer.ggufEntries(
        path: folder.path, vocabularySize: tokenizer.vocabularySize, GGUFTokenIdentifiers())
      #expect(notes.contains { $0.contains(note) }, "\(notes)")
    }
    let folder = try TemporaryFolder()
    let bytes = try TextTokenizer.bytes(specialTokens: [])
    #expect(throws: TokenizerError.self) {
      try bytes.ggufEntries(path: folder.path, vocabularySize: 256, GGUFTokenIdentifiers())
    }
  }

  /// BLOOM's own pattern, whose inner brackets llama.cpp leaves out.
  @Test func whatHasNoPlaceIsRefused() throws {
    let tokenizer = try TextTokenizer(
      parsing: Array(
        """
        {"version": "1.0", "added_tokens": [], "normalizer": null, "pre_tokenizer": null,
         "post_processor": null, "decoder": null,
         "model": {"type": "WordLevel", "vocab": {"<unk>": 0, "a": 1}, "unk_token": "<unk>"}}
        """.utf8))
    let error = #expect(throws: TokenizerError.self) {
      try tokenizer.ggufEntries(path: "words", vocabularySize: 2, GGUFTokenIdentifiers())
    }
    #expect(
      error?.description
        == "“words” has a tokenizer that cannot be written to GGUF, which has no place for the model"
        + " “WordLevel”.")
  }

  @Test func bloomIsRecognised() throws {
    let own = try PreTokenizer.read(
      Components.byteLevel(pattern: #" ?[^(\s|[.,!?…。，、।۔،])]+"#), path: "bloom")
    #expect(GGUFSplits.name(of: own, ignoresMerges: false)?.name == "bloom")
  }

  /// Every way of cutting that files can name is recognised as itself, or as one that cuts the same.
  @Test func allNamesAreRecognised() throws {
    for name in GGUFSplits.knownNames {
      let splits = try #require(GGUFSplits(named: name))
      guard splits.alphabet == .bytes else { continue }
      let own = try PreTokenizer.read(splits.preTokenizer, path: name)
      let found = try #require(
        GGUFSplits.name(of: own, ignoresMerges: splits.ignoresMerges), "\(name)")
      #expect(found.isExact, "\(name)")
      #expect(GGUFSplits(named: found.name)?.ignoresMerges == splits.ignoresMerges, "\(name)")
    }
    let other = try PreTokenizer.read(
      ["type": "Sequence", "pretokenizers": [["type": "ByteLevel"], ["type": "Whitespace"]]],
      path: "other")
    #expect(GGUFSplits.name(of: other, ignoresMerges: false) == nil)
  }

  @Test(arguments: ["pieces", "unigram", "words"])
  func otherModelsStayTheSame(_ name: String) throws {
    let folder = try TemporaryFolder()
    let file = ["unigram": "unigram.model"][name] ?? "\(name).gguf"
    let tokenizer = try TextTokenizer(contentsOf: Fixture.path("Tokenizer/formats/\(file)"))
    let (again, _) = try rewritten(tokenizer, in: folder.path)
    for text in Self.texts {
      #expect(
        again.encode(text, addsTemplate: false) == tokenizer.encode(text, addsTemplate: false),
        "\(text)")
    }
    #expect(again.encode("swift") == tokenizer.encode("swift"))
  }

  @Test func configurationGoesAlong() throws {
    let folder = try TemporaryFolder()
    let plain = try Fixture.json("Tokenizer/plain.json")
    var json = try #require(plain.object)
    let first = try TextTokenizer(contentsOf: Fixture.path("Tokenizer/plain.json")).vocabularySize
    json["added_tokens"] = .array(
      ["<s>", "</s>", "<pad>"].enumerated().map { number, text in
        AddedToken(text).json(id: TokenID(first + number))
      })
    var tokenizer = try TextTokenizer(
      parsing: JSONValue.object(json).serializedBytes(), name: "plain")
    tokenizer.configuration.beginningOfText = "<s>"
    tokenizer.configuration.endOfText = "</s>"
    tokenizer.configuration.padding = "<pad>"
    tokenizer.configuration.chatTemplate = "{{ messages }}"
    tokenizer.configuration.otherChatTemplates = ["tool_use": "{{ tools }}"]
    let (again, file) = try rewritten(tokenizer, in: folder.path, size: first + 6)
    #expect(again.configuration == tokenizer.configuration)
    #expect(file["tokenizer.ggml.bos_token_id"]?.integer == first)
    #expect(file["tokenizer.ggml.add_bos_token"]?.bool == false)
    #expect(file["tokenizer.huggingface.json"]?.string != nil)
    let tokens = try file.strings(try #require(file["tokenizer.ggml.tokens"]?.array))
    let kinds = try file.numbers(try #require(file["tokenizer.ggml.token_type"]?.array))
    #expect(tokens.suffix(4) == ["<pad>"] + (3...5).map { "[PAD\(first + $0)]" })
    #expect(kinds.suffix(4) == [3, 5, 5, 5])
  }
}
