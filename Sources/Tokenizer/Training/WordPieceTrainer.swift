/// Learns a WordPiece vocabulary from text.
///
/// The vocabulary is that of `WordPieceTrainer` in Hugging Face tokenizers 0.23: pairs are merged as in
/// byte-pair encoding, and only the tokens are kept. The reference numbers the characters within words
/// (`##a`) in an order that changes from run to run, and with it which of equally frequent pairs is
/// merged first; here the order of the characters' codes decides, so that the result is always the
/// same.
public struct WordPieceTrainer: Sendable {
  /// The number of tokens wanted, special tokens and alphabet included.
  public var vocabularySize: Int
  /// Pairs that occur less often than this are not merged.
  public var minimumFrequency = 0
  /// Tokens that get the first ids and are never merged from text.
  public var specialTokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
  /// The special token for words that cannot be written in tokens.
  public var unknownToken = "[UNK]"
  /// Characters that have a token even if the text has none of them.
  public var initialAlphabet = ""
  /// The largest number of characters with a token, the most frequent ones of the text; no limit if
  /// nil.
  public var alphabetLimit: Int?
  /// What tokens that do not begin a word are written with.
  public var continuingPrefix = "##"
  /// Words of more characters are unknown.
  public var longestWord = 100
  /// What happens to text before it is learned from, and around the model that is made.
  public var components = TokenizerComponents.bert()
  /// The number of threads that count words; that of the processors if nil.
  public var threads: Int?

  /// Makes a trainer for a vocabulary of the given size.
  public init(vocabularySize: Int) {
    self.vocabularySize = vocabularySize
  }

  /// A trainer with the options of `BertWordPieceTokenizer`: the 1000 most frequent characters, and
  /// pairs that occur twice.
  public static func bert(vocabularySize: Int) -> WordPieceTrainer {
    var trainer = WordPieceTrainer(vocabularySize: vocabularySize)
    trainer.minimumFrequency = 2
    trainer.alphabetLimit = 1000
    return trainer
  }

  /// Learns from files, which may be larger than memory.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - sequence: what of them is cut into words on its own.
  ///   - progress: is told now and then how far training has come, on the caller's thread.
  public func train(
    onFilesAt paths: [String], sequence: TrainingSequence = .lines,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TokenizerError) -> TextTokenizer {
    let parts = try check()
    let text = TrainingText(
      .components(parts.normalizer, parts.preTokenizer), threads: threads)
    return try learn(
      try text.words(ofFilesAt: paths, sequence, progress: progress), parts, progress)
  }

  /// Learns from texts, each a sequence of its own; none is kept.
  ///
  /// - Parameters:
  ///   - texts: the texts.
  ///   - progress: is told now and then how far training has come, on the caller's thread.
  public func train(
    on texts: some Sequence<String>, progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TokenizerError) -> TextTokenizer {
    let parts = try check()
    let text = TrainingText(
      .components(parts.normalizer, parts.preTokenizer), threads: threads)
    return try learn(text.words(of: texts, progress: progress), parts, progress)
  }

  private func check() throws(TokenizerError) -> TokenizerComponents.Resolved {
    try checkTraining(
      vocabularySize: vocabularySize, specialTokens: specialTokens, alphabetLimit: alphabetLimit)
    guard specialTokens.contains(unknownToken) else {
      throw .impossibleOption(
        name: "unknownToken", reason: "is “\(unknownToken)”, which is no special token")
    }
    guard longestWord >= 0 else {
      throw .impossibleOption(name: "longestWord", reason: "must not be negative")
    }
    return try components.resolved()
  }

  private func learn(
    _ words: WordCounter, _ parts: TokenizerComponents.Resolved,
    _ progress: (TrainingProgress) -> Void
  ) throws(TokenizerError) -> TextTokenizer {
    let symbols = SymbolWords(
      words, areBytes: false, given: specialTokens,
      alphabet: .including(Array(initialAlphabet.unicodeScalars)), limit: alphabetLimit,
      prefix: continuingPrefix, suffix: "")
    var learner = BytePairLearner(
      symbols, prefix: continuingPrefix, minimumFrequency: minimumFrequency, longestToken: nil)
    learner.learn(size: vocabularySize) { progress(.merging(tokens: $0, of: vocabularySize)) }
    progress(.merging(tokens: learner.texts.count, of: vocabularySize))

    let tokens = TokenTable(inOrder: learner.texts)
    let model = WordPieceModel(
      tokens: tokens, unknownID: tokens.id(of: unknownToken) ?? 0,
      options: WordPieceModel.Options(
        unknownToken: unknownToken, continuingPrefix: continuingPrefix, longestWord: longestWord))
    return TextTokenizer(
      learned: .wordPiece(model), parts, specialTokens: specialTokens,
      configuration: TokenizerConfiguration(specialTokens: specialTokens, unknown: unknownToken))
  }
}
