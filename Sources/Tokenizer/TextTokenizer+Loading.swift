import Files
import JSON

extension TextTokenizer {
  /// Reads the text of a tokenizer.json.
  ///
  /// - Parameters:
  ///   - utf8: the file's bytes.
  ///   - name: what errors call the file.
  public init(parsing utf8: [UInt8], name: String = "tokenizer.json") throws(TokenizerError) {
    let scanned = utf8.withUnsafeBytes { bytes in
      Result { () throws(TokenizerError) in
        try Self.scanned(bytes, path: name, Companions(), TokenizerConfiguration())
      }
    }
    if let tokenizer = try scanned.get() {
      self = tokenizer
      return
    }
    let json: JSONValue
    do {
      json = try JSONValue(parsing: utf8)
    } catch {
      throw .malformed(path: name, reason: error.description)
    }
    try self.init(json, path: name, configuration: TokenizerConfiguration())
  }

  /// The JSON of a file.
  static func readJSON(_ path: String) throws(TokenizerError) -> JSONValue {
    let file = try map(path)
    do {
      return try JSONValue(parsing: file.bytes)
    } catch {
      throw .malformed(path: path, reason: error.description)
    }
  }

  /// Makes the tokenizer that a tokenizer.json describes.
  ///
  /// - Parameter scanned: what of a BPE model has been read already.
  init(
    _ json: JSONValue, path: String, configuration: TokenizerConfiguration,
    scanned: ScannedBytePairs? = nil
  ) throws(TokenizerError) {
    guard let root = json.object else {
      throw .invalid(path: path, field: "(root)", reason: "must be an object, not \(json.kind)")
    }
    let normalizer = try Normalizer.read(root["normalizer"] ?? .null, path: path)
    guard let modelFields = root["model"]?.object else {
      throw .invalid(path: path, field: "model", reason: "must be an object")
    }
    let preTokenizer = try PreTokenizer.read(root["pre_tokenizer"] ?? .null, path: path)
    let postProcessor = try PostProcessor(
      root["post_processor"] ?? .null, name: "post_processor", path: path)
    let decoder = try Decoder(root["decoder"] ?? .null, path: path)
    let model = try TokenModel(modelFields, path: path, scanned: scanned)
    let added = try AddedVocabulary(
      root["added_tokens"] ?? .null, model.tokens, normalizer, path: path)
    self.init(
      pipeline: Pipeline(
        normalizer: normalizer, preTokenizer: preTokenizer, model: model, added: added),
      postProcessor: postProcessor, decoder: decoder, configuration: configuration)
    truncation = try Truncation.read(root["truncation"] ?? .null, path: path)
    padding = try Padding.read(root["padding"] ?? .null, path: path)
    if let truncation, truncation.longest < postProcessor.addedCount(texts: 1) {
      throw .invalid(
        path: path, field: "truncation.max_length",
        reason: "is less than the number of tokens that the post-processor adds")
    }
    if let truncation, truncation.stride > 0,
      truncation.stride >= truncation.longest - postProcessor.addedCount(texts: 1)
    {
      throw .invalid(
        path: path, field: "truncation.stride",
        reason: "must be less than max_length without the tokens that the post-processor adds")
    }
    for case .layOut(let layout) in postProcessor.steps {
      for id in layout.tokens where token(for: id) == nil {
        throw .invalid(
          path: path, field: "post_processor", reason: "adds the id \(id), which no token has")
      }
    }
  }
}

extension AddedVocabulary {
  /// Reads the `added_tokens` of a tokenizer.json.
  ///
  /// A token whose content is in the model's vocabulary has the model's id.
  init(
    _ json: JSONValue, _ vocabulary: TokenTable, _ normalizer: Normalizer?, path: String
  ) throws(TokenizerError) {
    guard let list = json.array ?? (json.isNull ? [] : nil) else {
      throw .invalid(path: path, field: "added_tokens", reason: "must be an array")
    }
    var tokens: [(token: AddedToken, id: TokenID)] = []
    let contents = ByteStringTable(capacity: list.count)
    let largest = TokenTable.largestID(ofTokens: vocabulary.count + list.count)
    var taken: Set<TokenID> = []
    for (index, entry) in list.enumerated() {
      let name = "added_tokens[\(index)]"
      guard let object = entry.object else {
        throw .invalid(path: path, field: name, reason: "must be an object")
      }
      let reader = FieldReader(object, name: name, path: path)
      let token = try AddedToken(reader)
      // An empty token is found nowhere.
      if token.content.isEmpty { continue }
      let given = try reader.integer("id")
      guard given >= 0, given <= largest else {
        throw reader.wrong("id", "must be from 0 to \(largest)")
      }
      let id = vocabulary.id(of: token.content) ?? TokenID(given)
      guard contents.insert(token.content) == tokens.count else {
        throw reader.wrong("content", "repeats the token “\(token.content)”")
      }
      if let text = vocabulary.text(of: id), !text.utf8.elementsEqual(token.content.utf8) {
        throw reader.wrong("id", "is \(id), which the vocabulary gives to “\(text)”")
      }
      guard taken.insert(id).inserted else {
        throw reader.wrong("id", "is \(id), which another added token has")
      }
      tokens.append((token, id))
    }
    self.init(tokens, normalizer: normalizer)
  }
}
