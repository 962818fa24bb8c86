import JSON

/// A vocabulary of whole words: a piece of text is a token or unknown.
final class WordLevelModel: Sendable {
  let tokens: TokenTable
  /// The token for words that are not in the vocabulary.
  let unknownToken: String
  let unknownID: TokenID
  /// Whether neighbouring unknown words become one token, as SentencePiece does it.
  ///
  /// A field `fuse_unk` as BPE models have it, which other libraries pass over in this one.
  let fusesUnknown: Bool

  /// Makes a model from parts that agree: the id is that of the unknown token.
  init(tokens: TokenTable, unknownToken: String, unknownID: TokenID, fusesUnknown: Bool = false) {
    self.tokens = tokens
    self.unknownToken = unknownToken
    self.unknownID = unknownID
    self.fusesUnknown = fusesUnknown
  }

  /// Reads the `model` of a tokenizer.json.
  convenience init(_ json: JSONObject, path: String) throws(TokenizerError) {
    let reader = FieldReader(json, name: "model", path: path)
    let unknown = try reader.string("unk_token")
    let tokens = try TokenTable.vocabulary(reader)
    let unknownID = try reader.unknownID(unknown, in: tokens)
    self.init(
      tokens: tokens, unknownToken: unknown, unknownID: unknownID,
      fusesUnknown: try reader.bool("fuse_unk", default: false))
  }

  /// The `model` of a tokenizer.json.
  var json: JSONValue {
    var fields: JSONObject = [
      "type": "WordLevel", "vocab": tokens.json, "unk_token": .string(unknownToken),
    ]
    if fusesUnknown { fields["fuse_unk"] = true }
    return .object(fields)
  }
}

/// A word-level model as a thread runs it; it needs no memory.
final class WordLevelTokenizer: PieceTokenizer {
  private let model: WordLevelModel

  init(_ model: WordLevelModel) {
    self.model = model
  }

  func trim() {}

  func append(_ piece: UnsafeBufferPointer<UInt8>, to tokens: inout PieceTokens) {
    if piece.isEmpty { return }
    tokens.append(model.tokens.id(of: piece) ?? model.unknownID, 0, piece.count)
  }
}
