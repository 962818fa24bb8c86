import JSON

/// What happens to the tokens of a text after the model: tokens are put around it, offsets trimmed.
///
/// A case a component of tokenizer.json.
enum PostProcessor: Sendable, Equatable {
  case none
  case byteLevel(ByteLevelPostProcessor)
  case template(TemplatePostProcessor)
  case sequence([PostProcessor])

  /// Reads the `post_processor` of a tokenizer.json.
  init(_ json: JSONValue, name: String, path: String) throws(TokenizerError) {
    guard let object = json.object else {
      guard json.isNull else {
        throw .invalid(path: path, field: name, reason: "must be an object or null")
      }
      self = .none
      return
    }
    let reader = FieldReader(object, name: name, path: path)
    let type = try reader.string("type")
    switch type {
    case "ByteLevel":
      self = .byteLevel(try ByteLevelPostProcessor(reader))
    case "TemplateProcessing":
      self = .template(try TemplatePostProcessor(reader))
    case "Sequence":
      var parts: [PostProcessor] = []
      for (index, part) in try reader.array("processors").enumerated() {
        parts.append(try PostProcessor(part, name: "\(name).processors[\(index)]", path: path))
      }
      self = .sequence(parts)
    default:
      throw .unsupported(path: path, component: "the post-processor “\(type)”")
    }
  }

  var json: JSONValue {
    switch self {
    case .none: .null
    case .byteLevel(let processor): processor.json
    case .template(let template): template.json
    case .sequence(let parts):
      ["type": "Sequence", "processors": .array(parts.map(\.json))]
    }
  }

  /// The tokens that go before and after a text.
  var frame: (before: [TokenID], after: [TokenID]) {
    switch self {
    case .none, .byteLevel: ([], [])
    case .template(let template): (template.before, template.after)
    case .sequence(let parts):
      parts.reduce(([], [])) { ($1.frame.before + $0.0, $0.1 + $1.frame.after) }
    }
  }

  /// The components in order, without those that only group others.
  var flattened: [PostProcessor] {
    switch self {
    case .none: []
    case .byteLevel, .template: [self]
    case .sequence(let parts): parts.flatMap(\.flattened)
    }
  }
}

/// The post-processor of byte-level vocabularies: it can take the white space out of offsets.
struct ByteLevelPostProcessor: Sendable, Equatable {
  var addsPrefixSpace: Bool
  var trimsOffsets: Bool
  var usesPattern: Bool

  init(_ reader: FieldReader) throws(TokenizerError) {
    addsPrefixSpace = try reader.bool("add_prefix_space", default: true)
    trimsOffsets = try reader.bool("trim_offsets", default: true)
    usesPattern = try reader.bool("use_regex", default: true)
  }

  init(trimsOffsets: Bool) {
    addsPrefixSpace = false
    self.trimsOffsets = trimsOffsets
    usesPattern = true
  }

  var json: JSONValue {
    [
      "type": "ByteLevel",
      "add_prefix_space": .bool(addsPrefixSpace),
      "trim_offsets": .bool(trimsOffsets),
      "use_regex": .bool(usesPattern),
    ]
  }

  /// Moves a token's offsets past the white space at both of its ends, a character for each.
  ///
  /// A single space at the start of the text stays if the pre-tokenizer may have put it there, as
  /// then it is not in the text.
  ///
  /// - Parameters:
  ///   - offsets: the token's bytes in the text: whole characters.
  ///   - text: the text.
  ///   - isFirst: whether the token is the first one.
  ///   - leading: how many characters of white space the token begins with.
  ///   - trailing: how many characters of white space the token ends with.
  func trim(
    _ offsets: Range<Int>, in text: UnsafePointer<UInt8>, isFirst: Bool, leading: Int, trailing: Int
  ) -> Range<Int> {
    var (lower, upper) = (offsets.lowerBound, offsets.upperBound)
    let mayBeAdded = addsPrefixSpace && leading == 1 && (isFirst || lower == 0)
    for _ in 0..<(mayBeAdded ? 0 : leading) where lower < upper {
      lower += character(in: text, at: lower, end: upper).length
    }
    for _ in 0..<trailing where upper > lower {
      upper -= lastCharacter(in: text, start: lower, end: upper).length
    }
    return lower..<upper
  }
}
