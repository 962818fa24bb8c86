import JSON

/// WordPiece: a word becomes the longest token that it begins with, then the longest that the rest
/// begins with, and so on; a word for which that fails is unknown as a whole.
///
/// The model of BERT (Wu et al., arXiv 1609.08144); ids are those of Hugging Face tokenizers.
final class WordPieceModel: Sendable {
  /// What a model does, under the names of tokenizer.json.
  struct Options: Sendable, Equatable {
    /// The token for unknown words.
    var unknownToken = "[UNK]"
    /// What tokens that do not begin a word are written with.
    var continuingPrefix = "##"
    /// Words of more characters are unknown.
    var longestWord = 100
  }

  let tokens: TokenTable
  let options: Options
  let unknownID: TokenID
  /// The tokens as they are written.
  let trie: PrefixTrie
  /// The node from which tokens that do not begin a word are looked for, −1 if there are none.
  let continuingRoot: Int32
  /// The length of each token as it is written.
  let lengths: [Int32]

  /// Makes a model from parts that agree: the id is that of the unknown token.
  init(tokens: TokenTable, unknownID: TokenID, options: Options) {
    self.tokens = tokens
    self.options = options
    self.unknownID = unknownID
    trie = tokens.trie()
    continuingRoot = trie.node(of: options.continuingPrefix.utf8)
    lengths = (0..<tokens.idLimit).map { Int32(tokens.bytes(of: TokenID($0))?.count ?? 0) }
  }

  /// Reads the `model` of a tokenizer.json.
  convenience init(_ json: JSONObject, path: String) throws(TokenizerError) {
    let reader = FieldReader(json, name: "model", path: path)
    var options = Options()
    options.unknownToken = try reader.string("unk_token")
    options.continuingPrefix = try reader.string("continuing_subword_prefix")
    options.longestWord = try reader.integer("max_input_chars_per_word")
    guard options.longestWord >= 0 else {
      throw reader.wrong("max_input_chars_per_word", "must not be negative")
    }
    let tokens = try TokenTable.vocabulary(reader)
    let unknownID = try reader.unknownID(options.unknownToken, in: tokens)
    self.init(tokens: tokens, unknownID: unknownID, options: options)
  }

  /// The `model` of a tokenizer.json.
  var json: JSONValue {
    [
      "type": "WordPiece",
      "unk_token": .string(options.unknownToken),
      "continuing_subword_prefix": .string(options.continuingPrefix),
      "max_input_chars_per_word": .integer(Int64(options.longestWord)),
      "vocab": tokens.json,
    ]
  }
}

/// WordPiece with the memory that one thread needs.
final class WordPieceTokenizer: PieceTokenizer {
  private let model: WordPieceModel
  private let prefixLength: Int
  private var words: KnownWords
  /// Where the cache puts the tokens of a word that it knows.
  private let known: UnsafeMutablePointer<TokenID>

  init(_ model: WordPieceModel, _ words: WordCaches) {
    self.words = KnownWords(words)
    self.model = model
    prefixLength = model.options.continuingPrefix.utf8.count
    known = .allocate(capacity: WordCache.longestWord + 3)
  }

  deinit { known.deallocate() }

  func trim() {}

  func append(_ piece: UnsafeBufferPointer<UInt8>, to tokens: inout PieceTokens) {
    guard let text = piece.baseAddress, !piece.isEmpty else { return }
    guard piece.count <= WordCache.longestWord else {
      return appendTokens(text, piece.count, to: &tokens)
    }
    let key = WordCache.key(of: text, count: piece.count, readable: piece.count)
    let count = words.copy(key, to: known)
    guard count < 0 else {
      return appendKnown(count, length: piece.count, to: &tokens)
    }
    let first = tokens.ids.count
    appendTokens(text, piece.count, to: &tokens)
    let made = tokens.ids.count - first
    for index in 0..<made { known[index] = tokens.ids[first + index] }
    words.insert(key, tokens: known, count: made)
  }

  private func appendKnown(_ count: Int, length: Int, to tokens: inout PieceTokens) {
    // An unknown word is one token, whose text says nothing about its length.
    if count == 1 { return tokens.append(known[0], 0, length) }
    var at = 0
    for index in 0..<count {
      let written = Int(model.lengths[Int(known[index])])
      let end = at + (index == 0 ? written : written - prefixLength)
      tokens.append(known[index], at, end)
      at = end
    }
  }

  private func appendTokens(
    _ text: UnsafePointer<UInt8>, _ length: Int, to tokens: inout PieceTokens
  ) {
    let first = tokens.ids.count
    if isTooLong(text, length) { return tokens.append(model.unknownID, 0, length) }
    let trie = model.trie
    var start = 0
    while start < length {
      var node = start == 0 ? PrefixTrie.root : model.continuingRoot
      var at = start
      var end = start
      var token: TokenID = -1
      while at < length, node >= 0 {
        node = trie.child(of: node, text[at])
        guard node >= 0 else { break }
        at += 1
        let value = trie.value(at: node)
        if value >= 0 {
          token = value
          end = at
        }
      }
      guard token >= 0 else {
        tokens.truncate(to: first)
        return tokens.append(model.unknownID, 0, length)
      }
      tokens.append(token, start, end)
      start = end
    }
  }

  /// Whether a word has more characters than the model looks at.
  private func isTooLong(_ text: UnsafePointer<UInt8>, _ length: Int) -> Bool {
    let limit = model.options.longestWord
    guard length > limit else { return false }
    var count = 0
    var at = 0
    while at < length, count <= limit {
      at += character(in: text, at: at, end: length).length
      count += 1
    }
    return count > limit
  }
}
