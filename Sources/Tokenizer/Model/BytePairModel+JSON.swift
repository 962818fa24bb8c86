import JSON

extension BytePairModel {
  /// Reads the `model` of a tokenizer.json.
  ///
  /// - Parameter scanned: the vocabulary and the merges, if they have been read already.
  convenience init(
    _ json: JSONObject, path: String, scanned: ScannedBytePairs? = nil
  ) throws(TokenizerError) {
    let reader = FieldReader(json, name: "model", path: path)
    if let dropout = json["dropout"]?.double, dropout != 0 {
      throw .unsupported(path: path, component: "BPE dropout (model.dropout)")
    }
    var options = Options()
    options.unknownToken = try reader.optionalString("unk_token")
    options.fusesUnknown = try reader.bool("fuse_unk", default: false)
    options.ignoresMerges = try reader.bool("ignore_merges", default: false)
    options.fallsBackToBytes = try reader.bool("byte_fallback", default: false)
    options.continuingPrefix = try reader.optionalString("continuing_subword_prefix") ?? ""
    options.endSuffix = try reader.optionalString("end_of_word_suffix") ?? ""

    let tokens: TokenTable
    if let scanned { tokens = scanned.tokens } else { tokens = try TokenTable.vocabulary(reader) }
    if let unknown = options.unknownToken, tokens.id(of: unknown) == nil {
      throw .invalid(
        path: path, field: "model.unk_token", reason: "names “\(unknown)”, which is no token")
    }
    let merges: [MergeRule]
    if let scanned {
      merges = scanned.merges
    } else {
      merges = try Self.mergeRules(
        reader, tokens, prefixLength: options.continuingPrefix.utf8.count)
    }
    self.init(tokens: tokens, merges: merges, options: options)
  }

  private static func mergeRules(
    _ reader: FieldReader, _ tokens: TokenTable, prefixLength: Int
  ) throws(TokenizerError) -> [MergeRule] {
    guard let list = reader.object["merges"]?.array else {
      throw reader.wrong("merges", "must be an array of pairs")
    }
    var rules: [MergeRule] = []
    rules.reserveCapacity(list.count)
    var joined: [UInt8] = []
    for (index, entry) in list.enumerated() {
      guard let (left, right) = pair(entry) else {
        throw reader.wrong(
          "merges[\(index)]", "must be a pair of tokens, [\"a\", \"b\"] or \"a b\"")
      }
      joined.removeAll(keepingCapacity: true)
      joined.append(contentsOf: left.utf8)
      // The right token's mark of not beginning a piece is not repeated inside the union.
      joined.append(contentsOf: right.utf8.dropFirst(prefixLength))
      guard let leftID = tokens.id(of: left), let rightID = tokens.id(of: right),
        let result = joined.withUnsafeBufferPointer({ tokens.id(of: $0) })
      else {
        throw reader.wrong(
          "merges[\(index)]",
          "merges “\(left)” and “\(right)”, but one of them or their union is no token")
      }
      rules.append(MergeRule(left: leftID, right: rightID, result: result))
    }
    return rules
  }

  /// The two tokens of a merge in either spelling.
  private static func pair(_ entry: JSONValue) -> (String, String)? {
    if let list = entry.array, list.count == 2, let left = list[0].string,
      let right = list[1].string
    {
      return (left, right)
    }
    guard var text = entry.string else { return nil }
    return text.withUTF8 { text in
      guard let space = text.firstIndex(of: 0x20), !text[(space + 1)...].contains(0x20) else {
        return nil
      }
      return (
        String(decoding: UnsafeBufferPointer(rebasing: text[..<space]), as: UTF8.self),
        String(decoding: UnsafeBufferPointer(rebasing: text[(space + 1)...]), as: UTF8.self)
      )
    }
  }

  /// The `model` of a tokenizer.json.
  var json: JSONValue {
    func affix(_ text: String) -> JSONValue { text.isEmpty ? .null : .string(text) }
    let pairs = merges.map { rule -> JSONValue in
      .array([
        .string(tokens.text(of: rule.left) ?? ""), .string(tokens.text(of: rule.right) ?? ""),
      ])
    }
    return [
      "type": "BPE",
      "dropout": nil,
      "unk_token": options.unknownToken.map { .string($0) } ?? .null,
      "continuing_subword_prefix": affix(options.continuingPrefix),
      "end_of_word_suffix": affix(options.endSuffix),
      "fuse_unk": .bool(options.fusesUnknown),
      "byte_fallback": .bool(options.fallsBackToBytes),
      "ignore_merges": .bool(options.ignoresMerges),
      "vocab": tokens.json,
      "merges": .array(pairs),
    ]
  }
}

extension TokenTable.Fault {
  /// What is wrong, as it follows the name of a field.
  var reason: String {
    switch self {
    case .idOutOfRange(let token, let id, let largest):
      "gives the token “\(token)” the id \(id); in one of this size they go from 0 to \(largest)"
    case .sameID(let first, let second, let id):
      "gives the id \(id) to both “\(first)” and “\(second)”"
    case .sameText(let text):
      "holds the token “\(text)” twice"
    }
  }
}
