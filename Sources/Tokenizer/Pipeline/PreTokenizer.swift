import JSON

/// What cuts text into the pieces that a model sees.
///
/// A case a component of tokenizer.json; each has a file of its own.
enum PreTokenizer: Sendable, Equatable {
  case byteLevel(ByteLevelPreTokenizer)

  /// Reads the `pre_tokenizer` of a tokenizer.json.
  init(_ json: JSONValue, path: String) throws(TokenizerError) {
    guard let object = json.object else {
      guard json.isNull else {
        throw .invalid(path: path, field: "pre_tokenizer", reason: "must be an object or null")
      }
      throw .unsupported(path: path, component: "a BPE model without a ByteLevel pre-tokenizer")
    }
    let reader = FieldReader(object, name: "pre_tokenizer", path: path)
    let type = try reader.string("type")
    switch type {
    case "ByteLevel": self = .byteLevel(try ByteLevelPreTokenizer(reader))
    default: throw .unsupported(path: path, component: "the pre-tokenizer “\(type)”")
    }
  }

  var json: JSONValue {
    switch self {
    case .byteLevel(let preTokenizer): preTokenizer.json
    }
  }

  /// Whether text that does not begin with a space gets one.
  var addsPrefixSpace: Bool {
    switch self {
    case .byteLevel(let preTokenizer): preTokenizer.addsPrefixSpace
    }
  }
}
