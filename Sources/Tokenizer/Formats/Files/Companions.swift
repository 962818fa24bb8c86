import Files
import JSON

/// The files beside a vocabulary: tokenizer_config.json, special_tokens_map.json, added_tokens.json.
struct Companions {
  /// The fields of tokenizer_config.json.
  private var configuration = JSONObject()
  /// The fields of special_tokens_map.json.
  private var specialTokens = JSONObject()
  /// The tokens and ids of added_tokens.json.
  private var addedTokens = JSONObject()
  /// Where they lie.
  private let folder: String

  /// No files.
  init() { folder = "" }

  /// Reads the files of a folder that are there.
  init(in folder: String) throws(TokenizerError) {
    self.folder = folder
    configuration = try Self.object(folder / "tokenizer_config.json")
    specialTokens = try Self.object(folder / "special_tokens_map.json")
    addedTokens = try Self.object(folder / "added_tokens.json")
  }

  private static func object(_ path: String) throws(TokenizerError) -> JSONObject {
    guard fileExists(path) else { return JSONObject() }
    let json = try TextTokenizer.readJSON(path)
    guard let object = json.object else {
      throw .invalid(path: path, field: "(root)", reason: "must be an object, not \(json.kind)")
    }
    return object
  }

  /// The class that transformers would make, without “Fast”; empty if none is named.
  var tokenizerClass: String {
    let name = configuration["tokenizer_class"]?.string ?? ""
    return name.hasSuffix("Fast") ? String(name.dropLast(4)) : name
  }

  /// A truth value of tokenizer_config.json.
  func flag(_ field: String) -> Bool? { configuration[field]?.bool }

  /// A whole number of tokenizer_config.json.
  func integer(_ field: String) -> Int? { configuration[field]?.integer }

  /// Whether tokenizer_config.json lists the added tokens.
  var listsAddedTokens: Bool { configuration["added_tokens_decoder"]?.object != nil }

  /// The names of the special tokens.
  private static let names = [
    "bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token",
  ]

  var cls: String? { token("cls_token")?.content }
  var sep: String? { token("sep_token")?.content }

  /// A special token: that of tokenizer_config.json before that of special_tokens_map.json.
  func token(_ name: String) -> AddedToken? {
    Self.token(configuration[name]) ?? Self.token(specialTokens[name])
  }

  /// A token given by its content or as an object.
  private static func token(_ json: JSONValue?) -> AddedToken? {
    if let content = json?.string {
      return content.isEmpty ? nil : AddedToken(content, normalized: false, special: true)
    }
    guard let object = json?.object, let content = object["content"]?.string, !content.isEmpty
    else { return nil }
    return AddedToken(
      content, singleWord: object["single_word"]?.bool ?? false,
      stripsLeft: object["lstrip"]?.bool ?? false, stripsRight: object["rstrip"]?.bool ?? false,
      normalized: object["normalized"]?.bool ?? false, special: object["special"]?.bool ?? true)
  }

  /// The tokens that are added to a vocabulary, with their ids where the files give them.
  func tokensToAdd() throws(TokenizerError) -> [(token: AddedToken, id: Int?)] {
    var result: [(token: AddedToken, id: Int?)] = []
    let special = Set(specialContents)
    if let list = configuration["added_tokens_decoder"]?.object {
      for (key, value) in list {
        guard let id = Int(key), id >= 0, id <= TokenTable.largestID,
          var token = Self.token(value)
        else {
          throw .invalid(
            path: folder / "tokenizer_config.json", field: "added_tokens_decoder.\(key)",
            reason: "must be a token under its id")
        }
        token.special = value.object?["special"]?.bool ?? special.contains(token.content)
        token.normalized = value.object?["normalized"]?.bool ?? !token.special
        result.append((token, id))
      }
    } else {
      for (content, value) in addedTokens {
        guard let id = value.integer, id >= 0, id <= TokenTable.largestID, !content.isEmpty else {
          throw .invalid(
            path: folder / "added_tokens.json", field: content, reason: "must be an id")
        }
        let isSpecial = special.contains(content)
        result.append((AddedToken(content, normalized: !isSpecial, special: isSpecial), id))
      }
    }
    result.sort { ($0.id ?? 0) < ($1.id ?? 0) }
    var known = Set(result.map(\.token.content))
    for name in Self.names {
      if var token = token(name), known.insert(token.content).inserted {
        token.special = true
        result.append((token, nil))
      }
    }
    for json in additional {
      if var token = Self.token(json), known.insert(token.content).inserted {
        token.special = true
        result.append((token, nil))
      }
    }
    return result
  }

  private var additional: [JSONValue] {
    for field in ["extra_special_tokens", "additional_special_tokens"] {
      if let list = configuration[field]?.array ?? specialTokens[field]?.array { return list }
    }
    return []
  }

  private var specialContents: [String] {
    Self.names.compactMap { token($0)?.content } + additional.compactMap { Self.token($0)?.content }
  }
}
