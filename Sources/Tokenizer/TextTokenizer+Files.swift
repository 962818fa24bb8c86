import Files
import GGUF
import JSON

extension TextTokenizer {
  /// Loads a tokenizer from a folder or from a file, in whatever format it is.
  ///
  /// In a folder tokenizer.json is preferred; else tokenizer.model or spiece.model (SentencePiece, or
  /// tiktoken as Llama 3 has it), a `.tiktoken` file, tekken.json, vocab.json with merges.txt, and
  /// vocab.txt are looked for. A file is recognised by its content, a GGUF file among them. What lies
  /// beside it is read too: tokenizer_config.json, special_tokens_map.json, added_tokens.json and templates of
  /// chats (chat_template.jinja and the folder additional_chat_templates).
  ///
  /// A component that this version cannot run is an error that names it.
  public init(contentsOf path: String) throws(TokenizerError) {
    try self.init(contentsOf: path, encoding: nil)
  }

  /// Loads a tiktoken file: a token in Base64 and its rank on each line.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - encoding: how text is cut, and the special tokens; the file does not say.
  public init(tiktoken path: String, encoding: TiktokenEncoding) throws(TokenizerError) {
    try self.init(contentsOf: path, encoding: encoding)
  }

  private init(contentsOf path: String, encoding: TiktokenEncoding?) throws(TokenizerError) {
    let isFolder = isDirectory(path)
    let file = isFolder ? try Self.vocabularyFile(in: path) : path
    let place = isFolder ? path : folder(of: path)
    let besides = place / "tokenizer_config.json"
    // A GGUF file says all there is; what lies beside it belongs to something else.
    let mapped = try Self.map(file)
    let standsAlone = mapped.withBytes { $0.prefix(4).elementsEqual(GGUFFile.magic) }
    let companions = standsAlone ? Companions() : try Companions(in: place)
    var configuration =
      !standsAlone && fileExists(besides)
      ? try TokenizerConfiguration(try Self.readJSON(besides), path: besides)
      : TokenizerConfiguration()
    if !standsAlone { try configuration.readChatTemplateFiles(in: place) }
    if case .json = FileKind(mapped.bytes, name: lastName(of: file)),
      let scanned = try Self.scanned(mapped.bytes, path: file, companions, configuration)
    {
      self = scanned
      return
    }
    guard
      let description = try TokenizerDescription(
        contentsOf: file, companions, encoding: encoding)
    else {
      let json = try companions.complete(try Self.readJSON(file))
      try self.init(json, path: file, configuration: configuration)
      return
    }
    configuration.fill(from: description.configuration)
    try self.init(description.json, path: file, configuration: configuration)
  }

  /// The file of a folder that holds the vocabulary.
  private static func vocabularyFile(in folder: String) throws(TokenizerError) -> String {
    for name in ["tokenizer.json", "tokenizer.model", "spiece.model", "sentencepiece.bpe.model"]
    where fileExists(folder / name) {
      return folder / name
    }
    let names: [String]
    do {
      names = try listDirectory(folder)
    } catch {
      throw .unreadable(path: folder, reason: error.reason)
    }
    for ending in [".tiktoken", "tiktoken.model", "tekken.json"] {
      if let name = names.first(where: { $0.hasSuffix(ending) }) { return folder / name }
    }
    if names.contains("vocab.json"), names.contains("merges.txt") { return folder / "vocab.json" }
    if names.contains("vocab.txt") { return folder / "vocab.txt" }
    // The error of a file that is missing names the one that is looked for first.
    return folder / "tokenizer.json"
  }

  /// The mapped bytes of a file.
  static func map(_ path: String) throws(TokenizerError) -> MappedFile {
    let file: MappedFile
    do {
      file = try MappedFile(path)
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    if file.withBytes({ LFSPointer.begins($0) }) {
      throw .unreadable(path: path, reason: LFSPointer.reason)
    }
    return file
  }
}

extension TokenizerConfiguration {
  /// Takes over what another configuration says and this one does not.
  mutating func fill(from other: TokenizerConfiguration) {
    let fields: [WritableKeyPath<TokenizerConfiguration, String?>] = [
      \.beginningOfText, \.endOfText, \.unknown, \.padding, \.separator, \.classification, \.mask,
      \.chatTemplate,
    ]
    for field in fields where self[keyPath: field] == nil {
      self[keyPath: field] = other[keyPath: field]
    }
    if otherChatTemplates.isEmpty { otherChatTemplates = other.otherChatTemplates }
  }
}

extension Companions {
  /// Adds tokens to a tokenizer.json that only the files beside it list, as transformers does.
  ///
  /// What it says itself stands: whether tokens are put before and after a text, and how each token
  /// is looked for.
  func complete(_ json: JSONValue) throws(TokenizerError) -> JSONValue {
    guard var root = json.object, root["model"]?.object != nil else { return json }
    let more = try missing(in: json)
    if more.isEmpty { return json }
    var list = root["added_tokens"]?.array ?? []
    let index = VocabularyIndex(root["model"] ?? .null)
    let largest = list.lazy.compactMap { $0.object?["id"]?.integer }.max() ?? -1
    var next = max(index.limit, largest + 1)
    for token in more {
      // Ids beyond the vocabulary go on from the last one, whatever the files say.
      let id = index[token.content] ?? next
      next = max(next, id + 1)
      list.append(token.json(id: TokenID(truncatingIfNeeded: id)))
    }
    root["added_tokens"] = .array(list)
    return .object(root)
  }

  /// The tokens that these files name and a tokenizer.json does not.
  func missing(in json: JSONValue) throws(TokenizerError) -> [AddedToken] {
    var known = Set<String>()
    for entry in json.object?["added_tokens"]?.array ?? [] {
      if let content = entry.object?["content"]?.string { known.insert(content) }
    }
    return try tokensToAdd().lazy.map(\.token).filter { !known.contains($0.content) }
  }
}
