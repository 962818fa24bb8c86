import JSON
import Testing

@testable import Tokenizer

@Suite struct DecodingTests {
  @Test func brokenCharactersAreReplacedAsInTheReference() throws {
    let tokenizer = try fixtureTokenizer("plain")
    let cases = try #require(try fixture("decodes.json").array)
    #expect(cases.contains { (try? $0.text("text").contains("\u{FFFD}")) == true })
    for entry in cases {
      let ids = try entry.member("ids").integers().map { TokenID($0) }
      #expect(
        tokenizer.decode(ids, skipsSpecialTokens: false).isSame(as: try entry.text("text")))
    }
  }

  @Test func streamsJoinToTheWholeText() throws {
    let tokenizer = try fixtureTokenizer("plain")
    for entry in try #require(try fixture("decodes.json").array) {
      var decoder = tokenizer.streamDecoder(skipsSpecialTokens: false)
      var text = ""
      for id in try entry.member("ids").integers() { text += decoder.append(TokenID(id)) }
      text += decoder.finish()
      #expect(text.isSame(as: try entry.text("text")))
    }
  }

  @Test func streamsNeverSplitACharacter() throws {
    let tokenizer = try TextTokenizer.bytes()
    var decoder = tokenizer.streamDecoder()
    let parts = tokenizer.encode("a🦅é").map { decoder.append($0) }
    #expect(parts == ["a", "", "", "", "🦅", "", "é"])
    #expect(decoder.finish() == "")
    #expect(decoder.append(0xF0) == "")
    #expect(decoder.finish() == "\u{FFFD}")
  }

  @Test func idsThatNoTokenHasAreLeftOut() throws {
    let tokenizer = try fixtureTokenizer("plain")
    #expect(tokenizer.decode([-1, 1_000_000, .min, .max]) == "")
    #expect(tokenizer.token(for: -1) == nil)
    #expect(tokenizer.bytes(for: 1_000_000) == nil)
  }

  @Test func tokensAndIDsAgree() throws {
    let tokenizer = try fixtureTokenizer("added")
    for id in 0..<TokenID(tokenizer.vocabularySize) {
      let token = try #require(tokenizer.token(for: id))
      #expect(tokenizer.id(for: token) == id)
    }
    #expect(tokenizer.bytes(for: try #require(tokenizer.id(for: "Ġwing"))) == Array(" wing".utf8))
    #expect(tokenizer.id(for: "no such token") == nil)
  }

  @Test func withoutADecoderTokensAreJoinedBySpaces() throws {
    var json = try #require(try fixture("plain.json").object)
    json["decoder"] = .null
    let tokenizer = try TextTokenizer(parsing: JSONValue.object(json).serializedBytes())
    let ids = tokenizer.encode("ab cd")
    let expected = ids.map { tokenizer.token(for: $0) ?? "" }.joined(separator: " ")
    #expect(tokenizer.decode(ids) == expected)
    var decoder = tokenizer.streamDecoder()
    #expect(ids.map { decoder.append($0) }.joined() + decoder.finish() == expected)
  }
}
