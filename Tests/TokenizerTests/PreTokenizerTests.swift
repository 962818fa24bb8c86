import JSON
import Testing

@testable import Tokenizer

@Suite struct PreTokenizerTests {
  private struct Case {
    var name: String
    var preTokenizer: PreTokenizer
    var entry: JSONValue
  }

  /// The cases of a fixture; each component is written as it was read.
  private func cases(_ fixture: JSONValue) throws -> [Case] {
    try #require(fixture.member("cases").array).map { entry in
      let component = try entry.member("component")
      let name = try entry.text("name")
      let preTokenizer = try #require(try PreTokenizer.read(component, path: "test"))
      #expect(preTokenizer.json == component, "\(name)")
      return Case(name: name, preTokenizer: preTokenizer, entry: entry)
    }
  }

  @Test func byteLevelPiecesAreThoseOfTheReference() throws {
    let file = try fixture("pretokenizers_bytes.json")
    let texts = try file.member("texts").strings()
    let cases = try cases(file)
    let classes = CharacterClasses()
    #expect(cases.count > 20 && texts.count > 200)
    for known in cases {
      let stages = try #require(ByteStages(known.preTokenizer), "\(known.name)")
      let lengths = try #require(try known.entry.member("lengths").array).map { try $0.integers() }
      let splitter = StageSplitter(stages.stages)
      var different: [String] = []
      for (text, expected) in zip(texts, lengths) {
        let cut = splitter.lengths(Array(text.utf8), classes)
        let applied = apply(known.preTokenizer, to: text).map { $0.text.unicodeScalars.count }
        if cut != expected || applied != expected {
          different.append("\(text): \(cut), \(applied)")
        }
      }
      #expect(different.isEmpty, "\(known.name): \(different.count), \(different.prefix(3))")
    }
  }

  @Test func piecesAndOffsetsAreThoseOfTheReference() throws {
    let file = try fixture("pretokenizers_pieces.json")
    let texts = try file.member("texts").strings()
    let cases = try cases(file)
    #expect(cases.count > 40)
    for known in cases {
      let pieces = try #require(try known.entry.member("pieces").array)
      var different: [String] = []
      for (text, expected) in zip(texts, pieces) {
        let applied = JSONValue.array(
          apply(known.preTokenizer, to: text).map { piece in
            [
              .string(piece.text), .integer(Int64(piece.range.lowerBound)),
              .integer(Int64(piece.range.upperBound)),
            ]
          })
        if applied != expected { different.append("\(text): \(applied)") }
      }
      #expect(different.isEmpty, "\(known.name): \(different.count), \(different.prefix(3))")
    }
  }

  @Test func idsAndOffsetsAreThoseOfTheReference() throws {
    let file = try fixture("pretokenizers_encodings.json")
    let texts = try file.member("texts").strings()
    for entry in try #require(try file.member("cases").array) {
      let name = try entry.text("name")
      let tokenizer = try fixtureTokenizer(name)
      for (text, expected) in zip(texts, try #require(try entry.member("encodings").array)) {
        let pair = try #require(expected.array)
        let ids = try pair[0].integers().map { TokenID($0) }
        let offsets = try #require(pair[1].array).map { try $0.integers() }
        #expect(tokenizer.encode(text, specialTokens: .parse) == ids, "\(name): \(text)")
        let found = tokenizer.encodeWithOffsets(text, specialTokens: .parse)
        #expect(found.ids == ids, "\(name): \(text)")
        #expect(
          found.offsets.map { [$0.lowerBound, $0.upperBound] } == offsets, "\(name): \(text)")
      }
    }
  }

  @Test func bytesThatAreNoTextAreCutWithoutLoss() throws {
    var generator = SeededGenerator(seed: 11)
    let classes = CharacterClasses()
    let file = try fixture("pretokenizers_bytes.json")
    for known in try cases(file) {
      let splitter = StageSplitter(try #require(ByteStages(known.preTokenizer)).stages)
      for _ in 0..<60 {
        let bytes = (0..<Int.random(in: 1...40, using: &generator)).map { _ in
          UInt8.random(in: .min ... .max, using: &generator)
        }
        let lengths = splitter.lengths(bytes, classes)
        #expect(lengths.allSatisfy { $0 > 0 })
        #expect(lengths.reduce(0, +) == bytes.count)
      }
    }
  }

  @Test func olderFilesAreRead() throws {
    let old: JSONValue = [
      "type": "Metaspace", "replacement": "▁", "str_rep": "▁", "add_prefix_space": true,
    ]
    #expect(
      try PreTokenizer.read(old, path: "test")
        == .metaspace(MetaspacePreTokenizer(prependScheme: .always)))
    let none: JSONValue = ["type": "Metaspace", "replacement": "_", "add_prefix_space": false]
    #expect(
      try PreTokenizer.read(none, path: "test")
        == .metaspace(MetaspacePreTokenizer(replacement: "_", prependScheme: .never)))
    #expect(
      try PreTokenizer.read(["type": "Punctuation"], path: "test")
        == .punctuation(PunctuationPreTokenizer()))
    #expect(
      try PreTokenizer.read(["type": "FixedLength"], path: "test")
        == .fixedLength(FixedLengthPreTokenizer(length: 5)))
  }

  @Test func wrongComponentsAreErrorsThatNameTheField() throws {
    let wrong: [(JSONValue, String)] = [
      (
        [
          "type": "Metaspace", "replacement": "▁", "add_prefix_space": false,
          "prepend_scheme": "first",
        ], "add_prefix_space"
      ),
      (["type": "Metaspace", "replacement": "ab"], "replacement"),
      (["type": "Metaspace", "replacement": "a", "prepend_scheme": "last"], "prepend_scheme"),
      (
        ["type": "Split", "pattern": ["Regex": "("], "behavior": "Isolated", "invert": false],
        "pattern.Regex"
      ),
      (
        ["type": "Split", "pattern": ["String": "a"], "behavior": "Gone", "invert": false],
        "behavior"
      ),
      (["type": "Split", "pattern": "a", "behavior": "Isolated", "invert": false], "pattern"),
      (["type": "FixedLength", "length": 0], "length"),
      (["type": "Digits"], "individual_digits"),
      (["type": "CharDelimiterSplit", "delimiter": ""], "delimiter"),
    ]
    for (json, field) in wrong {
      do {
        _ = try PreTokenizer.read(json, path: "test")
        Issue.record("\(json) was read")
      } catch {
        guard case .invalid(_, let named, _) = error else {
          Issue.record("\(error)")
          continue
        }
        #expect(named == "pre_tokenizer.\(field)")
      }
    }
    #expect(throws: TokenizerError.self) {
      try PreTokenizer.read(["type": "Nonsense"], path: "test")
    }
  }

  private func apply(
    _ preTokenizer: PreTokenizer, to text: String
  ) -> [(text: String, range: Range<Int>)] {
    var pieces = TextPieces()
    Array(text.utf8).withUnsafeBufferPointer { pieces.text.reset($0, tracksOrigins: true) }
    pieces.begin(beginsUserText: true)
    preTokenizer.apply(to: &pieces)
    return pieces.ranges.map {
      (String(decoding: pieces.text.bytes[$0], as: UTF8.self), pieces.text.original(of: $0))
    }
  }
}

extension StageSplitter {
  /// The lengths of the pieces of a text.
  fileprivate func lengths(_ bytes: [UInt8], _ classes: CharacterClasses) -> [Int] {
    switch self {
    case .whole: lengths(bytes, WholeTextSplitter(), classes)
    case .gpt2: lengths(bytes, GPT2Splitter(), classes)
    case .cl100k(let splitter): lengths(bytes, splitter, classes)
    case .o200k(let splitter): lengths(bytes, splitter, classes)
    case .digitsGPT2(let splitter): lengths(bytes, splitter, classes)
    case .deepSeek(let splitter): lengths(bytes, splitter, classes)
    case .chain(let splitter): lengths(bytes, splitter, classes)
    }
  }

  private func lengths(_ bytes: [UInt8], _ splitter: some TextSplitter, _ classes: CharacterClasses)
    -> [Int]
  {
    var parts: [Range<Int>] = []
    bytes.withUnsafeBufferPointer {
      appendPieces(splitter, $0, 0..<$0.count, classes, &parts)
    }
    return parts.map(\.count)
  }
}
