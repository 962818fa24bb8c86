import JSON

/// What changes text before it is cut into pieces.
///
/// A case a component of tokenizer.json; each that does more than one loop has a file of its own.
enum Normalizer: Sendable {
  case sequence([Normalizer])
  case prepend(PrependNormalizer)

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
    default: throw .unsupported(path: path, component: "the normalizer “\(type)”")
    }
  }

  var json: JSONValue {
    switch self {
    case .sequence(let parts): ["type": "Sequence", "normalizers": .array(parts.map(\.json))]
    case .prepend(let normalizer): normalizer.json
    }
  }

  /// Changes a text.
  func apply(to text: inout AlignedText) {
    switch self {
    case .sequence(let parts): for part in parts { part.apply(to: &text) }
    case .prepend(let normalizer): normalizer.apply(to: &text)
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
