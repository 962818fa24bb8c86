import JSON
import Testing

@testable import Tokenizer

/// What the decoders of Hugging Face tokenizers make of tokens: make_tokenizer_encodings.py.
@Suite struct DecoderGoldenTests {
  /// A tokenizer with the tokens of the fixture, and one of its decoders.
  private func tokenizer(_ tokens: [String], _ decoder: JSONValue) throws -> TextTokenizer {
    let vocabulary = tokens.enumerated().map { ($0.element, JSONValue.integer(Int64($0.offset))) }
    let json: JSONValue = [
      "added_tokens": [
        ["id": .integer(Int64(tokens.count - 3)), "content": "<s>", "special": true]
      ],
      "decoder": decoder,
      "model": ["type": "BPE", "vocab": .object(JSONObject(vocabulary)), "merges": []],
    ]
    return try TextTokenizer(parsing: json.serializedBytes())
  }

  @Test func everyDecoderAgreesAtOnceAndAsTokensCome() throws {
    let golden = try fixture("decoders.json")
    let tokens = try golden.member("tokens").strings()
    #expect(tokens[tokens.count - 3] == "<s>")
    let cases = try #require(try golden.member("decoders").array)
    #expect(cases.count == 22)
    for entry in cases {
      let name = try entry.text("name")
      let tokenizer = try tokenizer(tokens, try entry.member("decoder"))
      let written = try TextTokenizer(parsing: tokenizer.serialized())
      for result in try #require(try entry.member("results").array) {
        let ids = try result.member("ids").integers().map { TokenID($0) }
        let skips = (try? result.member("skips"))?.bool ?? false
        let expected = try result.text("text")
        let decoded = tokenizer.decode(ids, skipsSpecialTokens: skips)
        #expect(decoded.isSame(as: expected), "\(name): \(ids.map { tokens[Int($0)] })")
        #expect(written.decode(ids, skipsSpecialTokens: skips).isSame(as: expected))
        var stream = tokenizer.streamDecoder(skipsSpecialTokens: skips)
        var text = ""
        for id in ids { text += stream.append(id) }
        text += stream.finish()
        #expect(text.isSame(as: expected), "\(name), streamed: \(ids.map { tokens[Int($0)] })")
      }
    }
  }

  @Test func streamsGiveOutTextAsSoonAsItIsCertain() throws {
    let golden = try fixture("decoders.json")
    let tokens = try golden.member("tokens").strings()
    let entry = try #require(
      try golden.member("decoders").array?.first { try $0.text("name") == "sentence piece" })
    let tokenizer = try tokenizer(tokens, try entry.member("decoder"))
    var stream = tokenizer.streamDecoder()
    func append(_ token: String) throws -> String {
      stream.append(TokenID(try #require(tokens.firstIndex(of: token))))
    }
    #expect(try append("\u{2581}the") == "the")
    #expect(try append("\u{2581}the") == " the")
    #expect(try append("<0xE2>") == "")
    #expect(try append("<0x96>") == "")
    #expect(try append("<0x81>") == "")
    #expect(try append("x") == "\u{2581}x")
    #expect(try append("<0xFF>") == "")
    #expect(stream.finish() == "\u{FFFD}")
  }
}
