import Files
import JSON
import Testing

@testable import Tokenizer

/// The trainers on any pipeline against the reference; see make_tokenizer_models.py.
@Suite struct ModelTrainingTests {
  private let corpus = fixtures / "corpus.txt"

  private func entries(_ kind: String) throws -> [JSONValue] {
    let all = try #require(try fixture("trained_models.json").array)
    let list = try all.filter { try $0.text("kind") == kind }
    #expect(list.count >= 2)
    return list
  }

  private func components(_ entry: JSONValue) throws -> TokenizerComponents {
    try TokenizerComponents(parsing: entry.member("components").serialized())
  }

  private func size(_ entry: JSONValue) throws -> Int {
    try #require(try entry.member("vocab_size").integer)
  }

  /// Runs a trainer with one thread and with three and expects the same.
  private func train(_ run: (Int) throws -> TextTokenizer) throws -> TextTokenizer {
    let one = try run(1)
    let three = try run(3)
    #expect(one.serialized() == three.serialized())
    let again = try TextTokenizer(parsing: one.serialized())
    let text = "the swift flies 雨燕 by night\n"
    #expect(again.encodeWithOffsets(text) == one.encodeWithOffsets(text))
    return one
  }

  @Test func wordsAreThoseOfTheReference() throws {
    for entry in try entries("word level") {
      var trainer = WordLevelTrainer(
        vocabularySize: try size(entry), components: try components(entry))
      trainer.minimumFrequency = try #require(try entry.member("min_frequency").integer)
      trainer.specialTokens = try entry.member("special_tokens").strings()
      let tokenizer = try train { threads in
        trainer.threads = threads
        return try trainer.train(onFilesAt: [corpus])
      }
      #expect(tokenizer.model.tokens.json == (try entry.member("vocabulary")))
    }
  }

  @Test func pairsAreThoseOfTheReference() throws {
    for entry in try entries("pairs") {
      var trainer = BytePairTrainer(vocabularySize: try size(entry))
      trainer.components = try components(entry)
      trainer.specialTokens = try entry.member("special_tokens").strings()
      trainer.alphabet = .seen
      trainer.alphabetLimit = try entry.member("limit_alphabet").integer
      trainer.longestToken = try entry.member("max_token_length").integer
      let tokenizer = try train { threads in
        trainer.threads = threads
        return try trainer.train(onFilesAt: [corpus])
      }
      let expected = try entry.member("vocabulary").strings()
      let vocabulary = tokenizer.model.tokens.tokensInOrder.map(\.text)
      #expect(vocabulary.elementsEqual(expected) { $0.isSame(as: $1) })
      #expect(tokenizer.model.json.object?["merges"] == (try entry.member("merges")))
    }
  }

  @Test func wordPiecesAreThoseOfTheReference() throws {
    for entry in try entries("word piece") {
      var trainer = WordPieceTrainer(vocabularySize: try size(entry))
      trainer.components = try components(entry)
      trainer.specialTokens = try entry.member("special_tokens").strings()
      let tokenizer = try train { threads in
        trainer.threads = threads
        return try trainer.train(onFilesAt: [corpus])
      }
      let expected = try entry.member("vocabulary").strings()
      let vocabulary = tokenizer.model.tokens.tokensInOrder.map(\.text)
      #expect(vocabulary.elementsEqual(expected) { $0.isSame(as: $1) })
    }
  }

