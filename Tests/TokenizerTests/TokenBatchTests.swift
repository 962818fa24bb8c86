import Testing

@testable import Tokenizer

@Suite struct TokenBatchTests {
  @Test func rowsLieOneAfterAnother() {
    let rows: [[TokenID]] = [[], [5, 6, 7], [8], [], [9, 10]]
    let batch = TokenBatch(rows)
    #expect(batch.ids == [5, 6, 7, 8, 9, 10])
    #expect(batch.starts == [0, 0, 3, 4, 4, 6])
    #expect(batch.arrays == rows)
    #expect(batch.map(\.count) == [0, 3, 1, 0, 2])
    #expect(batch.longest == 3)
    #expect(TokenBatch([[TokenID]]()).longest == 0)
    #expect(TokenBatch([[TokenID]]()).isEmpty)
    #expect(batch.description == "[[], [5, 6, 7], [8], [], [9, 10]]")
  }

  @Test func aRowCountsFromZero() {
    let batch = TokenBatch([[1, 2], [3, 4, 5]])
    #expect(batch[1].indices == 0..<3)
    #expect(batch[1][0] == 3 && batch[1][2] == 5)
    #expect(batch[1].last == 5)
    #expect(batch[1].withContiguousStorageIfAvailable { Array($0) } == [3, 4, 5])
    #expect(Array(batch[1].dropFirst()) == [4, 5])
    // Rows are equal if their tokens are, wherever they lie.
    let other = TokenBatch([[3, 4, 5]])
    #expect(batch[1] == other[0])
    #expect(batch[0] != other[0])
    #expect(Set([batch[1], other[0], batch[0]]).count == 2)
  }

  @Test(arguments: [Direction.left, .right])
  func rowsAreFilledUp(_ direction: Direction) {
    let padding = Padding(id: 0, token: "<pad>", direction: direction)
    let padded = TokenBatch([[1], [], [2, 3, 4]]).padded(to: 2, padding)
    #expect(
      padded.arrays
        == (direction == .left
          ? [[0, 1], [0, 0], [2, 3, 4]] : [[1, 0], [0, 0], [2, 3, 4]]))
  }

  /// Parts that come in any order, and while another one is put in its place.
  @Test(arguments: [1, 2, 5])
  func partsComeInTheOrderOfTheTexts(workers: Int) {
    var generator = SeededGenerator(seed: 3)
    let texts = (0..<5000).map { number in
      String(
        repeating: "a",
        count: number % 700 == 1 ? 90_000 : Int.random(in: 0...90, using: &generator))
    }
    let collector = BatchCollector(texts)
    let seen = Locked<[Range<Int>]>([])
    runConcurrently(workers) { _ in
      let sink = TokenSink()
      while let part = collector.next() {
        seen.withLock { $0.append(part.texts) }
        sink.begin(recordingOffsets: false)
        var ends: [Int] = []
        for number in part.texts {
          for place in 0..<texts[number].utf8.count {
            sink.append(TokenID(number + place), at: 0..<0)
          }
          ends.append(sink.count)
        }
        collector.put(part, sink, ends: ends)
      }
    }
    let batch = collector.batch()
    #expect(seen.withLock { $0.reduce(0) { $0 + $1.count } } == texts.count)
    #expect(batch.count == texts.count)
    #expect(
      zip(batch, texts.indices).allSatisfy { row, number in
        row.elementsEqual((0..<texts[number].utf8.count).map { TokenID(number + $0) })
      })
  }

  @Test func laterPartsWaitForEarlierOnes() throws {
    let collector = BatchCollector((0..<3).map { _ in String(repeating: "a", count: 1 << 15) })
    let parts = try (0..<3).map { _ in try #require(collector.next()) }
    #expect(parts.map(\.texts) == [0..<1, 1..<2, 2..<3])
    #expect(collector.next() == nil)
    for number in [2, 1, 0] {
      let sink = TokenSink()
      sink.append([TokenID(number), 7])
      collector.put(parts[number], sink, ends: [2])
    }
    #expect(collector.batch().arrays == [[0, 7], [1, 7], [2, 7]])
  }

  @Test(arguments: EncodingTests.names)
  func batchesAreWhatSingleTextsAre(_ name: String) throws {
    let tokenizer = try fixtureTokenizer(name)
    var generator = SeededGenerator(seed: 11)
    let texts = (0..<400).map { number in
      number == 100
        ? String(repeating: "The swift flies. ", count: 20_000)
        : (0..<Int.random(in: 0...30, using: &generator)).map { _ in
          ["swift ", "雨燕", "\n", "a", " wing", "7"].randomElement(using: &generator) ?? ""
        }.joined()
    }
    for addsTemplate in [false, true] {
      let expected = texts.map { tokenizer.encode($0, addsTemplate: addsTemplate) }
      for threads in [1, 2, 3] {
        let batch = tokenizer.encodeBatch(texts, addsTemplate: addsTemplate, threads: threads)
        #expect(batch.arrays == expected)
      }
    }
  }
}
