import JSON
import Testing

@testable import Tokenizer

/// What Hugging Face tokenizers makes of texts and pairs: make_tokenizer_encodings.py.
@Suite struct EncodingGoldenTests {
  /// The base tokenizer with some fields changed.
  private static func tokenizer(
    _ fields: [(String, JSONValue)]
  ) throws -> TextTokenizer {
    var json = try #require(try fixture("encodings.json").member("base").object)
    for (name, value) in fields { json[name] = value }
    return try TextTokenizer(parsing: JSONValue.object(json).serializedBytes())
  }

  @Test func postProcessingTruncationAndPaddingAgree() throws {
    let cases = try #require(try fixture("encodings.json").member("processing").array)
    #expect(cases.count == 8 * (8 + 2 * 2))
    var compared = 0
    for entry in cases {
      let fields = [
        ("post_processor", try entry.member("processor")),
        ("truncation", try entry.member("truncation")), ("padding", try entry.member("padding")),
      ]
      let tokenizer = try Self.tokenizer(fields)
      for result in try #require(try entry.member("results").array) {
        let text = try result.text("text")
        let pair = try result.member("pair").string
        let adds = try result.member("adds").bool == true
        let expected = try result.member("encoding")
        let encoding = try tokenizer.encoding(
          of: text, pair: pair, specialTokens: .parse, addsTemplate: adds)
        let context = "\(try entry.text("name")) \(fields.dropFirst()) \(text) + \(pair ?? "–")"
        try compare(encoding, expected, context)
        #expect(encoding.words.map { $0 ?? -1 } == (try expected.member("words").integers()))
        let places = encoding.offsets.flatMap { [$0.lowerBound, $0.upperBound] }
        #expect(places == (try expected.member("offsets").integers()), "\(context)")
        compared += 1
        if pair == nil {
          let ids = tokenizer.encode(text, specialTokens: .parse, addsTemplate: adds)
          #expect(ids == encoding.ids, "\(context)")
          #expect(
            tokenizer.count(text, specialTokens: .parse, addsTemplate: adds) == ids.count)
          let withOffsets = tokenizer.encodeWithOffsets(
            text, specialTokens: .parse, addsTemplate: adds)
          #expect(withOffsets.ids == ids && withOffsets.offsets == encoding.offsets)
        }
      }
    }
    #expect(compared > 800)
  }

  private func compare(_ encoding: Encoding, _ expected: JSONValue, _ context: String) throws {
    #expect(encoding.ids.map { Int($0) } == (try expected.member("ids").integers()), "\(context)")
    #expect(
      encoding.typeIDs.map { Int($0) } == (try expected.member("types").integers()), "\(context)")
    let masks = [("special", encoding.specialTokensMask), ("attention", encoding.attentionMask)]
    for (name, mask) in masks {
      let digits = mask.map { $0 ? "1" : "0" }.joined()
      #expect(digits == (try expected.text(name)), "\(context)")
    }
    guard let parts = try? expected.member("overflowing").array else { return }
    let all = encoding.overflowing
    #expect(all.count == (try expected.member("parts").integer), "\(context)")
    // Of many parts the first, the middle one and the last are in the fixture.
    let sampled = all.count < 4 ? all : [all[0], all[all.count / 2], all[all.count - 1]]
    for (part, expected) in zip(sampled, parts) {
      try compare(part, expected, context + ", cut off")
    }
  }

  @Test func charactersAreMergedAsInTheReference() throws {
    let cases = try #require(try fixture("encodings.json").member("characters").array)
    #expect(cases.count == 10)
    for entry in cases {
      let tokenizer = try TextTokenizer(
        parsing: try entry.member("tokenizer").serializedBytes())
      let name = try entry.text("name")
      // Twice, because the second time words are remembered.
      for _ in 0..<2 {
        for result in try #require(try entry.member("results").array) {
          let text = try result.text("text")
          let encoded = tokenizer.encodeWithOffsets(text, specialTokens: .parse)
          let expected = try result.member("ids").integers()
          #expect(encoded.ids.map { Int($0) } == expected, "\(name): \(text)")
          #expect(tokenizer.encode(text, specialTokens: .parse) == encoded.ids)
          if case .array = try result.member("offsets") {
            let places = encoded.offsets.flatMap { [$0.lowerBound, $0.upperBound] }
            #expect(places == (try result.member("offsets").integers()), "\(name): \(text)")
          }
          let decoded = tokenizer.decode(encoded.ids, skipsSpecialTokens: false)
          #expect(decoded.isSame(as: try result.text("decoded")), "\(name): \(text)")
        }
      }
    }
  }

  @Test func aBatchIsPaddedToItsLongestText() throws {
    let tokenizer = try Self.tokenizer([
      (
        "padding",
        [
          "strategy": "BatchLongest", "direction": "Left", "pad_to_multiple_of": 4, "pad_id": 2,
          "pad_type_id": 0, "pad_token": "<pad>",
        ]
      )
    ])
    let batch = tokenizer.encodeBatch(["a", "The swift flies", ""])
    let longest = tokenizer.encode("The swift flies").count
    #expect(longest % 4 == 0)
    #expect(batch.map(\.count) == [longest, longest, longest])
    #expect(Array(batch[2]) == Array(repeating: 2, count: longest))
    #expect(try tokenizer.encodings(of: ["a", "The swift flies", ""]).map(\.ids) == batch.arrays)
  }

  @Test func impossibleSettingsAreErrors() throws {
    for (field, value) in [
      ("truncation", #"{"max_length":4,"stride":4,"strategy":"LongestFirst"}"#),
      ("truncation", #"{"max_length":-1,"stride":0,"strategy":"LongestFirst"}"#),
      ("truncation", #"{"max_length":4,"stride":0,"strategy":"Shortest"}"#),
      ("truncation", #"{"max_length":4}"#),
      ("padding", #"{"strategy":"Longest"}"#),
      ("padding", #"{"strategy":{"Fixed":-3},"direction":"Left"}"#),
      ("padding", #"{"strategy":"BatchLongest","direction":"Up","pad_id":0,"pad_type_id":0}"#),
      ("post_processor", #"{"type":"BertProcessing","sep":["</s>",1]}"#),
      ("post_processor", #"{"type":"BertProcessing","sep":["</s>",1],"cls":["<s>",999999]}"#),
      (
        "post_processor",
        #"{"type":"TemplateProcessing","single":[{"Sequence":{"id":"B","type_id":0}}],"pair":[]}"#
      ),
      ("decoder", #"{"type":"Strip","content":"xx","start":1,"stop":0}"#),
      ("decoder", #"{"type":"Metaspace","replacement":""}"#),
    ] {
      let error = #expect(throws: TokenizerError.self) {
        try Self.tokenizer([(field, try JSONValue(parsing: value))])
      }
      #expect(error?.description.contains(field) == true, "\(String(describing: error))")
    }
    let bert = #"{"type":"BertProcessing","sep":["</s>",1],"cls":["<s>",0]}"#
    #expect(throws: TokenizerError.self) {
      try Self.tokenizer([
        ("post_processor", try JSONValue(parsing: bert)),
        ("truncation", ["max_length": 4, "stride": 2, "strategy": "LongestFirst"]),
      ])
    }
    var tokenizer = try Self.tokenizer([])
    tokenizer.truncation = Truncation(to: 3, stride: 3)
    let cut = tokenizer.encodeWithOffsets("a long text")
    #expect(cut.ids.count == 3 && cut.ids == tokenizer.encode("a long text"))
    tokenizer.truncation = Truncation(to: 3, strategy: .onlyFirst)
    #expect(throws: TokenizerError.self) {
      try tokenizer.encoding(of: "a", pair: "a second text that alone is too long")
    }
  }
}