  @Test func piecesAndScoresAreThoseOfTheReference() throws {
    for entry in try entries("unigram") {
      var trainer = UnigramTrainer(vocabularySize: try size(entry))
      trainer.components = try components(entry)
      trainer.specialTokens = try entry.member("special_tokens").strings()
      trainer.longestPiece = entry.object?["max_piece_length"]?.integer ?? 16
      trainer.shrinkingFactor = entry.object?["shrinking_factor"]?.double ?? 0.75
      trainer.estimations = entry.object?["n_sub_iterations"]?.integer ?? 2
      trainer.initialAlphabet =
        try entry.object?["initial_alphabet"]?.strings().joined() ?? ""
      let tokenizer = try train { threads in
        trainer.threads = threads
        return try trainer.train(onFilesAt: [corpus])
      }
      guard case .unigram(let model) = tokenizer.model else {
        Issue.record("no unigram model")
        return
      }
      let first = try entry.member("first").strings()
      let texts = (0..<model.scores.count).map { model.tokens.text(of: TokenID($0)) ?? "" }
      #expect(Array(texts.prefix(first.count)) == first)
      #expect(model.scores.prefix(first.count).allSatisfy { $0 == 0 })
      var expected: [String: Double] = [:]
      for piece in try #require(try entry.member("pieces").array) {
        let pair = try #require(piece.array)
        let text = try #require(pair[0].string)
        let score = try #require(pair[1].double)
        expected[text] = score
      }
      var characters: [String] = []
      for (text, score) in zip(texts, model.scores).dropFirst(first.count) {
        if text.unicodeScalars.count == 1 {
          characters.append(text)
        } else {
          let wanted = expected.removeValue(forKey: text) ?? .nan
          #expect(abs(score - wanted) < 1e-8, "\(text)")
        }
      }
      #expect(expected.isEmpty)
      #expect(Set(characters) == Set(try entry.member("characters").strings()))
      let scores = try #require(try entry.member("scores").array).compactMap(\.double)
      #expect(scores.count == model.scores.count - first.count)
      #expect(zip(scores, model.scores.dropFirst(first.count)).allSatisfy { abs($0 - $1) < 1e-8 })
    }
  }

  @Test func presetsTrainTokenizersThatRoundTrip() throws {
    let text = "The swift flies by day and by night."
    let tokenizers = [
      try BytePairTrainer.sentencePiece(vocabularySize: 500).train(onFilesAt: [corpus]),
      try BytePairTrainer.characterLevel(vocabularySize: 500).train(onFilesAt: [corpus]),
      try WordPieceTrainer.bert(vocabularySize: 500).train(onFilesAt: [corpus]),
      try UnigramTrainer.t5(vocabularySize: 500).train(onFilesAt: [corpus]),
    ]
    for tokenizer in tokenizers {
      let decoded = tokenizer.decode(tokenizer.encode(text)).lowercased()
      #expect(decoded.filter { $0 != " " } == text.lowercased().filter { $0 != " " })
      let again = try TextTokenizer(parsing: tokenizer.serialized())
      #expect(again.encode(text) == tokenizer.encode(text))
    }
    #expect(tokenizers[3].encode("", addsTemplate: false) == [])
    #expect(tokenizers[3].addedTokens.map(\.token.content) == ["<pad>", "</s>", "<unk>"])
    #expect(tokenizers[3].configuration.endOfText == "</s>")
  }

  @Test func bytesStandInForUnknownCharacters() throws {
    var pairs = BytePairTrainer.sentencePiece(vocabularySize: 700)
    pairs.fallsBackToBytes = true
    var pieces = UnigramTrainer(vocabularySize: 700)
    pieces.fallsBackToBytes = true
    pieces.unknownToken = nil
    for tokenizer in [try pairs.train(onFilesAt: [corpus]), try pieces.train(onFilesAt: [corpus])] {
      let first = try #require(tokenizer.id(for: "<0x00>"))
      let ids = tokenizer.encode("🦅")
      #expect(ids.suffix(4) == ArraySlice("🦅".utf8.map { first + TokenID($0) }))
    }
  }

  @Test func aTokenizersComponentsTrainItsLike() throws {
    let first = try UnigramTrainer(vocabularySize: 400).train(onFilesAt: [corpus])
    var trainer = UnigramTrainer(vocabularySize: 400)
    trainer.components = first.components
    #expect(try trainer.train(onFilesAt: [corpus]).serialized() == first.serialized())
  }

  @Test func emptyTextsAndImpossibleOptions() throws {
    let empty = try UnigramTrainer(vocabularySize: 10).train(on: [])
    #expect(empty.vocabularySize == 1)
    #expect(try WordPieceTrainer(vocabularySize: 10).train(on: [""]).vocabularySize == 5)
    let text = ["abc abd", "ab"]
    #expect(throws: TokenizerError.self) { try UnigramTrainer(vocabularySize: 3).train(on: text) }
    #expect(throws: TokenizerError.self) { try UnigramTrainer(vocabularySize: 0).train(on: text) }
    #expect(throws: TokenizerError.self) {
      var trainer = UnigramTrainer(vocabularySize: 50)
      trainer.shrinkingFactor = 1
      return try trainer.train(on: text)
    }
    #expect(throws: TokenizerError.self) {
      var trainer = UnigramTrainer(vocabularySize: 50)
      trainer.unknownToken = nil
      return try trainer.train(on: text)
    }
    #expect(throws: TokenizerError.self) {
      var trainer = WordPieceTrainer(vocabularySize: 50)
      trainer.specialTokens = ["[PAD]"]
      return try trainer.train(on: text)
    }
    #expect(throws: TokenizerError.self) {
      try WordLevelTrainer(vocabularySize: 0, components: .none).train(on: text)
    }
    #expect(throws: TokenizerError.self) {
      try TokenizerComponents(parsing: #"{"normalizer":{"type":"Imaginary"}}"#)
    }
    #expect(throws: TokenizerError.self) { try TokenizerComponents(parsing: "[") }
  }

  @Test func suffixesAreInOrder() {
    var generator = SeededGenerator(seed: 41)
    for alphabet in [1, 2, 3, 40] {
      for _ in 0..<150 {
        let text = (0..<Int.random(in: 0...70, using: &generator)).map { _ in
          Int32.random(in: 0..<Int32(alphabet), using: &generator)
        }
        let naive = text.indices.sorted { text[$0...].lexicographicallyPrecedes(text[$1...]) }
        #expect(SuffixArray.make(text, alphabet: alphabet).map { Int($0) } == naive)
      }
    }
  }

  @Test func frequentSubstringsAreThoseWithDifferentContinuations() {
    var generator = SeededGenerator(seed: 43)
    for _ in 0..<60 {
      let words = (0..<Int.random(in: 1...9, using: &generator)).map { _ in
        (0..<Int.random(in: 1...8, using: &generator)).map { _ in
          UInt32.random(in: 97...99, using: &generator)
        }
      }
      let frequent = FrequentSubstrings(words.flatMap { $0 + [0] }, longest: 5)
      let found = frequent.substrings.map {
        (String(decoding: frequent.text(of: $0), as: UTF8.self), Int($0.score))
      }
      var followers: [String: [UInt32]] = [:]
      for word in words {
        for start in word.indices {
          for end in (start + 1)..<(word.count + 1) where (2...5).contains(end - start) {
            let text = String(
              String.UnicodeScalarView(word[start..<end].compactMap { Unicode.Scalar($0) }))
            followers[text, default: []].append(end < word.count ? word[end] : 0)
          }
        }
      }
      let expected = followers.filter { Set($0.value).count > 1 }.map {
        ($0.key, $0.value.count * $0.key.utf8.count)
      }.sorted { $0.1 != $1.1 ? $0.1 > $1.1 : $0.0 > $1.0 }
      #expect(found.map(\.0) == expected.map(\.0))
      #expect(found.map(\.1) == expected.map(\.1))
    }
  }
}
