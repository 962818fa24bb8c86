import JSON

/// What cuts text into the pieces that a model sees.
///
/// A case a component of tokenizer.json; each has a file of its own.
enum PreTokenizer: Sendable {
  case byteLevel(ByteLevelPreTokenizer)
  case sequence([PreTokenizer])

  /// Reads the `pre_tokenizer` of a tokenizer.json; nil if there is none.
  static func read(
    _ json: JSONValue, name: String = "pre_tokenizer", path: String
  ) throws(TokenizerError) -> PreTokenizer? {
    if json.isNull { return nil }
    guard let object = json.object else {
      throw .invalid(path: path, field: name, reason: "must be an object or null")
    }
    let reader = FieldReader(object, name: name, path: path)
    let type = try reader.string("type")
    switch type {
    case "ByteLevel": return .byteLevel(try ByteLevelPreTokenizer(reader))
    case "Sequence":
      var parts: [PreTokenizer] = []
      for (index, part) in try reader.array("pretokenizers").enumerated() {
        if let part = try read(part, name: "\(name).pretokenizers[\(index)]", path: path) {
          parts.append(part)
        }
      }
      return .sequence(parts)
    default: throw .unsupported(path: path, component: "the pre-tokenizer “\(type)”")
    }
  }

  var json: JSONValue {
    switch self {
    case .byteLevel(let preTokenizer): preTokenizer.json
    case .sequence(let parts): ["type": "Sequence", "pretokenizers": .array(parts.map(\.json))]
    }
  }

  /// Cuts the pieces of a text further, or rewrites them.
  func apply(to pieces: inout TextPieces) {
    switch self {
    case .byteLevel(let preTokenizer): preTokenizer.apply(to: &pieces)
    case .sequence(let parts): for part in parts { part.apply(to: &pieces) }
    }
  }
}
