import JSON

/// A unigram language model: of all ways to write a piece of text in tokens, the one whose scores
/// sum to the most.
///
/// The model of SentencePiece, T5 and XLM-RoBERTa (Kudo, arXiv 1804.10959). Ids are those of Hugging
/// Face tokenizers, down to which of several equally good ways is taken.
final class UnigramModel: Sendable {
  /// How much worse an unknown character is than the worst token.
  static let unknownPenalty = 10.0

  let tokens: TokenTable
  /// The score of each token, by id, as the file gives it.
  let scores: [Double]
  /// The scores with which text is encoded.
  let weights: [Double]
  /// The score of an unknown character.
  let unknownScore: Double
  /// The token for unknown text, −1 if there is none because bytes stand in for it.
  let unknownID: TokenID
  /// Whether the bytes of unknown text become tokens such as `<0xE2>`, if all of them are in the
  /// vocabulary.
  let fallsBackToBytes: Bool
  /// The tokens `<0x00>` to `<0xFF>`, −1 where there is none.
  let byteTokens: [TokenID]
  let trie: PrefixTrie
  /// The length of each token in bytes.
  let lengths: [Int32]

  /// How the model differs from that of Hugging Face tokenizers, if it comes from SentencePiece.
  let pieceRules: PieceRules?

  /// Makes a model.
  ///
  /// - Parameters:
  ///   - tokens: the tokens, whose ids are their places in `scores`.
  ///   - scores: the scores, none of them infinite.
  ///   - unknownID: the token for unknown text, −1 only if all bytes have tokens.
  ///   - fallsBackToBytes: whether unknown text becomes tokens of its bytes.
  ///   - pieceRules: how the model differs, if it comes from SentencePiece.
  init(
    tokens: TokenTable, scores: [Double], unknownID: TokenID, fallsBackToBytes: Bool,
    pieceRules: PieceRules? = nil
  ) {
    self.tokens = tokens
    self.scores = scores
    self.unknownID = unknownID
    self.fallsBackToBytes = fallsBackToBytes
    self.pieceRules = pieceRules
    weights = pieceRules == nil ? scores.map(readInOnePass) : scores
    unknownScore =
      pieceRules?.unknownScore
      ?? weights.reduce(.infinity) { $1 < $0 ? $1 : $0 } - Self.unknownPenalty
    byteTokens = Self.byteTokens(of: tokens)
    trie = tokens.trie(except: pieceRules?.unreachable ?? [])
    lengths = (0..<tokens.idLimit).map { Int32(tokens.bytes(of: TokenID($0))?.count ?? 0) }
  }

  private static func byteTokens(of tokens: TokenTable) -> [TokenID] {
    (UInt8.min...UInt8.max).map { tokens.id(of: byteToken($0)) ?? -1 }
  }

  /// Reads the `model` of a tokenizer.json.
  convenience init(_ json: JSONObject, path: String) throws(TokenizerError) {
    let reader = FieldReader(json, name: "model", path: path)
    let list = try reader.array("vocab")
    guard list.count <= TokenTable.largestID else {
      throw reader.wrong("vocab", "has more than \(TokenTable.largestID) tokens")
    }
    var texts: [String] = []
    var scores: [Double] = []
    texts.reserveCapacity(list.count)
    scores.reserveCapacity(list.count)
    for (id, entry) in list.enumerated() {
      guard let pair = entry.array, pair.count == 2, let text = pair[0].string,
        let score = pair[1].double
      else { throw reader.wrong("vocab[\(id)]", "must be a token and its score") }
      texts.append(text)
      scores.append(score)
    }
    var unknownID: TokenID = -1
    if let value = json["unk_id"], !value.isNull {
      guard let id = value.integer, id >= 0, id < texts.count else {
        throw reader.wrong("unk_id", "must be the place of a token in the vocabulary, or null")
      }
      unknownID = TokenID(id)
    }
    let tokens = TokenTable(inOrder: texts)
    let fallsBackToBytes = try reader.bool("byte_fallback", default: false)
    let hasAllBytes = fallsBackToBytes && Self.byteTokens(of: tokens).allSatisfy { $0 >= 0 }
    guard unknownID >= 0 || hasAllBytes else {
      throw reader.wrong(
        "unk_id",
        "is missing; the model could not encode text that its vocabulary does not hold")
    }
    self.init(
      tokens: tokens, scores: scores, unknownID: unknownID, fallsBackToBytes: fallsBackToBytes,
      pieceRules: try PieceRules.read(json[PieceRules.field], reader))
  }

  /// The `model` of a tokenizer.json.
  var json: JSONValue {
    let vocabulary = scores.enumerated().map { id, score -> JSONValue in
      .array([.string(tokens.text(of: TokenID(id)) ?? ""), .number(score)])
    }
    var fields: JSONObject = [
      "type": "Unigram",
      "unk_id": unknownID < 0 ? .null : .integer(Int64(unknownID)),
      "vocab": .array(vocabulary),
      "byte_fallback": .bool(fallsBackToBytes),
    ]
    if let pieceRules { fields[PieceRules.field] = pieceRules.json }
    return .object(fields)
  }
}

/// The number that the reference's parser makes of a number's shortest decimal digits.
///
/// It divides the digits, as one integer, by a power of ten; for more than fifteen digits that rounds
/// twice, and the last bit may differ from the nearest double's. Where several ways to write a text
/// have the same tokens in another order, that bit decides between them.
private func readInOnePass(_ value: Double) -> Double {
  var digits: UInt64 = 0
  var exponent = 0
  var written = 0
  var isFraction = false
  var isExponent = false
  var isNegativeExponent = false
  for byte in value.magnitude.description.utf8 {
    switch byte {
    case UInt8(ascii: "."): isFraction = true
    case UInt8(ascii: "e"): isExponent = true
    case UInt8(ascii: "-"): isNegativeExponent = true
    case UInt8(ascii: "0")...UInt8(ascii: "9"):
      let digit = Int(byte - UInt8(ascii: "0"))
      if isExponent {
        written = written * 10 + digit
      } else {
        digits = digits &* 10 &+ UInt64(digit)
        if isFraction { exponent -= 1 }
      }
    default: break
    }
  }
  exponent += isNegativeExponent ? -written : written
  var result = Double(digits)
  while exponent < -308 {
    result /= 1e308
    exponent += 308
  }
  let power = powersOfTen[abs(exponent)]
  result = exponent < 0 ? result / power : result * power
  return value < 0 ? -result : result
}

/// 10⁰ to 10³⁰⁸, each the nearest double.
private let powersOfTen: [Double] = (0...308).map { Double("1e\($0)") ?? .infinity }
