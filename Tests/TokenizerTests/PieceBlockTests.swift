import CText
import Testing

@testable import Tokenizer

/// The fast way of cutting ASCII against the splitters, at each instruction level.
@Suite(.serialized) struct PieceBlockTests {
  /// Stages that have a fast way.
  private static let stages: [(name: String, stages: [ByteStages.Stage])] = {
    var all: [(String, [ByteStages.Stage])] = [
      ("gpt2", [.known(.gpt2)]),
      ("digits, gpt2", [.digits(DigitsPreTokenizer(isIndividual: true)), .known(.gpt2)]),
      ("numbers, gpt2", [.digits(DigitsPreTokenizer(isIndividual: false)), .known(.gpt2)]),
    ]
    for digits in [1, 3, .max] {
      for contractions in [CL100kSplitter.Contractions.none, .ascii, .ignoringCase] {
        var splitter = CL100kSplitter()
        splitter.contractions = contractions
        splitter.digits = digits
        splitter.punctuationTakesLineEnds = contractions != .ascii
        splitter.keepsTrailingSpace = digits == 1
        splitter.wordsHaveMarks = digits == 3
        all.append(("cl100k \(contractions) \(digits)", [.known(.cl100k(splitter))]))
      }
      for takesContractions in [false, true] {
        var splitter = O200kSplitter()
        splitter.takesContractions = takesContractions
        splitter.digits = digits
        splitter.punctuationTakesSlashes = digits != 1
        splitter.separatesHan = digits == .max
        all.append(("o200k \(takesContractions) \(digits)", [.known(.o200k(splitter))]))
      }
    }
    if let numbers = KnownSplitter("\\p{N}{1,3}"), let han = KnownSplitter("[一-龥぀-ゟ゠-ヿ]+") {
      all.append(("deepseek", [.known(numbers), .known(han), .known(.deepSeek)]))
    }
    return all
  }()

  private let classes = CharacterClasses()

  /// What the text of a random test is made of: each class, what begins or ends a contraction, and
  /// what is not ASCII but a letter, mark, number, white space, sign or no character at all.
  private static let parts: [[UInt8]] =
    [
      "a", "e", "l", "s", "v", "d", "m", "t", "r", "x", "A", "S", "L", "E", "Z", "0", "9", " ",
      " ", " ", "\t", "\n", "\n", "\r", "\r\n", "\u{0B}", "'", "'", "'s", "'ll", "'Re", "'lL",
      "don't",
      "/", "//", "\n/", ".", "(", "_", "!", "-", "`", "{", "@", "[", "\u{00}", "\u{1F}", "\u{7F}",
      "é",
      "ſ", "\u{301}", "²", "\u{A0}", "\u{3000}", "—", "的", "😀",
    ].map { Array($0.utf8) } + [[0xFF], [0xC5], [0xE4, 0xBA]]

