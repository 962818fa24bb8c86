/// Learns a BPE vocabulary from text.
///
/// ```swift
/// var trainer = BytePairTrainer(vocabularySize: 8192)
/// trainer.specialTokens = ["<|endoftext|>"]
/// let tokenizer = try trainer.train(onFilesAt: ["corpus.txt"])
/// try tokenizer.save(to: "tokenizer")
/// ```
///
/// Vocabulary and merges are those of `BpeTrainer` in Hugging Face tokenizers 0.23 on the same text
/// with the same options: the most frequent pair is merged, among equals the one with the smaller ids
/// (Sennrich et al., arXiv 1508.07909). They do not depend on the number of threads. Where the
/// reference's own result changes from run to run — the ids of characters with a prefix or suffix, and
/// which of equally rare characters a limit leaves out — the order of the characters' codes decides.
public struct BytePairTrainer: Sendable {
  /// Which characters have a token even if the text has none of them.
  public enum Alphabet: Sendable, Equatable {
    /// Those that stand for the 256 bytes, so that byte-level models can encode any text.
    case allBytes
    /// Only those of the text.
    case seen
    /// Those of the text and these.
    case including(String)
  }

  /// The number of tokens wanted, special tokens and alphabet included.
  public var vocabularySize: Int
  /// Pairs that occur less often than this are not merged.
  public var minimumFrequency = 0
  /// Tokens that get the first ids and are never merged from text; the first is named as the end of
  /// a text in the configuration, unless there is an unknown token.
  public var specialTokens: [String] = []
  /// Which characters have a token even if the text has none of them.
  public var alphabet = Alphabet.allBytes
  /// The largest number of characters with a token, the most frequent ones of the text; no limit if
  /// nil.
  public var alphabetLimit: Int?
  /// The limit of a token's length in characters, compared as Hugging Face tokenizers compares it; no
  /// limit if nil.
  public var longestToken: Int?
  /// What happens to text before it is learned from, and around the model that is made.
  public var components = TokenizerComponents.byteLevel()
  /// What the tokens of characters that do not begin a word are written with.
  public var continuingPrefix = ""
  /// What the token of a word's last character is written with.
  public var endSuffix = ""
  /// The special token for characters that have no token; without it they are left out.
  public var unknownToken: String?
  /// Whether neighbouring unknown characters become one unknown token.
  public var fusesUnknown = false
  /// Whether there are tokens for all bytes, `<0x00>` to `<0xFF>`, right after the special tokens,
  /// which stand in for characters that have none.
  public var fallsBackToBytes = false
  /// The number of threads that count words; that of the processors if nil.
  public var threads: Int?

  /// Makes a trainer for a byte-level vocabulary of the given size.
  public init(vocabularySize: Int) {
    self.vocabularySize = vocabularySize
  }

  /// SentencePiece-style BPE with the options of `SentencePieceBPETokenizer`: the 1000 most frequent
  /// characters, pairs that occur twice, `<unk>` for what is not in the vocabulary.
  public static func sentencePiece(vocabularySize: Int) -> BytePairTrainer {
    var trainer = onCharacters(vocabularySize)
    trainer.components = .sentencePiece()
    return trainer
  }

  /// The first GPT's BPE with the options of `CharBPETokenizer`: words whose last token is written
  /// with `</w>`.
  public static func characterLevel(vocabularySize: Int) -> BytePairTrainer {
    var trainer = onCharacters(vocabularySize)
    trainer.components = .characterLevel()
    trainer.endSuffix = "</w>"
    return trainer
  }

  private static func onCharacters(_ vocabularySize: Int) -> BytePairTrainer {
    var trainer = BytePairTrainer(vocabularySize: vocabularySize)
    trainer.minimumFrequency = 2
    trainer.specialTokens = ["<unk>"]
    trainer.unknownToken = "<unk>"
    trainer.alphabet = .seen
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
    let text = TrainingText(cutting(parts), threads: threads)
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
    let text = TrainingText(cutting(parts), threads: threads)
    return try learn(text.words(of: texts, progress: progress), parts, progress)
  }

  private func check() throws(TokenizerError) -> TokenizerComponents.Resolved {
    try checkTraining(
      vocabularySize: vocabularySize, specialTokens: specialTokens, alphabetLimit: alphabetLimit)
    if let unknownToken, !specialTokens.contains(unknownToken) {
      throw .impossibleOption(
        name: "unknownToken", reason: "is “\(unknownToken)”, which is no special token")
    }
    return try components.resolved()
  }

  /// Bytes need no detour through text if nothing but the byte-level pre-tokenizer is there.
  private func cutting(_ parts: TokenizerComponents.Resolved) -> WordCounter.Cutting {
    if parts.normalizer == nil, case .byteLevel(let byteLevel)? = parts.preTokenizer,
      continuingPrefix.isEmpty, endSuffix.isEmpty
    {
      return .bytes(byteLevel)
    }
    return .components(parts.normalizer, parts.preTokenizer)
  }

  private func learn(
    _ words: WordCounter, _ parts: TokenizerComponents.Resolved,
    _ progress: (TrainingProgress) -> Void
  ) throws(TokenizerError) -> TextTokenizer {
    let bytes = fallsBackToBytes ? (UInt8.min...UInt8.max).map { byteToken($0) } : []
    var areBytes = false
    if case .bytes = cutting(parts) { areBytes = true }
    let symbols = SymbolWords(
      words, areBytes: areBytes, given: specialTokens + bytes,
      alphabet: alphabet.characters, limit: alphabetLimit, prefix: continuingPrefix,
      suffix: endSuffix)
    var learner = BytePairLearner(
      symbols, prefix: continuingPrefix, minimumFrequency: minimumFrequency,
      longestToken: longestToken)
    learner.learn(size: vocabularySize) { progress(.merging(tokens: $0, of: vocabularySize)) }
    progress(.merging(tokens: learner.texts.count, of: vocabularySize))

    var options = BytePairModel.Options()
    options.unknownToken = unknownToken
    options.fusesUnknown = fusesUnknown
    options.fallsBackToBytes = fallsBackToBytes
    options.continuingPrefix = continuingPrefix
    options.endSuffix = endSuffix
    let model = BytePairModel(
      tokens: TokenTable(inOrder: learner.texts), merges: learner.merges, options: options)
    var configuration = TokenizerConfiguration(
      specialTokens: specialTokens, unknown: unknownToken)
    if unknownToken == nil {
      configuration.beginningOfText = specialTokens.first
      configuration.endOfText = specialTokens.first
    }
    return TextTokenizer(
      learned: .bytePair(model), parts, specialTokens: specialTokens, configuration: configuration)
  }
}

extension BytePairTrainer.Alphabet {
  var characters: SymbolWords.Alphabet {
    switch self {
    case .allBytes: .bytes
    case .seen: .seen
    case .including(let text): .including(Array(text.unicodeScalars))
    }
  }
}
