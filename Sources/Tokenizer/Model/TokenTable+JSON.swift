import JSON

extension TokenTable {
  /// Reads the vocabulary of a model that is an object of tokens and ids.
  static func vocabulary(_ reader: FieldReader) throws(TokenizerError) -> TokenTable {
    let field = "\(reader.name).vocab"
    guard let vocabulary = reader.object["vocab"]?.object else {
      throw reader.wrong("vocab", "must be an object of tokens and ids")
    }
    var list: [(text: String, id: Int)] = []
    list.reserveCapacity(vocabulary.count)
    for (text, value) in vocabulary {
      guard let id = value.integer else {
        throw .invalid(
          path: reader.path, field: field,
          reason: "gives the token “\(text)” \(value.kind), not an integer")
      }
      list.append((text, id))
    }
    do {
      return try TokenTable(list)
    } catch {
      throw .invalid(path: reader.path, field: field, reason: error.reason)
    }
  }

  /// The tokens and their ids as an object.
  var json: JSONValue {
    .object(JSONObject(tokensInOrder.map { ($0.text, JSONValue.integer(Int64($0.id))) }))
  }

  /// A trie of the tokens with their ids, but for some that are not to be found.
  func trie(except unreachable: Set<TokenID> = []) -> PrefixTrie {
    withStrings { strings, ids in
      PrefixTrie(strings) { unreachable.contains(ids[$0]) ? -1 : ids[$0] }
    }
  }
}

extension FieldReader {
  /// The id of the token that stands for unknown words.
  ///
  /// The reference loads a model without it and fails at the first unknown word; here encoding cannot
  /// fail, so loading does.
  func unknownID(_ unknown: String, in tokens: TokenTable) throws(TokenizerError) -> TokenID {
    guard let id = tokens.id(of: unknown) else {
      throw wrong(
        "unk_token",
        "names “\(unknown)”, which is no token; unknown words could not be encoded")
    }
    return id
  }
}
