import JSON
import Testing

@testable import Tokenizer

/// WordPiece, WordLevel and Unigram against the reference; see make_tokenizer_models.py.
@Suite struct ModelTests {
  /// The number that the fixture keeps instead of a long list.
  private func checksum(_ values: some Sequence<Int>) -> Int {
    values.reduce(0) { ($0 * 31 + $1) % 2_147_483_647 }
  }

  @Test func idsAndOffsetsAreThoseOfTheReference() throws {
    let models = try #require(try fixture("models.json").array)
    #expect(models.count == 11)
    for model in models {
      let name = try model.text("name")
      let json = try model.member("tokenizer")
      let tokenizer = try TextTokenizer(parsing: json.serializedBytes())
      let cases = try #require(try model.member("cases").array)
      #expect(cases.count > 120)
      let texts = try cases.map { try $0.text("text") }
      #expect(
        tokenizer.encodeBatch(texts, specialTokens: .parse, threads: 2).arrays
          == texts.map { tokenizer.encode($0, specialTokens: .parse) })
      for entry in cases {
        let times = entry.object?["times"]?.integer
        let text = String(repeating: try entry.text("text"), count: times ?? 1)
        let result = tokenizer.encodeWithOffsets(text, specialTokens: .parse)
        let places = result.offsets.flatMap { [$0.lowerBound, $0.upperBound] }
        if times == nil {
          // Twice, so that remembered words are seen too.
          #expect(tokenizer.encodeWithOffsets(text, specialTokens: .parse) == result)
          let ids = try entry.member("ids").integers()
          #expect(result.ids.map { Int($0) } == ids, "\(name): “\(text)”")
          #expect(places == (try entry.member("offsets").integers()), "\(name): “\(text)”")
        } else {
          #expect(result.ids.count == (try entry.member("count").integer))
          #expect(checksum(result.ids.map { Int($0) }) == (try entry.member("ids").integer))
          #expect(checksum(places) == (try entry.member("offsets").integer), "\(name)")
        }
      }
    }
  }

  @Test func modelsAreWrittenAsTheyWereRead() throws {
    for model in try #require(try fixture("models.json").array) {
      let json = try model.member("tokenizer")
      let tokenizer = try TextTokenizer(parsing: json.serializedBytes())
      let written = try JSONValue(parsing: tokenizer.serialized())
      let name = try model.text("name")
      // Of equal texts only the last one's id is found, but all stay in the list.
      #expect(written == json, "\(name)")
    }
  }

  @Test(arguments: [
    (
      #"{"type":"WordPiece","unk_token":"u","continuing_subword_prefix":"","#
        + #""vocab":{"u":0}}"#, "max"
    ),
    (
      #"{"type":"WordPiece","unk_token":"u","continuing_subword_prefix":"","#
        + #""max_input_chars_per_word":-1,"vocab":{"u":0}}"#, "negative"
    ),
    (
      #"{"type":"WordPiece","unk_token":"u","continuing_subword_prefix":"","#
        + #""max_input_chars_per_word":100,"vocab":{"a":0}}"#, "unk_token"
    ),
    (#"{"type":"WordLevel","vocab":{"a":0}}"#, "unk_token"),
    (#"{"type":"WordLevel","unk_token":"u","vocab":{"a":0}}"#, "“u”"),
    (#"{"type":"WordLevel","unk_token":"u","vocab":{"u":0,"b":0}}"#, "id 0"),
    (#"{"type":"WordLevel","unk_token":"u","vocab":[["u",0]]}"#, "vocab"),
    (#"{"type":"Unigram","unk_id":0,"vocab":[]}"#, "unk_id"),
    (#"{"type":"Unigram","unk_id":1,"vocab":[["a",0.0]]}"#, "unk_id"),
    (#"{"type":"Unigram","unk_id":-1,"vocab":[["a",0.0]]}"#, "unk_id"),
    (#"{"type":"Unigram","unk_id":0.5,"vocab":[["a",0.0]]}"#, "unk_id"),
    (#"{"type":"Unigram","unk_id":null,"vocab":[["a",0.0]]}"#, "unk_id"),
    (#"{"type":"Unigram","byte_fallback":true,"vocab":[["<0x00>",0.0]]}"#, "unk_id"),
    (#"{"type":"Unigram","unk_id":0,"vocab":[["a"]]}"#, "vocab[0]"),
    (#"{"type":"Unigram","unk_id":0,"vocab":[["a","b"]]}"#, "vocab[0]"),
    (#"{"type":"Unigram","unk_id":0,"vocab":{"a":0}}"#, "vocab"),
    (#"{"type":"Unigram","unk_id":0,"vocab":[["a",1e999]]}"#, "double"),
    (#"{"vocab":{"a":0}}"#, "without type"),
  ])
  func impossibleModelsAreErrors(_ model: String, _ named: String) throws {
    let file = #"{"model":\#(model)}"#
    let error = #expect(throws: TokenizerError.self) {
      try TextTokenizer(parsing: Array(file.utf8))
    }
    #expect(error?.description.contains(named) == true, "\(String(describing: error))")
  }

  @Test(arguments: [
    (#"{"unk_token":"u","vocab":{"u":0,"a":1}}"#, "a", 1),
    (
      #"{"unk_token":"u","continuing_subword_prefix":"","max_input_chars_per_word":9,"#
        + #""vocab":{"u":0,"aa":1}}"#, "aa", 1
    ),
    (#"{"unk_id":0,"vocab":[["u",0],["a",-1]]}"#, "a", 1),
  ])
  func modelsWithoutATypeAreKnownByTheirFields(
    _ model: String, _ text: String, _ id: Int
  ) throws {
    let tokenizer = try TextTokenizer(parsing: Array(#"{"model":\#(model)}"#.utf8))
    #expect(tokenizer.encode(text) == [TokenID(id)])
    #expect(tokenizer.encode("?") == [0])
  }

  @Test func withAllBytesNothingIsUnknown() throws {
    let vocabulary = (UInt8.min...UInt8.max).map {
      JSONValue.array([.string(byteToken($0)), .number(0)])
    }
    let model: JSONValue = [
      "type": "Unigram", "unk_id": nil, "byte_fallback": true,
      "vocab": .array(vocabulary + [["ab", -1.5]]),
    ]
    let file: JSONValue = ["model": model]
    let tokenizer = try TextTokenizer(parsing: file.serializedBytes())
    let result = tokenizer.encodeWithOffsets("abé")
    #expect(result.ids == [256, 0xC3, 0xA9])
    #expect(result.offsets == [0..<2, 2..<4, 2..<4])
    let written = try JSONValue(parsing: tokenizer.serialized())
    #expect(written.object?["model"] == model)
  }

  @Test func anyBytesAreEncoded() throws {
    var generator = SeededGenerator(seed: 31)
    for model in try #require(try fixture("models.json").array) {
      let json = try model.member("tokenizer")
      let tokenizer = try TextTokenizer(parsing: json.serializedBytes())
      for _ in 0..<100 {
        var bytes: [UInt8] = []
        for _ in 0..<Int.random(in: 0...60, using: &generator) {
          let any = UInt8.random(in: .min ... .max, using: &generator)
          bytes.append(any < 0x80 ? 0x61 : any)
        }
        _ = bytes.withUnsafeBufferPointer { tokenizer.encode(utf8: $0) }
      }
    }
  }

  @Test func triesFindWhatIsInThem() {
    var generator = SeededGenerator(seed: 37)
    for alphabet in [UInt8(2), 4, 255] {
      var strings: Set<[UInt8]> = [[]]
      for _ in 0..<3000 {
        strings.insert(
          (0..<Int.random(in: 1...9, using: &generator)).map { _ in
            UInt8.random(in: 0...alphabet, using: &generator)
          })
      }
      let list = Array(strings)
      let all: [UInt8] = list.flatMap { $0 }
      let trie = all.withUnsafeBufferPointer { bytes -> PrefixTrie in
        var start = 0
        var texts: [UnsafeBufferPointer<UInt8>] = []
        for string in list {
          texts.append(UnsafeBufferPointer(rebasing: bytes[start..<start + string.count]))
          start += string.count
        }
        return PrefixTrie(texts) { Int32($0) }
      }
      #expect(trie.longest == list.map(\.count).max())
      for (index, string) in list.enumerated() {
        let node = trie.node(of: string)
        #expect(node >= 0 && trie.value(at: node) == Int32(index))
        let other = string.dropLast() + [UInt8.random(in: 0...alphabet, using: &generator)]
        let found = trie.node(of: other)
        #expect((found >= 0 && trie.value(at: found) >= 0) == strings.contains(Array(other)))
      }
    }
  }
}
