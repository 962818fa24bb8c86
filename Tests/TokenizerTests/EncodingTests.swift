import JSON
import Testing

@testable import Tokenizer

@Suite struct EncodingTests {
  static let names = [
    "plain", "added", "template", "unknown", "fused", "dropped", "disordered", "ignoring",
  ]

  @Test(arguments: names)
  func idsOffsetsAndTextAreThoseOfTheReference(_ name: String) throws {
    let tokenizer = try fixtureTokenizer(name)
    let cases = try #require(try fixture("golden.json").member(name).array)
    #expect(cases.count > 130)
    for entry in cases {
      let text = try entry.text("text")
      let handling: SpecialTokenHandling = try entry.member("parse").bool == true ? .parse : .asText
      let expected = try entry.member("ids").integers().map { TokenID($0) }
      let result = tokenizer.encodeWithOffsets(text, specialTokens: handling)
      #expect(result.ids == expected, "\(name): “\(text)”")
      if let places = try entry.object?["offsets"]?.integers() {
        let ranges = stride(from: 0, to: places.count, by: 2).map { places[$0]..<places[$0 + 1] }
        #expect(result.offsets == ranges, "\(name): “\(text)”")
      }
      #expect(tokenizer.encode(text, specialTokens: handling) == expected)
      #expect(tokenizer.count(text, specialTokens: handling) == expected.count)
      let decoded = tokenizer.decode(expected, skipsSpecialTokens: false)
      #expect(decoded.isSame(as: try entry.text("decoded")), "\(name): “\(text)”")
      #expect(tokenizer.decode(expected).isSame(as: try entry.text("skipped")))
    }
  }

  @Test func templateTokensCanBeLeftOut() throws {
    let tokenizer = try fixtureTokenizer("template")
    let whole = tokenizer.encodeWithOffsets("air and night")
    let bare = tokenizer.encodeWithOffsets("air and night", addsTemplate: false)
    #expect(whole.ids == [0] + bare.ids + [1])
    #expect(whole.offsets == [0..<0] + bare.offsets + [0..<0])
    #expect(tokenizer.encode("air and night", addsTemplate: false) == bare.ids)
    #expect(tokenizer.count("air and night", addsTemplate: false) == bare.ids.count)
  }

  @Test func offsetsCoverBytesThatAreNoTokens() throws {
    // The byte-less tokenizers know neither “q” nor “~”; see make_tokenizer.py.
    let text = "a~~b"
    #expect(try fixtureTokenizer("dropped").encodeWithOffsets(text).offsets == [0..<1, 3..<4])
    #expect(
      try fixtureTokenizer("unknown").encodeWithOffsets(text).offsets
        == [0..<1, 1..<2, 2..<3, 3..<4])
    #expect(
      try fixtureTokenizer("fused").encodeWithOffsets(text).offsets == [0..<1, 1..<3, 3..<4])
  }

  @Test func someSpecialTokensCanBeParsed() throws {
    let tokenizer = try fixtureTokenizer("template")
    let text = "<s>air</s>"
    let plain = tokenizer.encode(text, addsTemplate: false)
    let all = tokenizer.encode(text, specialTokens: .parse, addsTemplate: false)
    let one = tokenizer.encode(text, specialTokens: .parseOnly(["</s>"]), addsTemplate: false)
    #expect(!plain.contains(0) && !plain.contains(1))
    #expect(all.first == 0 && all.last == 1)
    #expect(one.first != 0 && one.last == 1)
    #expect(throws: TokenizerError.specialTokenInText(token: "</s>", offset: 3)) {
      try tokenizer.refuseSpecialTokens(in: "air</s><s>")
    }
    try tokenizer.refuseSpecialTokens(in: "air < s >")
  }

  @Test func batchesDoNotDependOnThreads() throws {
    let tokenizer = try fixtureTokenizer("added")
    let texts = try #require(try fixture("golden.json").member("added").array).map {
      try $0.text("text")
    }
    let expected = texts.map { tokenizer.encode($0, specialTokens: .parse) }
    for threads in [1, 2, 3, 16] {
      let batch = tokenizer.encodeBatch(texts, specialTokens: .parse, threads: threads)
      #expect(batch.arrays == expected)
    }
    #expect(tokenizer.encodeBatch([]).isEmpty)
  }

  @Test func invalidBytesAreEncodedAndComeBack() throws {
    let tokenizer = try fixtureTokenizer("plain")
    var generator = SeededGenerator(seed: 9)
    for _ in 0..<200 {
      let bytes = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      let ids = bytes.withUnsafeBufferPointer { tokenizer.encode(utf8: $0) }
      #expect(tokenizer.decodeBytes(ids) == bytes)
    }
  }

  @Test func forgottenWordsAreEncodedAgain() throws {
    // More different words than the cache holds, each twice.
    let tokenizer = try fixtureTokenizer("plain")
    var text = ""
    for number in 0..<30_000 { text += " \(number * 7919)" }
    let once = tokenizer.encode(text)
    #expect(tokenizer.encode(text + text) == once + once)
  }
}
