/// The way of a text to its tokens: all components of a tokenizer that encoding needs.
final class Pipeline: Sendable {
  /// How pieces of text reach the model.
  enum Route {
    /// The model sees bytes, and after the normalizer text is only cut.
    case bytes(BytePairModel, ByteStages)
    /// Every component is applied in turn.
    case components
  }

  let normalizer: Normalizer?
  let preTokenizer: PreTokenizer?
  let model: TokenModel
  let added: AddedVocabulary
  let route: Route
  /// What a BPE model needs that runs on characters.
  private let characters: CharacterTokens?

  init(
    normalizer: Normalizer?, preTokenizer: PreTokenizer?, model: TokenModel,
    added: AddedVocabulary
  ) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.model = model
    self.added = added
    if case .bytePair(let model) = model, !model.hasAffixes,
      let stages = preTokenizer.flatMap({ ByteStages($0) })
    {
      route = .bytes(model, stages)
      characters = nil
    } else {
      route = .components
      if case .bytePair(let model) = model {
        characters = CharacterTokens(model)
      } else {
        characters = nil
      }
    }
  }

  /// The working memory with which one thread runs the model on text that components may have
  /// changed.
  ///
  /// - Parameter words: what is known of words.
  func makePieceTokenizer(_ words: WordCaches) -> (any PieceTokenizer)? {
    switch model {
    case .bytePair(let model): characters.map { CharacterMerger(model, $0, words) }
    case .wordPiece(let model): WordPieceTokenizer(model, words)
    case .wordLevel(let model): WordLevelTokenizer(model)
    case .unigram(let model): UnigramTokenizer(model, words)
    }
  }
}
