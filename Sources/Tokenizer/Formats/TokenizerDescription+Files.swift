import Files
import GGUF
import JSON

extension TokenizerDescription {
  /// Reads a file of any format but tokenizer.json, for which it gives nil.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - companions: what lies beside it.
  ///   - encoding: how a tiktoken file is to be understood, if its name does not say.
  init?(
    contentsOf path: String, _ companions: Companions, encoding: TiktokenEncoding? = nil
  ) throws(TokenizerError) {
    let file = try TextTokenizer.map(path)
    let name = lastName(of: path)
    switch FileKind(file.bytes, name: name) {
    case .gguf:
      let container: GGUFFile
      do {
        container = try GGUFFile(mapping: file)
      } catch {
        throw .damaged(path: path, offset: error.offset, reason: error.reason)
      }
      try self.init(container)
      return
    case .sentencePiece:
      if Self.renumbered.contains(companions.tokenizerClass) {
        throw .unsupported(
          path: path,
          component: "the numbering of \(companions.tokenizerClass), which its tokenizer.json has")
      }
      try self.init(try SentencePieceModel(parsing: file.bytes, path: path), path: path)
      if companions.tokenizerClass == "T5Tokenizer", !companions.listsAddedTokens {
        addSentinels(companions.integer("extra_ids") ?? 100)
      }
    case .tiktoken:
      try self.init(tiktoken: file.bytes, encoding, path: path, fileName: name)
    case .merges:
      let vocabulary = folder(of: path) / "vocab.json"
      try self.init(
        vocabulary: try Self.vocabulary(vocabulary, try TextTokenizer.readJSON(vocabulary)),
        merges: try Self.text(path), companions, path: path)
    case .wordPieces:
      try self.init(wordPieces: try Self.text(path), companions, path: path)
    case .json:
      let json = try TextTokenizer.readJSON(path)
      if json.object?["model"]?.object != nil { return nil }
      if let object = json.object, object["config"]?.object != nil, object["vocab"]?.array != nil {
        try self.init(tekken: object, path: path)
      } else if let first = json.object?.first, first.value.integer != nil {
        let merges = folder(of: path) / "merges.txt"
        try self.init(
          vocabulary: try Self.vocabulary(path, json), merges: try Self.text(merges), companions,
          path: merges)
      } else {
        return nil
      }
    case nil:
      throw Self.unknownFormat(path)
    }
    try apply(companions, path: path)
    withExtendedLifetime(file) {}
  }

  /// The classes whose ids are not those of their SentencePiece model.
  private static let renumbered: Set<String> = [
    "XLMRobertaTokenizer", "CamembertTokenizer", "MBartTokenizer", "MBart50Tokenizer",
    "NllbTokenizer", "BarthezTokenizer", "PegasusTokenizer", "M2M100Tokenizer", "PLBartTokenizer",
    "XLMProphetNetTokenizer", "MarianTokenizer", "Speech2TextTokenizer", "XGLMTokenizer",
    "BartphoTokenizer", "LayoutXLMTokenizer", "ErnieMTokenizer", "CpmTokenizer",
    "SeamlessM4TTokenizer",
  ]

  /// Adds T5's sentinels after the vocabulary, the last one first.
  private mutating func addSentinels(_ count: Int) {
    let start = VocabularyIndex(model).limit
    for number in 0..<max(0, min(count, 10_000)) {
      let token = AddedToken("<extra_id_\(count - 1 - number)>", normalized: false, special: true)
      added.append((token, start + number))
    }
  }

  private static func vocabulary(
    _ path: String, _ json: JSONValue
  ) throws(TokenizerError) -> JSONObject {
    guard let object = json.object, !object.isEmpty else {
      throw .invalid(path: path, field: "(root)", reason: "must be an object of tokens and ids")
    }
    return object
  }

  private static func text(_ path: String) throws(TokenizerError) -> String {
    let text: String
    do {
      text = try readText(path, limit: 1 << 30)
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    if LFSPointer.begins(text.utf8) { throw .unreadable(path: path, reason: LFSPointer.reason) }
    return text
  }
}
