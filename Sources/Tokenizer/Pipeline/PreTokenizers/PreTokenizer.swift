import JSON

/// What cuts text into the pieces that a model sees.
///
/// A case a component of tokenizer.json; each has a file of its own.
enum PreTokenizer: Sendable, Equatable {
  case bert(BertPreTokenizer)
  case byteLevel(ByteLevelPreTokenizer)
  case delimiter(DelimiterPreTokenizer)
  case digits(DigitsPreTokenizer)
  case fixedLength(FixedLengthPreTokenizer)
  case metaspace(MetaspacePreTokenizer)
  case punctuation(PunctuationPreTokenizer)
  case sequence([PreTokenizer])
  case split(SplitPreTokenizer)
  case unicodeScripts(UnicodeScriptsPreTokenizer)
  case whitespace(WhitespacePreTokenizer)
  case whitespaceSplit(WhitespaceSplitPreTokenizer)

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
    case "BertPreTokenizer": return .bert(BertPreTokenizer())
    case "ByteLevel": return .byteLevel(try ByteLevelPreTokenizer(reader))
    case "CharDelimiterSplit": return .delimiter(try DelimiterPreTokenizer(reader))
    case "Digits": return .digits(try DigitsPreTokenizer(reader))
    case "FixedLength": return .fixedLength(try FixedLengthPreTokenizer(reader))
    case "Metaspace": return .metaspace(try MetaspacePreTokenizer(reader))
    case "Punctuation": return .punctuation(try PunctuationPreTokenizer(reader))
    case "Sequence":
      var parts: [PreTokenizer] = []
      for (index, part) in try reader.array("pretokenizers").enumerated() {
        let name = "\(name).pretokenizers[\(index)]"
        guard let part = try read(part, name: name, path: path) else {
          throw .invalid(path: path, field: name, reason: "must be an object, not null")
        }
        parts.append(part)
      }
      return .sequence(parts)
    case "Split": return .split(try SplitPreTokenizer(reader))
    case "UnicodeScripts": return .unicodeScripts(UnicodeScriptsPreTokenizer())
    case "Whitespace": return .whitespace(WhitespacePreTokenizer())
    case "WhitespaceSplit": return .whitespaceSplit(WhitespaceSplitPreTokenizer())
    default: throw .unsupported(path: path, component: "the pre-tokenizer “\(type)”")
    }
  }

  var json: JSONValue {
    switch self {
    case .bert(let component): component.json
    case .byteLevel(let component): component.json
    case .delimiter(let component): component.json
    case .digits(let component): component.json
    case .fixedLength(let component): component.json
    case .metaspace(let component): component.json
    case .punctuation(let component): component.json
    case .sequence(let parts): ["type": "Sequence", "pretokenizers": .array(parts.map(\.json))]
    case .split(let component): component.json
    case .unicodeScripts(let component): component.json
    case .whitespace(let component): component.json
    case .whitespaceSplit(let component): component.json
    }
  }

  /// Cuts the pieces of a text further, or rewrites them.
  func apply(to pieces: inout TextPieces) {
    switch self {
    case .bert(let component): component.apply(to: &pieces)
    case .byteLevel(let component): component.apply(to: &pieces)
    case .delimiter(let component): component.apply(to: &pieces)
    case .digits(let component): component.apply(to: &pieces)
    case .fixedLength(let component): component.apply(to: &pieces)
    case .metaspace(let component): component.apply(to: &pieces)
    case .punctuation(let component): component.apply(to: &pieces)
    case .sequence(let parts): for part in parts { part.apply(to: &pieces) }
    case .split(let component): component.apply(to: &pieces)
    case .unicodeScripts(let component): component.apply(to: &pieces)
    case .whitespace(let component): component.apply(to: &pieces)
    case .whitespaceSplit(let component): component.apply(to: &pieces)
    }
  }

  /// The components in order, those of sequences one by one.
  var flattened: [PreTokenizer] {
    if case .sequence(let parts) = self { return parts.flatMap(\.flattened) }
    return [self]
  }
}
