import Tensor
import Testing

@testable import Model

/// Constrained text: what comes out always satisfies the constraint, and there is always a way on.
@Suite struct ConstraintTests {
  /// Single bytes, some longer tokens, tokens that are no text, and the end token 300.
  static let vocabulary = TokenVocabulary(
    (0..<256).map { [UInt8($0)] }
      + [
        "{\"", "\": ", "\", \"", "\"}", "true", "fals", "e}", "[[", "]]", "12", "-1", ".5", "0\"",
        "née", "\u{1F600}", "→ ", "abc", "b\\n", "\\u00", "\n  ", " ", "2024-", "a", "", "}}",
        "0.0",
      ].map { $0.isEmpty ? nil : Array($0.utf8) }
      + Array(repeating: nil, count: 19))
  static let end: Int32 = 300

  static func constraint(_ constraint: TextConstraint) throws -> TokenConstraint {
    try TokenConstraint(constraint, vocabulary: vocabulary, ends: [end])
  }

  /// A random text under a constraint; nil if it does not end in time.
  static func sample(
    _ constraint: TokenConstraint, _ random: inout RandomStream, most: Int = 3000
  ) -> String? {
    var processor = ConstrainedTokens(constraint)
    processor.begin(promptLength: 2)
    var history: [Int32] = [7, 8]
    while history.count < most {
      var logits = (0..<305).map { _ in Float.random(in: 0..<1, using: &random) }
      // Texts come to an end sooner when closing is more probable now and then.
      if Int.random(in: 0..<3, using: &random) == 0 {
        for byte in "\"}]".utf8 { logits[Int(byte)] += 0.9 }
        logits[Int(end)] += 1
      }
      processor.process(&logits, history: history)
      let best = logits.indices.max { logits[$0] < logits[$1] } ?? 0
      #expect(logits[best] > -.infinity, "no token is allowed")
      if best == Int(end) {
        let bytes = history[2...].flatMap { vocabulary.bytes(of: $0) }
        return String(validating: bytes, as: UTF8.self)
      }
      history.append(Int32(best))
    }
    return nil
  }

  /// Whether a constraint allows a text, written with single bytes, and its end.
  static func allows(_ constraint: TokenConstraint, _ text: String) -> Bool {
    constraint.check(text.utf8.map { Int32($0) }).isComplete
  }

  static let patterns: [String] = [
    #"abc"#, #"a|bc|"#, #"(ab)*c+"#, #"[a-fé-ü]{2,5}"#, #"\d{4}-\d{2}-\d{2}"#, #"^x.y$"#,
    #"[^a-z"\\]{3}"#, #"(?:[01]?\d|2[0-3]):[0-5]\d"#, #"[→-⇒]+\u00e9\x41"#,
    #"(?<sign>[+-])?[a-c1]+\s"#,
    #"a{0}b{2}(c{1,2}){2}"#, #"[\w.-]+@[\w-]+\.(com|org)"#, #"\.\*\[\]\{\}"#, #"[^\s@]{1,3}"#,
    #"(a*)*b?"#, #"(|a|aa)(b|)"#, #"[😀-😂]?"#, #"[\]\-a]+"#,
  ]

  @Test(arguments: patterns) func patternsAreMatched(_ pattern: String) throws {
    let constraint = try ConstraintTests.constraint(.pattern(pattern))
    let regex = try Regex(pattern).matchingSemantics(.unicodeScalar)
    var random = RandomStream(seed: 1)
    var texts: Set<String> = []
    for _ in 0..<60 {
      let text = try #require(ConstraintTests.sample(constraint, &random))
      #expect(try regex.wholeMatch(in: text) != nil, "\(text.debugDescription)")
      #expect(ConstraintTests.allows(constraint, text))
      texts.insert(text)
    }
    // Nothing is left out: what matches is allowed, all else is not.
    for _ in 0..<400 {
      let length = Int.random(in: 0...6, using: &random)
      let text = String(
        (0..<length).map { _ in "abcx01.:-é ".randomElement(using: &random) ?? "a" })
      let matches = try regex.wholeMatch(in: text) != nil
      #expect(ConstraintTests.allows(constraint, text) == matches, "\(text.debugDescription)")
    }
  }

