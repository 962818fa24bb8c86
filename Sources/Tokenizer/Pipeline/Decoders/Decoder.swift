import JSON

/// What turns tokens back into text.
///
/// A case a component of tokenizer.json.
enum Decoder: Sendable, Equatable {
  /// No decoder: the texts of the tokens with spaces between them.
  case none
  /// Tokens are bytes in the alphabet of byte-level vocabularies.
  case byteLevel(ByteLevelPreTokenizer)

  /// Reads the `decoder` of a tokenizer.json.
  init(_ json: JSONValue, path: String) throws(TokenizerError) {
    guard let object = json.object else {
      guard json.isNull else {
        throw .invalid(path: path, field: "decoder", reason: "must be an object or null")
      }
      self = .none
      return
    }
    let reader = FieldReader(object, name: "decoder", path: path)
    let type = try reader.string("type")
    switch type {
    case "ByteLevel": self = .byteLevel(try ByteLevelPreTokenizer(reader))
    default: throw .unsupported(path: path, component: "the decoder “\(type)”")
    }
  }

  var json: JSONValue {
    switch self {
    case .none: .null
    case .byteLevel(let options): options.json
    }
  }

  /// Appends the bytes that a token's text stands for.
  ///
  /// A text with a character outside the byte alphabet stands for itself.
  func decode(_ text: UnsafeBufferPointer<UInt8>, into bytes: inout [UInt8]) {
    switch self {
    case .none: bytes.append(contentsOf: text)
    case .byteLevel: ByteAlphabet.decode(text, into: &bytes)
    }
  }

  /// What comes between two tokens.
  var separator: [UInt8] {
    switch self {
    case .none: [0x20]
    case .byteLevel: []
    }
  }
}
