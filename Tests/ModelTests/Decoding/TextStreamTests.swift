import Tensor
import Testing
import Tokenizer

@testable import Model

/// Text from tokens, and stop strings in it.
@Suite struct TextStreamTests {
  /// What a matcher gives out of pieces, joined, and what it found.
  private func run(_ stops: [String], _ pieces: [String]) -> (text: String, found: String?) {
    var matcher = StopStringMatcher(stops)
    var text = ""
    var came = 0
    for piece in pieces {
      text += matcher.take(piece)
      came += piece.utf8.count
      // No more is held back than could be all of a stop string but its last byte.
      let most = (stops.map(\.utf8.count).max() ?? 1) - 1
      #expect(matcher.found != nil || text.utf8.count >= came - most)
    }
    return (text + matcher.finish(), matcher.found)
  }

  @Test func beginningsAreHeldBack() {
    #expect(run(["END"], ["a E", "N", "Q EN"]) == ("a ENQ EN", nil))
    #expect(run(["END"], ["a E", "N", "D b"]) == ("a ", "END"))
    #expect(run(["aab"], ["aaab!"]) == ("a", "aab"))
    #expect(run(["b", "aab"], ["xaab"]) == ("x", "aab"))
    #expect(run([], ["anything"]) == ("anything", nil))
    #expect(run(["…"], ["one", "…two"]) == ("one", "…"))
  }

  /// The same, found by looking at the whole text.
  private func reference(_ stops: [String], _ text: String) -> (String, String?) {
    let characters = Array(text)
    for end in 0...characters.count {
      let ending = stops.filter { stop in
        let length = stop.count
        return length <= end && String(characters[(end - length)..<end]) == stop
      }
      if let longest = ending.max(by: { $0.count < $1.count }) {
        return (String(characters[..<(end - longest.count)]), longest)
      }
    }
    return (text, nil)
  }

  @Test func piecesMakeNoDifference() {
    var random = RandomStream(seed: 5)
    for _ in 0..<2000 {
      func letters(_ range: ClosedRange<Int>) -> String {
        let count = Int.random(in: range, using: &random)
        return String((0..<count).map { _ in "abé".randomElement(using: &random) ?? "a" })
      }
      let stops = (0..<Int.random(in: 1...3, using: &random)).map { _ in letters(1...4) }
      let text = letters(0...30)
      var pieces: [String] = []
      for character in text {
        if pieces.isEmpty || Bool.random(using: &random) { pieces.append("") }
        pieces[pieces.count - 1].append(character)
      }
      let expected = reference(stops, text)
      #expect(run(stops, pieces) == expected, "\(stops) in \(pieces)")
    }
  }

  @Test func tokensBecomeText() throws {
    let tokenizer = try TextTokenizer.bytes()
    let ids = tokenizer.encode("Naïve → stop here")
    #expect(ids.text(tokenizer).joined() == "Naïve → stop here")
    #expect(ids.text(tokenizer, stoppingAt: ["stop", "→ x"]).joined() == "Naïve → ")
    #expect(ids.text(tokenizer).allSatisfy { !$0.isEmpty && !$0.contains("\u{FFFD}") })
    var stream = TextStream(tokenizer, stoppingAt: ["ve"])
    let pieces = ids.map { stream.append($0) }
    #expect(pieces.joined() + stream.finish() == "Naï")
    #expect(stream.isStopped && stream.stop == "ve")
  }
}
