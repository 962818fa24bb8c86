import JSON

extension TokenizerDescription {
  /// Reads Mistral's tekken.json.
  init(tekken json: JSONObject, path: String) throws(TokenizerError) {
    let root = FieldReader(json, name: "(root)", path: path)
    guard let fields = json["config"]?.object else {
      throw root.wrong("config", "must be an object")
    }
    let config = FieldReader(fields, name: "config", path: path)
    let pattern = try config.string("pattern")
    let size = try config.integer("default_vocab_size")
    let specialCount = try config.integer("default_num_special_tokens")
    guard specialCount >= 0, size >= specialCount, size <= TokenTable.largestID else {
      throw config.wrong(
        "default_vocab_size",
        "must be at least the number of special tokens and at most \(TokenTable.largestID)")
    }
    let list = try root.array("vocab")
    guard list.count >= size - specialCount else {
      throw root.wrong("vocab", "must hold \(size - specialCount) tokens, not \(list.count)")
    }
    var tokens = RankedTokens(capacity: size - specialCount)
    for (index, entry) in list.prefix(size - specialCount).enumerated() {
      let name = "vocab[\(index)]"
      guard let object = entry.object, let text = object["token_bytes"]?.string,
        object["rank"]?.integer == index, let bytes = Base64.decode(text), !bytes.isEmpty
      else {
        throw root.wrong(name, "must have the rank \(index) and “token_bytes” in Base64")
      }
      guard tokens.append(bytes, rank: index) else {
        throw root.wrong(name, "repeats a token or is longer than any can be")
      }
    }
    if let missing = tokens.missingByte {
      throw root.wrong("vocab", "must hold each byte as a token, and lacks \(missing)")
    }
    let special = try Self.specialTokens(root, count: specialCount)
    var encoding = TiktokenEncoding(pattern: pattern)
    for (id, text) in special.enumerated() { encoding.specialTokens[text] = TokenID(id) }
    guard encoding.specialTokens.count == specialCount else {
      throw root.wrong("special_tokens", "must all differ")
    }
    func known(_ text: String) -> String? { encoding.specialTokens[text] == nil ? nil : text }
    encoding.beginningOfText = known("<s>")
    encoding.endOfText = known("</s>")
    encoding.addsBeginningOfText = true
    try self.init(tokens, shift: specialCount, encoding, path: path)
    configuration.unknown = known("<unk>")
    configuration.padding = known("<pad>")
  }

  /// The special tokens in the order of their ids, with names for those that have none.
  private static func specialTokens(
    _ root: FieldReader, count: Int
  ) throws(TokenizerError) -> [String] {
    var names: [String] = []
    if let value = root.object["special_tokens"], !value.isNull {
      for (index, entry) in try root.array("special_tokens").enumerated() {
        guard let object = entry.object, let text = object["token_str"]?.string, !text.isEmpty,
          object["rank"]?.integer == index
        else {
          throw root.wrong(
            "special_tokens[\(index)]", "must have the rank \(index) and a “token_str”")
        }
        names.append(text)
      }
      guard names.count <= count else {
        throw root.wrong("special_tokens", "must hold at most \(count) tokens")
      }
    } else {
      // Files up to version 7 do not list them.
      names = Array(
        [
          "<unk>", "<s>", "</s>", "[INST]", "[/INST]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]",
          "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[TOOL_CALLS]", "[IMG]", "<pad>", "[IMG_BREAK]",
          "[IMG_END]", "[PREFIX]", "[MIDDLE]", "[SUFFIX]", "[SYSTEM_PROMPT]", "[/SYSTEM_PROMPT]",
          "[TOOL_CONTENT]",
        ].prefix(count))
    }
    return names + (names.count..<count).map { "<SPECIAL_\($0)>" }
  }
}
