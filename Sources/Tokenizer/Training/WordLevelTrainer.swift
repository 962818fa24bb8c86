/// Learns a vocabulary of whole words: the most frequent ones of a text.
///
/// The vocabulary is that of `WordLevelTrainer` in Hugging Face tokenizers 0.23: special tokens, then
/// words by falling frequency, among equals in the order of their bytes.
public struct WordLevelTrainer: Sendable {
  /// The number of tokens wanted, special tokens included.
  public var vocabularySize: Int
  /// Words that occur less often than this get no token.
  public var minimumFrequency = 0
  /// Tokens that get the first ids.
  public var specialTokens = ["<unk>"]
  /// The special token for words that have no token.
  public var unknownToken = "<unk>"
  /// What happens to text before it is learned from, and around the model that is made.
  public var components: TokenizerComponents
  /// The number of threads that count words; that of the processors if nil.
  public var threads: Int?

  /// Makes a trainer for a vocabulary of the given size.
  public init(vocabularySize: Int, components: TokenizerComponents) {
    self.vocabularySize = vocabularySize
    self.components = components
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
    return try learn(try text.words(ofFilesAt: paths, sequence, progress: progress), parts)
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
    return try learn(text.words(of: texts, progress: progress), parts)
  }

  private func check() throws(TokenizerError) -> TokenizerComponents.Resolved {
    try checkTraining(vocabularySize: vocabularySize, specialTokens: specialTokens)
    guard specialTokens.prefix(vocabularySize).contains(unknownToken) else {
      throw .impossibleOption(
        name: "unknownToken",
        reason: "is “\(unknownToken)”, which is none of the special tokens in the vocabulary")
    }
    return try components.resolved()
  }

  private func learn(
    _ words: WordCounter, _ parts: TokenizerComponents.Resolved
  ) throws(TokenizerError) -> TextTokenizer {
    let order = (0..<words.count).filter { words.counts[$0] >= Int64(minimumFrequency) }.sorted {
      words.counts[$0] != words.counts[$1]
        ? words.counts[$0] > words.counts[$1] : words[$0].lexicographicallyPrecedes(words[$1])
    }
    let texts =
      specialTokens
      + order.prefix(max(0, vocabularySize - specialTokens.count)).map {
        String(decoding: words[$0], as: UTF8.self)
      }
    // A word that is a special token too leaves the first of its ids without a token.
    let table = ByteStringTable(capacity: texts.count)
    var list: [(text: String, id: Int)] = []
    for (id, text) in texts.prefix(vocabularySize).enumerated() {
      let number = table.insert(text)
      if number == list.count { list.append((text, id)) } else { list[number].id = id }
    }
    let tokens: TokenTable
    do {
      tokens = try TokenTable(list)
    } catch {
      throw .impossibleOption(name: "specialTokens", reason: error.reason)
    }
    let model = WordLevelModel(
      tokens: tokens, unknownToken: unknownToken, unknownID: tokens.id(of: unknownToken) ?? 0)
    return TextTokenizer(
      learned: .wordLevel(model), parts, specialTokens: specialTokens,
      configuration: TokenizerConfiguration(specialTokens: specialTokens, unknown: unknownToken))
  }
}
