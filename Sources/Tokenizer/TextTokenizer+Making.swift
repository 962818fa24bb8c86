extension TextTokenizer {
  /// A tokenizer whose tokens are the 256 bytes, id by value, followed by special tokens.
  ///
  /// It is written as a byte-level BPE model without merges, which any library for tokenizer.json
  /// reads.
  ///
  /// - Parameter specialTokens: tokens with the ids from 256 on; the first one is named as the end
  ///   of a text in the configuration.
  public static func bytes(
    specialTokens: [String] = []
  ) throws(TokenizerError) -> TextTokenizer {
    let texts = (UInt8.min...UInt8.max).map { ByteAlphabet.token(for: CollectionOfOne($0)) }
    return try byteLevel(
      vocabulary: texts + specialTokens, merges: [], specialTokens: specialTokens,
      preTokenizer: ByteLevelPreTokenizer(usesPattern: false))
  }

  /// A byte-level BPE tokenizer with a given vocabulary, in the order of its ids.
  ///
  /// - Parameters:
  ///   - vocabulary: the tokens as tokenizer.json writes them.
  ///   - merges: the merges, first to last.
  ///   - specialTokens: those of the vocabulary that are special; the first is named as the end of a
  ///     text in the configuration.
  ///   - preTokenizer: what cuts text before the model sees it.
  static func byteLevel(
    vocabulary: [String], merges: [BytePairModel.MergeRule], specialTokens: [String],
    preTokenizer: ByteLevelPreTokenizer
  ) throws(TokenizerError) -> TextTokenizer {
    let table: TokenTable
    do {
      table = try TokenTable(vocabulary.enumerated().map { (text: $0.element, id: $0.offset) })
    } catch {
      throw .impossibleOption(name: "specialTokens", reason: error.reason)
    }
    var added: [(token: AddedToken, id: TokenID)] = []
    for token in specialTokens {
      if let id = table.id(of: token), !added.contains(where: { $0.id == id }) {
        added.append((AddedToken(token), id))
      }
    }
    var configuration = TokenizerConfiguration()
    configuration.endOfText = specialTokens.first
    configuration.beginningOfText = specialTokens.first
    return TextTokenizer(
      pipeline: Pipeline(
        normalizer: nil, preTokenizer: .byteLevel(preTokenizer),
        model: .bytePair(
          BytePairModel(tokens: table, merges: merges, options: BytePairModel.Options())),
        added: AddedVocabulary(added)),
      postProcessor: .byteLevel(ByteLevelPostProcessor(trimsOffsets: false)),
      decoder: .byteLevel(ByteLevelPreTokenizer(addsPrefixSpace: true)),
      configuration: configuration)
  }
}
