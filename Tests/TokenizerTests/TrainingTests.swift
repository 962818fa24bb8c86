import Files
import JSON
import Testing

@testable import Tokenizer

@Suite struct TrainingTests {
  static let cases: [Int] = Array(0..<9)

  private func trainer(_ entry: JSONValue) throws -> BytePairTrainer {
    var trainer = BytePairTrainer(vocabularySize: try #require(try entry.member("size").integer))
    trainer.specialTokens = try entry.member("special").strings()
    trainer.components = .byteLevel(addsPrefixSpace: try entry.member("prefix").bool == true)
    trainer.alphabet = try entry.member("seen").bool == true ? .seen : .allBytes
    let options = try entry.member("options")
    if let minimum = options.object?["min_frequency"]?.integer {
      trainer.minimumFrequency = minimum
    }
    trainer.longestToken = options.object?["max_token_length"]?.integer
    return trainer
  }

  @Test(arguments: cases)
  func vocabularyAndMergesAreThoseOfTheReference(_ index: Int) throws {
    let list = try #require(try fixture("trained.json").array)
    #expect(list.count == Self.cases.count)
    let entry = list[index]
    let name = try entry.text("name")
    var trainer = try trainer(entry)
    let isLines = try entry.text("sequence") == "lines"
    for threads in [1, 3] {
      trainer.threads = threads
      let tokenizer = try trainer.train(
        onFilesAt: [fixtures / "corpus.txt"], sequence: isLines ? .lines : .wholeText)
      let expected = try entry.member("vocabulary").strings()
      let vocabulary = tokenizer.model.tokens.tokensInOrder.map(\.text)
      #expect(vocabulary.elementsEqual(expected) { $0.isSame(as: $1) }, "\(name)")
      let merges = try #require(tokenizer.model.bytePair).merges.map {
        "\(tokenizer.token(for: $0.left) ?? "") \(tokenizer.token(for: $0.right) ?? "")"
      }
      #expect(merges == (try entry.member("merges").strings()), "\(name)")
    }
  }

  @Test func textsAndFilesGiveTheSame() throws {
    let path = fixtures / "corpus.txt"
    let text = try readText(path)
    let trainer = BytePairTrainer(vocabularySize: 400)
    let whole = try trainer.train(onFilesAt: [path], sequence: .wholeText)
    #expect(try trainer.train(on: [text]).serialized() == whole.serialized())
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    for character in text.unicodeScalars {
      line.append(character)
      if character == "\n" {
        lines.append(String(line))
        line = String.UnicodeScalarView()
      }
    }
    lines.append(String(line))
    let byLines = try trainer.train(onFilesAt: [path], sequence: .lines)
    #expect(try trainer.train(on: lines).serialized() == byLines.serialized())
  }

  @Test func stretchesOfAWholeTextAreCutBetweenWords() throws {
    // Larger than what a thread counts at a time, so that the text is cut.
    let text = try readText(fixtures / "corpus.txt")
    let folder = try temporaryFolder("stretches")
    let copies = String(repeating: text, count: 70)
    try writeAtomically(folder / "long.txt", copies)
    var trainer = BytePairTrainer(vocabularySize: 300)
    trainer.threads = 2
    for sequence in [TrainingSequence.lines, .wholeText] {
      let trained = try trainer.train(onFilesAt: [folder / "long.txt"], sequence: sequence)
      let model = try #require(trained.model.bytePair)
      let words = WordCounter(.bytes(ByteLevelPreTokenizer()))
      var whole = copies
      whole.withUTF8 { sequence == .lines ? words.addLines($0) : words.add($0) }
      var learner = BytePairLearner(
        SymbolWords(
          words, areBytes: true, given: [], alphabet: .bytes, limit: nil, prefix: "", suffix: ""),
        prefix: "", minimumFrequency: 0, longestToken: nil)
      learner.learn(size: 300) { _ in }
      #expect(learner.merges == model.merges)
    }
    try removeFile(folder / "long.txt")
  }

  @Test func onlyTheMostFrequentBytesAreKept() throws {
    var trainer = BytePairTrainer(vocabularySize: 3)
    trainer.alphabet = .seen
    trainer.alphabetLimit = 2
    let tokenizer = try trainer.train(on: ["aaaa bbb b c"])
    #expect(tokenizer.model.tokens.tokensInOrder.map(\.text) == ["a", "b", "aa"])
  }

  @Test func progressIsReported() throws {
    var seen: [TrainingProgress] = []
    _ = try BytePairTrainer(vocabularySize: 300).train(onFilesAt: [fixtures / "corpus.txt"]) {
      seen.append($0)
    }
    let size = try readFile(fixtures / "corpus.txt").count
    #expect(seen.first == .counting(bytes: size, of: size))
    #expect(seen.last == .merging(tokens: 300, of: 300))
  }

  @Test func impossibleOptionsAreErrors() throws {
    #expect(throws: TokenizerError.self) {
      try BytePairTrainer(vocabularySize: -1).train(on: ["a"])
    }
    #expect(throws: TokenizerError.self) {
      var trainer = BytePairTrainer(vocabularySize: 300)
      trainer.specialTokens = [""]
      return try trainer.train(on: ["a"])
    }
    #expect(throws: TokenizerError.self) {
      try BytePairTrainer(vocabularySize: 300).train(onFilesAt: [fixtures / "no such file"])
    }
    let empty = try BytePairTrainer(vocabularySize: 300).train(on: [])
    #expect(empty.vocabularySize == 256)
  }
}
