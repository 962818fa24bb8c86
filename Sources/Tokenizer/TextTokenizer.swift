/// The number of a token in a vocabulary.
public typealias TokenID = Int32

/// A tokenizer as a model's files describe it: from text to the ids that the model was trained with,
/// and back.
///
/// ```swift
/// let tokenizer = try TextTokenizer(contentsOf: folder)
/// let ids = tokenizer.encode("The common swift sleeps in flight.")
/// let text = tokenizer.decode(ids)
/// ```
///
/// A tokenizer is a value without mutable state that shows: threads may share it. Ids, offsets and
/// decoded text are those of Hugging Face tokenizers 0.23.
public struct TextTokenizer: Sendable {
  /// What tokenizer_config.json adds: which tokens begin and end a text, the longest text.
  public var configuration: TokenizerConfiguration

  /// How texts that are too long are shortened when they are encoded; nil if they are not.
  public var truncation: Truncation?

  /// How encodings that are too short are filled up; nil if they are not.
  public var padding: Padding?

  let pipeline: Pipeline
  let postProcessor: PostProcessor
  let decoder: Decoder
  let pool: EncoderPool
  private let table = Locked<DecodingTable?>(nil)

  init(
    pipeline: Pipeline, postProcessor: PostProcessor, decoder: Decoder,
    configuration: TokenizerConfiguration
  ) {
    self.pipeline = pipeline
    self.postProcessor = postProcessor
    self.decoder = decoder
    self.configuration = configuration
    pool = EncoderPool(pipeline: pipeline)
  }

  /// What decoding needs to know of every id; made when it is first asked for.
  var decoding: DecodingTable {
    table.withLock { known in
      if let known { return known }
      let made = DecodingTable(model: pipeline.model, added: pipeline.added, decoder: decoder)
      known = made
      return made
    }
  }

  var model: TokenModel { pipeline.model }
  var added: AddedVocabulary { pipeline.added }

  /// The tokens that are found in text as they stand, in the order of their ids.
  public var addedTokens: [(token: AddedToken, id: TokenID)] { added.tokens }

  /// One more than the largest id: the number of rows that an embedding needs.
  public var vocabularySize: Int { max(model.tokens.idLimit, added.idLimit) }

  /// The id of a token, given as tokenizer.json writes it, or nil if there is no such token.
  ///
  /// In byte-level vocabularies a space is written `Ġ` and a line feed `Ċ`.
  public func id(for token: String) -> TokenID? {
    added.id(of: token) ?? model.tokens.id(of: token)
  }

  /// A token as tokenizer.json writes it, or nil if no token has the id.
  public func token(for id: TokenID) -> String? {
    added[id]?.content ?? model.tokens.text(of: id)
  }

  /// The bytes that an id stands for in text, or nil if no token has the id.
  ///
  /// They need not be whole characters.
  public func bytes(for id: TokenID) -> [UInt8]? {
    decoding.bytes(of: id).map { Array($0) }
  }

  /// The id of the token that ends a text, if the configuration names one.
  public var endOfTextID: TokenID? { configuration.endOfText.flatMap { id(for: $0) } }

  /// The id of the token that begins a text, if the configuration names one.
  public var beginningOfTextID: TokenID? { configuration.beginningOfText.flatMap { id(for: $0) } }
}
