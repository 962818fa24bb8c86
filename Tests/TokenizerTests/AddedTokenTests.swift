import JSON
import Testing

@testable import Tokenizer

/// Added tokens that are looked for in text and in normalized text, with every flag.
@Suite struct AddedTokenTests {
  /// A tokenizer whose model has a token for each byte and no merges.
  private func tokenizer(_ entry: JSONValue) throws -> TextTokenizer {
    let normalizer = try entry.member("normalizer")
    let writesBytes = normalizer.object?["type"] == "ByteLevel"
    var vocabulary = JSONObject()
    for (index, byte) in ByteAlphabet.bytesInCharacterOrder.enumerated() {
      vocabulary[ByteAlphabet.token(for: [byte])] = .integer(Int64(index))
    }
    let byteLevel: JSONValue = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": false,
    ]
    let json: JSONValue = [
      "version": "1.0", "added_tokens": try entry.member("tokens"), "normalizer": normalizer,
      "pre_tokenizer": writesBytes ? .null : byteLevel,
      "decoder": try entry.member("decoder"),
      "model": ["type": "BPE", "vocab": .object(vocabulary), "merges": []],
    ]
    return try TextTokenizer(parsing: json.serializedBytes())
  }

  @Test func tokensAreFoundAndDecodedAsByTheReference() throws {
    let entries = try #require(try fixture("normalized_added.json").array)
    #expect(entries.count == 40)
    for entry in entries {
      let tokenizer = try tokenizer(entry)
      for entry in try #require(try entry.member("cases").array) {
        let parts = try #require(entry.array)
        let text = try #require(parts[0].string)
        let encoded = tokenizer.encodeWithOffsets(text, specialTokens: .parse)
        let ids = try parts[1].integers()
        let name = "\(text.debugDescription) with \(tokenizer.addedTokens.map(\.token))"
        #expect(encoded.ids == ids.map { TokenID($0) }, "\(name)")
        let offsets = encoded.offsets.flatMap { [$0.lowerBound, $0.upperBound] }
        #expect(offsets == (try parts[2].integers()), "\(name)")
        #expect(tokenizer.encode(text, specialTokens: .parse) == encoded.ids, "\(name)")
        let all = tokenizer.decode(encoded.ids, skipsSpecialTokens: false)
        #expect(all.isSame(as: try #require(parts[3].string)), "\(name)")
        let rest = tokenizer.decode(encoded.ids, skipsSpecialTokens: true)
        #expect(rest.isSame(as: try #require(parts[4].string)), "\(name)")
      }
    }
  }

  @Test func aTokenThatTheNormalizerEmptiesIsFoundNowhere() throws {
    let normalizer = Normalizer.stripAccents
    let added = AddedVocabulary(
      [(AddedToken("\u{301}", normalized: true), 1), (AddedToken("a", normalized: true), 2)],
      normalizer: normalizer)
    #expect(added.spellings == ["", "a"])
    var found: [Int] = []
    let bytes = Array("xax".utf8)
    bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      added.normalized.split(start, 0..<buffer.count, accepts: { _, _ in true }) { _ in
      } found: {
        found.append($0.index)
      }
    }
    #expect(found == [1])
  }
}