  @Test(arguments: [
    "(", ")", "a)", "[a", "[b-a]", "a{2,1}", "*a", "a**", "\\", "(?=a)", "(?<!a)b", #"(a)\1"#,
    #"\bword"#, #"\p{L}"#, "(?i)a", "a++", "a^b", "a{,3}", "[]", "[a-\\d]", "\\u12", "a{999999}",
    "{", #"\q"#, "(?<name", "^*",
  ])
  func wrongPatternsAreErrors(_ pattern: String) {
    let error = #expect(throws: ConstraintError.self) { try TextConstraint.pattern(pattern) }
    guard case .pattern(pattern, _, _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }

  @Test func limitsHold() {
    #expect(throws: ConstraintError.tooLarge(limit: ByteGrammar.limit)) {
      try TextConstraint.pattern("((a{1000}){1000}){1000}")
    }
    let deep = String(repeating: "(", count: 10_000) + String(repeating: ")", count: 10_000)
    #expect(throws: ConstraintError.self) { try TextConstraint.pattern(deep) }
  }

  @Test func contradictionsAndPoorVocabulariesAreErrors() throws {
    #expect(throws: ConstraintError.self) {
      try ConstraintTests.constraint(.pattern(#"[^\x00-\u{10FFFF}]"#))
    }
    let letters = TokenVocabulary([Array("a".utf8), Array("ab".utf8), Array("b".utf8), nil])
    #expect(throws: ConstraintError.self) {
      try TokenConstraint(.pattern("abc"), vocabulary: letters, ends: [3])
    }
    #expect(throws: ConstraintError.self) {
      try TokenConstraint(.pattern("ab"), vocabulary: letters, ends: [])
    }
    // “c” cannot be written, so that branch is not begun.
    let constraint = try TokenConstraint(
      .pattern("ab|bc"), vocabulary: letters, ends: [3])
    var logits: [Float] = [0, 0, 0, 0]
    var processor = ConstrainedTokens(constraint)
    processor.process(&logits, history: [])
    let none = -Float.infinity
    #expect(logits == [0, 0, none, none] as [Float])
    logits = [0, 0, 0, 0]
    processor.process(&logits, history: [1])
    #expect(logits == [none, none, none, 0] as [Float])
  }

  @Test func historiesMayBeOfAnyOrder() throws {
    let constraint = try ConstraintTests.constraint(.pattern("(ab|ba)*"))
    var processor = ConstrainedTokens(constraint)
    var random = RandomStream(seed: 2)
    for _ in 0..<200 {
      let count = Int.random(in: 0...6, using: &random)
      let history = (0..<count).map { _ in Int32(97 + Int.random(in: 0...1, using: &random)) }
      var logits = [Float](repeating: 0, count: 305)
      processor.process(&logits, history: history)
      var fresh = ConstrainedTokens(try ConstraintTests.constraint(.pattern("(ab|ba)*")))
      var expected = [Float](repeating: 0, count: 305)
      fresh.process(&expected, history: history)
      #expect(logits == expected)
    }
  }

  @Test func rangesOfCodePointsAreTheirBytes() {
    var random = RandomStream(seed: 3)
    for _ in 0..<300 {
      let bits = Int.random(in: 1...20, using: &random)
      let low = UInt32.random(in: 0..<(1 << UInt32(bits)), using: &random)
      let high = min(0x10FFFF, low + UInt32.random(in: 0..<(1 << UInt32(bits)), using: &random))
      let set = CodePointRanges([low...high]).intersection(.all)
      var total = 0
      for range in set.ranges {
        for bytes in utf8Ranges(range) {
          total += bytes.reduce(1) { $0 * $1.count }
          for ends in [bytes.map(\.lowerBound), bytes.map(\.upperBound)] {
            let text = String(validating: ends, as: UTF8.self)
            let scalar = text?.unicodeScalars.first?.value
            #expect(scalar.map { set.contains($0) } == true)
          }
        }
      }
      #expect(total == set.ranges.reduce(0) { $0 + $1.count })
    }
  }
}
