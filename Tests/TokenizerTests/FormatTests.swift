import Files
import JSON
import Testing

@testable import Tokenizer

/// Ids of tokenizers in other formats than tokenizer.json, compared with the libraries of the formats.
@Suite struct FormatTests {
  static let folder = fixtures / "formats"

  /// The number of recorded tokenizers in formats.json.
  static let recorded = 0..<16

  @Test(arguments: recorded)
  func idsAreThoseOfTheFormatsLibrary(_ index: Int) throws {
    let list = try #require(try fixture("formats/formats.json").array)
    #expect(list.count == Self.recorded.count)
    let entry = list[index]
    let file = try entry.text("file")
    let parse = try entry.member("parse").bool == true
    let template = try entry.member("template").bool == true
    let tokenizer: TextTokenizer
    if let name = try entry.member("encoding").string {
      var encoding = try #require(TiktokenEncoding(named: name))
      // The file is far smaller than the encoding's.
      encoding.specialTokens = ["<|endoftext|>": 1000]
      tokenizer = try TextTokenizer(tiktoken: Self.folder / file, encoding: encoding)
    } else {
      tokenizer = try TextTokenizer(contentsOf: Self.folder / file)
    }
    let again = try TextTokenizer(parsing: tokenizer.serialized())
    for entry in try #require(try entry.member("cases").array) {
      let text = try entry.text("text")
      let expected = try entry.member("ids").integers()
      for tokenizer in [tokenizer, again] {
        let ids = tokenizer.encode(
          text, specialTokens: parse ? .parse : .asText, addsTemplate: template)
        #expect(ids.map { Int($0) } == expected, "\(file): \(text.debugDescription)")
      }
    }
  }

  @Test func configurationsAreRead() throws {
    let bytes = try TextTokenizer(contentsOf: Self.folder / "bytes.gguf")
    #expect(bytes.configuration.chatTemplate == "{{ messages }}")
    #expect(bytes.configuration.otherChatTemplates == ["tool_use": "{{ tools }}"])
    #expect(bytes.configuration.endOfText == "<|endoftext|>")
    #expect(bytes.beginningOfTextID == 556)
    let words = try TextTokenizer(contentsOf: Self.folder / "words.gguf")
    #expect(words.configuration.separator == "[SEP]")
    #expect(words.configuration.mask == "[MASK]")
    #expect(words.configuration.padding == "[PAD]")
    let gpt2 = try TextTokenizer(contentsOf: Self.folder / "gpt2")
    #expect(gpt2.configuration.longestText == 1024)
    #expect(gpt2.id(for: "<sep>") == 556)
    #expect(gpt2.addedTokens.first { $0.id == 556 }?.token.special == true)
    #expect(gpt2.addedTokens.first { $0.id == 557 }?.token.special == false)
    let tekken = try TextTokenizer(contentsOf: Self.folder / "tekken.json")
    #expect(tekken.id(for: "<SPECIAL_23>") == 23)
    #expect(tekken.configuration.beginningOfText == "<s>")
    let pieces = try TextTokenizer(contentsOf: Self.folder / "unigram.model")
    #expect(pieces.configuration.unknown == "<unk>")
    // A control piece that a text spells out is text.
    #expect(!pieces.encode("<s></s>").contains { $0 == 1 || $0 == 2 })
    #expect(pieces.encode("</s>", specialTokens: .parse).contains(2))
  }

  @Test func foldersPreferTokenizerJSON() throws {
    let folder = try temporaryFolder("preference")
    let model = try readFile(Self.folder / "merging.model")
    try writeAtomically(folder / "tokenizer.model", model)
    let pieces = try TextTokenizer(contentsOf: folder)
    #expect(pieces.vocabularySize == 560)
    #expect(pieces.encode("wing").first != 1)
    // The class decides what bare SentencePiece models do not say.
    try writeAtomically(
      folder / "tokenizer_config.json", #"{"tokenizer_class":"LlamaTokenizerFast"}"#)
    let llama = try TextTokenizer(contentsOf: folder)
    #expect(llama.encode("wing") == [1] + pieces.encode("wing"))
    try writeAtomically(
      folder / "tokenizer_config.json",
      #"{"tokenizer_class":"LlamaTokenizer","add_bos_token":false,"add_eos_token":true}"#)
    #expect(try TextTokenizer(contentsOf: folder).encode("wing") == pieces.encode("wing") + [2])
    try writeAtomically(
      folder / "tokenizer_config.json", #"{"tokenizer_class":"XLMRobertaTokenizer"}"#)
    #expect(throws: TokenizerError.self) { try TextTokenizer(contentsOf: folder) }
    try removeFile(folder / "tokenizer_config.json")
    try fixtureTokenizer("plain").save(to: folder)
    #expect(try TextTokenizer(contentsOf: folder).vocabularySize == 700)
  }

  @Test func tokensBesideATokenizerJSONAreAdded() throws {
    let folder = try temporaryFolder("beside")
    try fixtureTokenizer("plain").save(to: folder)
    let before = try TextTokenizer(contentsOf: folder)
    try writeAtomically(
      folder / "tokenizer_config.json",
      """
      {"add_bos_token":true,"bos_token":"<s>","added_tokens_decoder":
      {"700":{"content":"<sep>","lstrip":true,"special":true},
      "701":{"content":"wxyz","special":false,"normalized":false}}}
      """)
    let after = try TextTokenizer(contentsOf: folder)
    #expect(after.encode("a  <sep>b", specialTokens: .parse).contains(700))
    #expect(after.encode("swxyz").last == 701)
    #expect(after.id(for: "<s>") == 702)
    // A tokenizer.json says itself what goes before a text.
    #expect(after.encode("night") == before.encode("night"))
  }

  @Test func mergesOfScoresAreOrderedByPlace() throws {
    // Both ways to make “aba” overlap in “ababa” when “ab” and “ba” are there.
    let texts = ByteStringTable()
    for text in ["a", "b", "ab", "ba", "aba", "ababa"] { _ = texts.insert(text) }
    let derived = DerivedMerges(
      tokens: texts, isPart: [Bool](repeating: true, count: 6), cutsBetweenCharacters: true)
    let merges = derived.merges(making: [5]).map { [$0.left, $0.right] }
    // “ab”+“aba” before “aba”+“ba”: of “ab”, “aba”, “ba” the left two are merged.
    #expect(merges == [[2, 4], [4, 3]])
    #expect(derived.merges(making: [4]).map { [$0.left, $0.right] } == [[2, 0], [0, 3]])
  }

  @Test func patternsOfTiktokenAreTranslated() throws {
    func translated(_ pattern: String) throws -> String {
      try TiktokenPattern.translate(pattern, path: "file")
    }
    #expect(try translated(#"\p{N}{1,3}+|a$|[$^]+|\s++$"#) == #"\p{N}{1,3}|a\z|[$^]+|\s++$"#)
    #expect(try translated(#"\p{L}+|^x"#) == #"\p{L}+|\Ax"#)
    #expect(throws: TokenizerError.self) { try translated("a{1,3}+b") }
  }

  @Test func base64IsReadStrictly() {
    #expect(Base64.decode("YWI=") == [0x61, 0x62])
    #expect(Base64.decode("YWI") == [0x61, 0x62])
    for text in ["Y", "YW=I", "YWJ=", "Y W", "====", "YWI*"] {
      #expect(Base64.decode(text) == nil, "\(text)")
    }
    for count in 0..<9 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 * 37 + 3) }
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
    }
  }
}
