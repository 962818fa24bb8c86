import JSON

extension TokenizerDescription {
  /// Adds what the files beside a vocabulary say, as transformers does when it makes a fast tokenizer.
  mutating func apply(_ companions: Companions, path: String) throws(TokenizerError) {
    let index = VocabularyIndex(model)
    var next = max(index.limit, (added.map(\.id).max() ?? -1) + 1)
    for (token, given) in try companions.tokensToAdd() {
      let id: Int
      if let known = index[token.content]
        ?? added.first(where: {
          haveSameBytes($0.token.content, token.content)
        })?.id
      {
        id = known
      } else {
        id = given ?? next
        next = max(next, id + 1)
      }
      added.removeAll { $0.id == id || haveSameBytes($0.token.content, token.content) }
      added.append((token, id))
    }
    let named: [(String, WritableKeyPath<TokenizerConfiguration, String?>)] = [
      ("bos_token", \.beginningOfText), ("eos_token", \.endOfText), ("unk_token", \.unknown),
      ("pad_token", \.padding), ("sep_token", \.separator), ("cls_token", \.classification),
      ("mask_token", \.mask),
    ]
    for (name, field) in named {
      if let token = companions.token(name) { configuration[keyPath: field] = token.content }
    }
    try frame(companions, path: path)
  }

  /// Puts tokens before and after texts if the files ask for it.
  private mutating func frame(_ companions: Companions, path: String) throws(TokenizerError) {
    var (first, last) = (companions.flag("add_bos_token"), companions.flag("add_eos_token"))
    switch companions.tokenizerClass {
    case "LlamaTokenizer", "CodeLlamaTokenizer", "GemmaTokenizer": first = first ?? true
    case "T5Tokenizer": last = last ?? true
    default: break
    }
    guard first != nil || last != nil else { return }
    func token(
      _ isWanted: Bool?, _ content: String?, _ field: String
    ) throws(TokenizerError) -> [(text: String, id: Int)] {
      guard isWanted == true else { return [] }
      guard let content, let id = id(of: content) else {
        throw .invalid(
          path: path, field: field, reason: "is asked for, but no such token is named or known")
      }
      return [(content, id)]
    }
    postProcessor = Components.template(
      before: try token(first, configuration.beginningOfText, "bos_token"),
      after: try token(last, configuration.endOfText, "eos_token"))
  }

  /// The id of a token, found in text or not.
  func id(of content: String) -> Int? {
    added.first { haveSameBytes($0.token.content, content) }?.id ?? VocabularyIndex(model)[content]
  }
}

/// The ids of the tokens of a model.
struct VocabularyIndex {
  private let object: JSONObject
  /// One more than the largest id.
  let limit: Int

  init(_ model: JSONValue) {
    if let object = model.object?["vocab"]?.object {
      self.object = object
      limit = (object.lazy.compactMap { $0.value.integer }.max() ?? -1) + 1
    } else {
      let list = model.object?["vocab"]?.array ?? []
      object = JSONObject(
        list.enumerated().map { ($1.array?.first?.string ?? "", .integer(Int64($0))) })
      limit = list.count
    }
  }

  subscript(token: String) -> Int? { object[token]?.integer }
}
