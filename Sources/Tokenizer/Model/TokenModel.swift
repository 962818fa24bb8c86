import JSON

/// What turns pieces of text into tokens.
///
/// A case a model of tokenizer.json; each has a file of its own.
enum TokenModel: Sendable {
  case bytePair(BytePairModel)
  case wordPiece(WordPieceModel)
  case wordLevel(WordLevelModel)
  case unigram(UnigramModel)

  /// Reads the `model` of a tokenizer.json.
  ///
  /// - Parameter scanned: what of a BPE model has been read already.
  init(
    _ json: JSONObject, path: String, scanned: ScannedBytePairs? = nil
  ) throws(TokenizerError) {
    let type = json["type"]?.string ?? Self.type(ofUntyped: json)
    switch type {
    case "BPE": self = .bytePair(try BytePairModel(json, path: path, scanned: scanned))
    case "WordPiece": self = .wordPiece(try WordPieceModel(json, path: path))
    case "WordLevel": self = .wordLevel(try WordLevelModel(json, path: path))
    case "Unigram": self = .unigram(try UnigramModel(json, path: path))
    default: throw .unsupported(path: path, component: "the model “\(type)”")
    }
  }

  /// What a model is in a file from before models had a type.
  private static func type(ofUntyped json: JSONObject) -> String {
    if json["merges"] != nil { return "BPE" }
    if json["max_input_chars_per_word"] != nil { return "WordPiece" }
    if json["unk_token"] != nil { return "WordLevel" }
    return json["vocab"]?.array != nil ? "Unigram" : "without type"
  }

  var json: JSONValue {
    switch self {
    case .bytePair(let model): model.json
    case .wordPiece(let model): model.json
    case .wordLevel(let model): model.json
    case .unigram(let model): model.json
    }
  }

  /// The model, if it is byte-pair encoding.
  var bytePair: BytePairModel? {
    if case .bytePair(let model) = self { model } else { nil }
  }

  /// The vocabulary.
  var tokens: TokenTable {
    switch self {
    case .bytePair(let model): model.tokens
    case .wordPiece(let model): model.tokens
    case .wordLevel(let model): model.tokens
    case .unigram(let model): model.tokens
    }
  }
}

/// A model with the memory that one thread needs to run it.
protocol PieceTokenizer: AnyObject {
  /// Appends the tokens of a piece of text, in order.
  ///
  /// - Parameters:
  ///   - piece: UTF-8; what is not valid counts as one character U+FFFD a byte.
  ///   - tokens: the tokens so far; places are counted from the start of the piece.
  func append(_ piece: UnsafeBufferPointer<UInt8>, to tokens: inout PieceTokens)

  /// Gives up memory that only a long piece needs.
  func trim()
}

/// The tokens of a piece and the bytes of the piece that each stands for.
struct PieceTokens {
  private(set) var ids: [TokenID] = []
  private(set) var starts: [Int32] = []
  private(set) var ends: [Int32] = []

  /// Forgets all tokens.
  mutating func removeAll() {
    ids.removeAll(keepingCapacity: ids.capacity <= 1 << 16)
    starts.removeAll(keepingCapacity: starts.capacity <= 1 << 16)
    ends.removeAll(keepingCapacity: ends.capacity <= 1 << 16)
  }

  /// Forgets the tokens after the first `count`.
  mutating func truncate(to count: Int) {
    ids.removeSubrange(count...)
    starts.removeSubrange(count...)
    ends.removeSubrange(count...)
  }

  /// Adds a token that stands for the bytes `start..<end` of the piece.
  @inline(__always)
  mutating func append(_ id: TokenID, _ start: Int, _ end: Int) {
    ids.append(id)
    starts.append(Int32(truncatingIfNeeded: start))
    ends.append(Int32(truncatingIfNeeded: end))
  }
}