  private func cut<Splitter: TextSplitter>(
    _ bytes: [UInt8], _ pattern: apus_pattern?, _ splitter: Splitter
  ) -> [Int] {
    var splitter = splitter
    let block = PieceBlock(pattern)
    var ends: [Int] = []
    bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      var at = 0
      while at < buffer.count {
        block.fill(start, from: at, to: buffer.count, &splitter, classes: classes)
        for piece in 0..<block.count { ends.append(at + Int(block.starts[piece + 1])) }
        at += block.length
      }
    }
    return ends
  }

  private func cut(_ bytes: [UInt8], _ pattern: apus_pattern?, _ splitter: StageSplitter) -> [Int] {
    switch splitter {
    case .whole: cut(bytes, pattern, WholeTextSplitter())
    case .gpt2: cut(bytes, pattern, GPT2Splitter())
    case .cl100k(let splitter): cut(bytes, pattern, splitter)
    case .o200k(let splitter): cut(bytes, pattern, splitter)
    case .digitsGPT2(let splitter): cut(bytes, pattern, splitter)
    case .deepSeek(let splitter): cut(bytes, pattern, splitter)
    case .chain(let splitter): cut(bytes, pattern, splitter)
    }
  }

  private func forEachLevel(_ body: (apus_text_level) -> Void) {
    defer { _ = apus_text_set_level(apus_text_best_level()) }
    for level in [apus_text_baseline, apus_text_avx2, apus_text_avx512]
    where apus_text_set_level(level) {
      body(level)
    }
  }

  /// Compares the two ways for some texts.
  private func compare(_ texts: [[UInt8]]) throws {
    for (name, stages) in Self.stages {
      let pattern = try #require(apus_pattern(stages), "\(name)")
      let splitter = StageSplitter(stages)
      for bytes in texts {
        let expected = cut(bytes, nil, splitter)
        forEachLevel { level in
          let found = cut(bytes, pattern, splitter)
          if found != expected {
            let place = zip(found, expected).first { $0 != $1 }.map { min($0, $1) } ?? 0
            let around = bytes.dropFirst(max(0, place - 20)).prefix(40)
            let shown = String(decoding: around, as: UTF8.self).debugDescription
            Issue.record("\(name), level \(level.rawValue), at \(place): \(shown)")
          }
        }
      }
    }
  }

  @Test func piecesOfRandomTextsAreThoseOfTheSplitters() throws {
    var generator = SeededGenerator(seed: 21)
    var texts: [[UInt8]] = []
    for round in 0..<160 {
      // Half of the texts are ASCII only; some have few kinds of parts, and so long runs.
      let all = round % 2 == 0 ? Self.parts.filter { $0.allSatisfy { $0 < 0x80 } } : Self.parts
      let kinds = (0..<Int.random(in: 2...12, using: &generator)).map { _ in
        all.randomElement(using: &generator) ?? []
      }
      let chosen = round % 4 < 2 ? kinds : all
      var bytes: [UInt8] = []
      let length = Int.random(in: 1...2500, using: &generator)
      while bytes.count < length {
        let part = chosen.randomElement(using: &generator) ?? []
        let isLong = Int.random(in: 0..<40, using: &generator) == 0
        let times = Int.random(in: 1...(isLong ? 150 : 3), using: &generator)
        for _ in 0..<times { bytes += part }
      }
      texts.append(bytes)
    }
    try compare(texts)
  }

  /// Every three parts of ASCII across every place of the 64 bytes that are looked at at once, and
  /// across the end of the text.
  @Test func piecesAreRightAtEveryPlace() throws {
    let parts = ["a", "Z", "7", " ", "\n", "'s", "/", "."].map { Array($0.utf8) }
    var texts: [[UInt8]] = []
    for first in parts {
      for second in parts {
        var bytes: [UInt8] = []
        for third in parts {
          for offset in 0..<8 {
            bytes += first + second + third + first + Array("x".utf8)
            bytes += Array(repeating: 0x79, count: offset) + Array(" ".utf8)
          }
        }
        texts.append(bytes)
        texts.append(Array(repeating: 0x78, count: 1010) + bytes)
        texts.append(Array("of a text".utf8) + first + second)
        for third in parts {
          texts.append(Array("the end of a text".utf8) + first + second + third)
        }
      }
    }
    try compare(texts)
  }

  @Test func longRunsAreCutAsTheSplittersDo() throws {
    var texts: [[UInt8]] = []
    for part in ["a", "A", "7", " ", "\n", "\n ", "-", "'", "'s", "/", "\n/", "é", "ab\n"] {
      for length in [1, 63, 64, 65, 1019, 1020, 1021, 1024, 1090, 3000] {
        let run = Array(repeatElement(Array(part.utf8), count: length).joined())
        texts.append(run)
        texts.append(Array("some words before ".utf8) + run + Array("and after it, too".utf8))
        texts.append(Array("!".utf8) + run + Array("\n\n".utf8))
      }
    }
    try compare(texts)
  }
}
