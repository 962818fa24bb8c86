import Tokenizer

extension TrainingOptions {
  /// Learns a tokenizer from files.
  func train(
    _ algorithm: TrainingAlgorithm, vocabularySize: Int, components: TokenizerComponents?,
    files: [String], sequence: TrainingSequence, threads: Int?,
    progress: (TrainingProgress) -> Void
  ) throws(TokenizerError) -> TextTokenizer {
    switch algorithm {
    case .byteLevelBPE, .bpe, .sentencePieceBPE, .characterBPE:
      return try bytePair(algorithm, vocabularySize, components, threads)
        .train(onFilesAt: files, sequence: sequence, progress: progress)
    case .wordPiece:
      return try wordPiece(vocabularySize, components, threads)
        .train(onFilesAt: files, sequence: sequence, progress: progress)
    case .unigram:
      return try unigram(vocabularySize, components, threads)
        .train(onFilesAt: files, sequence: sequence, progress: progress)
    case .wordLevel:
      return try wordLevel(vocabularySize, components, threads)
        .train(onFilesAt: files, sequence: sequence, progress: progress)
    }
  }

  private func bytePair(
    _ algorithm: TrainingAlgorithm, _ size: Int, _ components: TokenizerComponents?, _ threads: Int?
  ) -> BytePairTrainer {
    var trainer =
      switch algorithm {
      case .sentencePieceBPE: BytePairTrainer.sentencePiece(vocabularySize: size)
      case .characterBPE: BytePairTrainer.characterLevel(vocabularySize: size)
      default: BytePairTrainer(vocabularySize: size)
      }
    if let endSuffix { trainer.endSuffix = endSuffix }
    if let components {
      trainer.components = components
    } else if algorithm == .sentencePieceBPE {
      trainer.components = .sentencePiece(addsPrefixSpace: prefixSpace ?? true)
    } else if algorithm == .characterBPE {
      trainer.components = .characterLevel(
        lowercases: lowercase ?? false, suffix: trainer.endSuffix)
    } else {
      trainer.components = .byteLevel(
        addsPrefixSpace: prefixSpace ?? false, lowercases: lowercase ?? false)
    }
    if let unknownToken { trainer.unknownToken = unknownToken }
    trainer.specialTokens = special(trainer.specialTokens, trainer.unknownToken)
    if let minFrequency { trainer.minimumFrequency = minFrequency }
    if let alphabet { trainer.alphabet = alphabet == .all ? .allBytes : .seen }
    if let initialAlphabet { trainer.alphabet = .including(initialAlphabet) }
    if let alphabetLimit { trainer.alphabetLimit = alphabetLimit == 0 ? nil : alphabetLimit }
    trainer.longestToken = longestToken
    if let continuingPrefix { trainer.continuingPrefix = continuingPrefix }
    trainer.fallsBackToBytes = fallsBackToBytes
    trainer.fusesUnknown = fallsBackToBytes
    trainer.threads = threads
    return trainer
  }

  private func wordPiece(
    _ size: Int, _ components: TokenizerComponents?, _ threads: Int?
  ) -> WordPieceTrainer {
    var trainer = WordPieceTrainer.bert(vocabularySize: size)
    if let continuingPrefix { trainer.continuingPrefix = continuingPrefix }
    trainer.components =
      components
      ?? .bert(lowercases: lowercase ?? true, prefix: trainer.continuingPrefix)
    if let unknownToken { trainer.unknownToken = unknownToken }
    trainer.specialTokens = special(trainer.specialTokens, trainer.unknownToken)
    if let minFrequency { trainer.minimumFrequency = minFrequency }
    if let initialAlphabet { trainer.initialAlphabet = initialAlphabet }
    if let alphabetLimit { trainer.alphabetLimit = alphabetLimit == 0 ? nil : alphabetLimit }
    trainer.threads = threads
    return trainer
  }

  private func unigram(
    _ size: Int, _ components: TokenizerComponents?, _ threads: Int?
  ) -> UnigramTrainer {
    var trainer = UnigramTrainer.t5(vocabularySize: size)
    trainer.components =
      components ?? .sentencePieceUnigram(addsPrefixSpace: prefixSpace ?? true)
    if let unknownToken { trainer.unknownToken = unknownToken }
    trainer.specialTokens = special(trainer.specialTokens, trainer.unknownToken)
    if let initialAlphabet { trainer.initialAlphabet = initialAlphabet }
    if let longestToken { trainer.longestPiece = longestToken }
    if let shrinkingFactor { trainer.shrinkingFactor = shrinkingFactor }
    if let estimations { trainer.estimations = estimations }
    if let seedSize { trainer.seedSize = seedSize }
    trainer.fallsBackToBytes = fallsBackToBytes
    trainer.threads = threads
    return trainer
  }

  private func wordLevel(
    _ size: Int, _ components: TokenizerComponents?, _ threads: Int?
  ) -> WordLevelTrainer {
    var trainer = WordLevelTrainer(
      vocabularySize: size, components: components ?? .bert(lowercases: lowercase ?? true))
    if let unknownToken { trainer.unknownToken = unknownToken }
    trainer.specialTokens = special(trainer.specialTokens, trainer.unknownToken)
    if let minFrequency { trainer.minimumFrequency = minFrequency }
    trainer.threads = threads
    return trainer
  }

  /// The special tokens: those given, or the trainer's own; the unknown token is one of them.
  private func special(_ preset: [String], _ unknown: String?) -> [String] {
    var tokens = specialTokens.isEmpty ? preset : specialTokens
    if let unknown, !tokens.contains(unknown) { tokens.insert(unknown, at: 0) }
    return tokens
  }
}
