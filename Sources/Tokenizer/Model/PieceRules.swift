import JSON

/// How a unigram model differs from that of Hugging Face tokenizers so that its ids are those of
/// SentencePiece or llama.cpp.
///
/// A field `sentencepiece` of the model in tokenizer.json, which other libraries pass over; they then
/// have other ids for texts that spell out control pieces, and now and then for ties.
struct PieceRules: Sendable, Equatable {
  static let field = "sentencepiece"

  /// The ids that no text has: control pieces, bytes, pieces that are not in use.
  var unreachable: Set<TokenID> = []
  /// The score of an unknown character.
  var unknownScore: Double
  /// Whether sums of scores are kept in 32 bits, which decides between ways that are nearly as good.
  var isSinglePrecision: Bool

  /// Reads the field of a model; nil if it is absent.
  static func read(
    _ json: JSONValue?, _ model: FieldReader
  ) throws(TokenizerError) -> PieceRules? {
    guard let json, !json.isNull else { return nil }
    guard let object = json.object else { throw model.wrong(field, "must be an object") }
    let reader = FieldReader(object, name: "model.\(field)", path: model.path)
    var unreachable: Set<TokenID> = []
    for (index, value) in try reader.array("unreachable").enumerated() {
      guard let id = value.integer, id >= 0, id <= TokenTable.largestID else {
        throw reader.wrong("unreachable[\(index)]", "must be an id")
      }
      unreachable.insert(TokenID(id))
    }
    guard let score = object["unknown_score"]?.double else {
      throw reader.wrong("unknown_score", "must be a number")
    }
    return PieceRules(
      unreachable: unreachable, unknownScore: score,
      isSinglePrecision: try reader.bool("single_precision", default: false))
  }

  var json: JSONValue {
    [
      "unreachable": .array(unreachable.sorted().map { .integer(Int64($0)) }),
      "unknown_score": .number(unknownScore),
      "single_precision": .bool(isSinglePrecision),
    ]
  }
}
