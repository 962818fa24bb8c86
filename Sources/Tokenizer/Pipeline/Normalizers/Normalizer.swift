import JSON

/// What changes text before it is cut into pieces.
///
/// A case a component of tokenizer.json; each has a file of its own.
enum Normalizer: Sendable {
  case sequence([Normalizer])
  case prepend(PrependNormalizer)
  case replace(ReplaceNormalizer)
  case unicode(UnicodeNormalizer)
  case bert(BertNormalizer)
  case strip(StripNormalizer)
  case precompiled(PrecompiledNormalizer)
  case lowercase
  case stripAccents
  case nmt
  case byteLevel

  /// Reads the `normalizer` of a tokenizer.json; nil if there is none.
  static func read(
    _ json: JSONValue, name: String = "normalizer", path: String
  ) throws(TokenizerError) -> Normalizer? {
    if json.isNull { return nil }
    guard let object = json.object else {
      throw .invalid(path: path, field: name, reason: "must be an object or null")
    }
    let reader = FieldReader(object, name: name, path: path)
    let type = try reader.string("type")
    switch type {
    case "Sequence":
      var parts: [Normalizer] = []
      for (index, part) in try reader.array("normalizers").enumerated() {
        if let part = try read(part, name: "\(name).normalizers[\(index)]", path: path) {
          parts.append(part)
        }
      }
      return .sequence(parts)
    case "Prepend": return .prepend(try PrependNormalizer(reader))
    case "Replace": return .replace(try ReplaceNormalizer(reader))
    case "BertNormalizer": return .bert(try BertNormalizer(reader))
    case "Strip": return .strip(try StripNormalizer(reader))
    case "Precompiled": return .precompiled(try PrecompiledNormalizer(reader))
    case "Lowercase": return .lowercase
    case "StripAccents": return .stripAccents
    case "Nmt": return .nmt
    case "ByteLevel": return .byteLevel
    default:
      if let form = UnicodeNormalizer.Form(rawValue: type) {
        return .unicode(UnicodeNormalizer(form: form))
      }
      throw .unsupported(path: path, component: "the normalizer “\(type)”")
    }
  }

  var json: JSONValue {
    switch self {
    case .sequence(let parts): ["type": "Sequence", "normalizers": .array(parts.map(\.json))]
    case .prepend(let normalizer): normalizer.json
    case .replace(let normalizer): normalizer.json
    case .unicode(let normalizer): normalizer.json
    case .bert(let normalizer): normalizer.json
    case .strip(let normalizer): normalizer.json
    case .precompiled(let normalizer): normalizer.json
    case .lowercase: ["type": "Lowercase"]
    case .stripAccents: ["type": "StripAccents"]
    case .nmt: ["type": "Nmt"]
    case .byteLevel: ["type": "ByteLevel"]
    }
  }

  /// Changes a text.
  func apply(to text: inout AlignedText) {
    switch self {
    case .sequence(let parts): for part in parts { part.apply(to: &text) }
    case .prepend(let normalizer): normalizer.apply(to: &text)
    case .replace(let normalizer): normalizer.apply(to: &text)
    case .unicode(let normalizer): normalizer.apply(to: &text)
    case .bert(let normalizer): normalizer.apply(to: &text)
    case .strip(let normalizer): normalizer.apply(to: &text)
    case .precompiled(let normalizer): normalizer.apply(to: &text)
    case .lowercase: LowercaseNormalizer.apply(to: &text)
    case .stripAccents: StripAccentsNormalizer.apply(to: &text)
    case .nmt: NmtNormalizer.apply(to: &text)
    case .byteLevel: ByteLevelNormalizer.apply(to: &text)
    }
  }

  /// Whether a text is known to stay as it is; false if that is not known.
  ///
  /// What stays as it is need not be copied.
  func leavesUnchanged(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    switch self {
    case .sequence(let parts): parts.allSatisfy { $0.leavesUnchanged(text) }
    case .unicode(let normalizer): normalizer.leavesUnchanged(text)
    default: false
    }
  }

  /// A text without origins, changed.
  func normalized(_ text: String) -> String {
    var text = text
    var aligned = AlignedText()
    text.withUTF8 { aligned.reset($0, tracksOrigins: false) }
    apply(to: &aligned)
    return String(decoding: aligned.bytes, as: UTF8.self)
  }
}
