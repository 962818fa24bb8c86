import Testing

@testable import Tokenizer

@Suite struct RegularExpressionTests {
  private func matches(_ pattern: String, _ text: [UInt8]) throws -> [Range<Int>] {
    let expression = try RegularExpression(pattern)
    var found: [Range<Int>] = []
    text.withUnsafeBufferPointer { buffer in
      expression.forEachMatch(in: buffer, 0..<buffer.count) { found.append($0) }
    }
    return found
  }

  private func matches(_ pattern: String, _ text: String) throws -> [Range<Int>] {
    try matches(pattern, Array(text.utf8))
  }

  @Test func theDialectIsOniguruma() throws {
    #expect(try matches("a++b|a", "aaab a") == [0..<4, 5..<6])
    #expect(try matches(#"\s+(?!\S)|\s+"#, "a   b ") == [1..<3, 3..<4, 5..<6])
    #expect(try matches("(?i:'s)x", "'Sx 'SX 'ſx") == [0..<3, 8..<12])
    #expect(try matches(#"(?<=é)\p{L}+"#, "aéb") == [3..<4])
    #expect(try matches(#"[\p{L}&&[^a-c]]+"#, "abcdef ghé") == [3..<6, 7..<11])
  }

  @Test func emptyMatchesCountUnlessTheyFollowAnother() throws {
    #expect(try matches("x*", "axxé") == [0..<0, 1..<3, 5..<5])
    #expect(try matches("", "é") == [0..<0, 2..<2])
    #expect(try matches("", "").isEmpty)
  }

  @Test func classesAreThoseOfUnicode16() throws {
    // Assigned by 15, 15.1, 16 and 17, in this order.
    let text = "\u{31350}\u{2EBF0}\u{1C89}\u{323B0}"
    #expect(try matches(#"\p{L}+"#, text) == [0..<11])
    #expect(try matches(#"[^\P{L}]+"#, text) == [0..<11])
    #expect(try matches(#"\w+"#, text) == [0..<11])
    #expect(try matches("[[:alpha:]]+", text) == [0..<11])
    #expect(try matches(#"\p{Cn}+"#, text) == [11..<15])
    #expect(try matches(#"(?i:[\p{Ll}])"#, text) == [8..<11])
    #expect(try matches(#"\b"#, text) == [0..<0, 11..<11])
    #expect(try matches(#"\p{Han}+"#, text) == [0..<8])
    #expect(try matches(#"[^\P{Han}a]+"#, text) == [0..<8])
    #expect(try matches(#"\P{Hani}+"#, text) == [8..<15])
    #expect(try matches(#"\p{Kawi}"#, "a\u{11F00}") == [1..<5])
  }

  @Test func classesInClassesAreNegatedRightly() throws {
    #expect(try matches(#"[[^\P{M}]!]"#, "a\u{2003}!\u{301}") == [4..<5, 5..<7])
    // Names mean something else in and out of brackets, as in the reference.
    #expect(try matches(#"\w"#, "½") == [0..<2])
    #expect(try matches(#"[\w]"#, "½").isEmpty)
    #expect(try matches(#"[[:punct:]]"#, "$") == [0..<1])
    #expect(try matches(#"\p{Punct}"#, "$").isEmpty)
    #expect(try matches(#"\R+"#, "a\r\u{2028}\r\n") == [1..<7])
  }

  @Test func wrongPatternsAreErrorsInTheLibrarysWords() {
    for pattern in ["(", "[a", #"\p{Nonsense}"#, "(?<=a+", #"\"#, "[z-a]", "*"] {
      #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern) }
    }
    do {
      _ = try RegularExpression(#"\p{Nonsense}"#)
      Issue.record("compiled")
    } catch {
      #expect(error.reason == "invalid character property name {Nonsense}")
    }
  }

  @Test func bytesThatAreNoTextCountOneByOne() throws {
    let text: [UInt8] = [0x61, 0xFF, 0xE2, 0x82, 0x62, 0xF0, 0x9F]
    #expect(try matches(#"\p{L}"#, text) == [0..<1, 4..<5])
    #expect(try matches(#"\x{fffd}"#, text) == [1..<2, 2..<3, 3..<4, 5..<6, 6..<7])
    #expect(try matches(#"(?=b)"#, text) == [4..<4])
  }

  @Test func aPatternThatBacktracksWithoutEndStops() throws {
    let text = [UInt8](repeating: UInt8(ascii: "a"), count: 2_000)
    #expect(try matches("(?:a|a|aa)+$b|c", text).isEmpty)
    #expect(try matches("(a*)*b", text).isEmpty)
    // Quadratic work is done to the end.
    #expect(try matches("a+b|a", text).count == text.count)
  }

  @Test func severalThreadsShareAnExpression() throws {
    let expression = try RegularExpression(#"\p{N}{1,3}"#)
    let text = Array("12345 678".utf8)
    let counts = Locked<[Int]>([])
    forEachIndex(below: 64, threads: 4) { _, _ in
      var count = 0
      text.withUnsafeBufferPointer { buffer in
        expression.forEachMatch(in: buffer, 0..<buffer.count) { count += $0.count }
      }
      counts.withLock { $0.append(count) }
    }
    #expect(counts.withLock { $0 } == [Int](repeating: 8, count: 64))
  }
}
