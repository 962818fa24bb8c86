import JSON

/// What tokenizer_config.json says about a tokenizer, as far as this library uses it.
public struct TokenizerConfiguration: Sendable, Equatable {
  /// The content of the token that begins a text (`bos_token`).
  public var beginningOfText: String?
  /// The content of the token that ends a text (`eos_token`).
  public var endOfText: String?
  /// The content of the token for what is not in the vocabulary (`unk_token`).
  public var unknown: String?
  /// The content of the token that fills a batch (`pad_token`).
  public var padding: String?
  /// The content of the token between two texts (`sep_token`).
  public var separator: String?
  /// The content of the token whose result stands for a whole text (`cls_token`).
  public var classification: String?
  /// The content of the token that hides another (`mask_token`).
  public var mask: String?
  /// The number of tokens that the model can read (`model_max_length`).
  public var longestText: Int?
  /// The Jinja template that turns a conversation into text (`chat_template`).
  public var chatTemplate: String?
  /// More templates, by their names, such as `tool_use` for conversations with tools.
  public var otherChatTemplates: [String: String] = [:]

  /// An empty configuration.
  public init() {}

  init(_ json: JSONValue, path: String) throws(TokenizerError) {
    guard let object = json.object else {
      throw .invalid(path: path, field: "(root)", reason: "must be an object, not \(json.kind)")
    }
    func token(_ field: String) throws(TokenizerError) -> String? {
      guard let value = object[field], !value.isNull else { return nil }
      if let content = value.string ?? value.object?["content"]?.string { return content }
      throw .invalid(
        path: path, field: field, reason: "must be a string or an object with a “content”")
    }
    beginningOfText = try token("bos_token")
    endOfText = try token("eos_token")
    unknown = try token("unk_token")
    padding = try token("pad_token")
    separator = try token("sep_token")
    classification = try token("cls_token")
    mask = try token("mask_token")
    // Transformers writes 10³⁰ for “no limit”, which is no 64-bit integer.
    longestText = object["model_max_length"]?.integer
    try readChatTemplates(object["chat_template"] ?? .null, path: path)
  }

  var json: JSONValue {
    var object: JSONObject = ["tokenizer_class": "PreTrainedTokenizerFast"]
    let fields: [(String, String?)] = [
      ("bos_token", beginningOfText), ("eos_token", endOfText), ("unk_token", unknown),
      ("pad_token", padding), ("sep_token", separator), ("cls_token", classification),
      ("mask_token", mask),
    ]
    for (name, text) in fields {
      if let text { object[name] = .string(text) }
    }
    if let longestText { object["model_max_length"] = .integer(Int64(longestText)) }
    object["chat_template"] = chatTemplatesJSON
    object["clean_up_tokenization_spaces"] = false
    return .object(object)
  }
}
