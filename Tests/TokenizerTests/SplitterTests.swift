import JSON
import Testing

@testable import Tokenizer

@Suite struct SplitterTests {
  private func pieces(_ bytes: [UInt8]) -> [Int] {
    let classes = CharacterClasses()
    let splitter = GPT2Splitter()
    var lengths: [Int] = []
    bytes.withUnsafeBufferPointer {
      guard let start = $0.baseAddress else { return }
      var at = 0
      while at < $0.count {
        let end = splitter.pieceEnd(in: start, from: at, to: $0.count, classes: classes)
        lengths.append(end - at)
        at = end
      }
    }
    return lengths
  }

  @Test func piecesAreThoseOfTheReference() throws {
    let cases = try #require(try fixture("pieces.json").array)
    #expect(cases.count > 100)
    for entry in cases {
      let text = try entry.text("text")
      #expect(pieces(Array(text.utf8)) == (try entry.member("lengths").integers()), "\(text)")
    }
  }

  @Test func classesAreThoseOfTheReferenceForEveryCharacter() throws {
    let runs = try #require(try fixture("classes.json").array).map { try $0.integers() }
    let classes = CharacterClasses()
    var different: [String] = []
    for (index, run) in runs.enumerated() {
      let end = index + 1 < runs.count ? runs[index + 1][0] : 0x11_0000
      // The fixture numbers them: other, letter, number, space.
      for value in run[0]..<end {
        let found = classes(UInt32(value))
        let number =
          found & CharacterClass.letter != 0
          ? 1 : found & CharacterClass.number != 0 ? 2 : found & CharacterClass.space != 0 ? 3 : 0
        if number != run[1] { different.append(String(value, radix: 16)) }
      }
    }
    #expect(different.isEmpty, "\(different.count) differ, such as \(different.prefix(10))")
  }

  @Test func anyBytesAreCutWithoutLoss() {
    var generator = SeededGenerator(seed: 5)
    for _ in 0..<300 {
      let bytes = (0..<Int.random(in: 1...60, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      let lengths = pieces(bytes)
      #expect(lengths.allSatisfy { $0 > 0 })
      #expect(lengths.reduce(0, +) == bytes.count)
    }
  }

  @Test func cuttingAtAWordBoundaryChangesNothing() throws {
    for entry in try #require(try fixture("pieces.json").array) {
      let bytes = Array(try entry.text("text").utf8)
      for at in 1..<max(2, bytes.count) {
        let cut = bytes.withUnsafeBufferPointer { buffer in
          buffer.baseAddress.map { wordBoundary(in: $0, atOrAfter: at, end: bytes.count) } ?? 0
        }
        #expect(cut >= min(at, bytes.count))
        #expect(pieces(Array(bytes[..<cut])) + pieces(Array(bytes[cut...])) == pieces(bytes))
      }
    }
  }
}
