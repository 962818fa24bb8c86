import Testing

@testable import Tokenizer

/// Batches with offsets are what each text by itself gives.
@Suite struct BatchOffsetsTests {
  private let texts = [
    "", "a", "The swift flies", "雨燕 sleeps\n in </s> flight 🐦", "  two  spaces ", "e\u{301}",
  ]

  @Test func aBatchIsWhatItsTextsAre() throws {
    let tokenizer = try fixtureTokenizer("added")
    let many = (0..<200).map { texts[$0 % texts.count] + "\($0)" } + texts
    for special in [SpecialTokenHandling.asText, .parse] {
      let expected = many.map { tokenizer.encodeWithOffsets($0, specialTokens: special) }
      for threads in [1, 2, 3, 16] {
        let batch = tokenizer.encodeBatchWithOffsets(
          many, specialTokens: special, threads: threads)
        #expect(batch == expected)
      }
    }
    #expect(tokenizer.encodeBatchWithOffsets([]).isEmpty)
  }

  @Test(arguments: [Direction.left, .right])
  func aBatchIsPaddedAsWithoutOffsets(_ direction: Direction) throws {
    var tokenizer = try fixtureTokenizer("added")
    let plain = texts.map { tokenizer.encodeWithOffsets($0) }
    tokenizer.padding = Padding(id: 2, token: "</s>")
    tokenizer.padding?.direction = direction
    let padded = tokenizer.encodeBatchWithOffsets(texts, threads: 2)
    #expect(padded.map(\.ids) == tokenizer.encodeBatch(texts).arrays)
    let longest = try #require(plain.map(\.ids.count).max())
    for (short, long) in zip(plain, padded) {
      let missing = longest - short.ids.count
      let fill = [Range<Int>](repeating: 0..<0, count: missing)
      #expect(long.offsets == (direction == .left ? fill + short.offsets : short.offsets + fill))
    }
  }
}
