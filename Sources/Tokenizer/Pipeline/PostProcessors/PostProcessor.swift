import JSON

/// What happens to the tokens of a text after the model: tokens are put around it, offsets trimmed.
///
/// A case a component of tokenizer.json.
enum PostProcessor: Sendable, Equatable {
  case none
  case byteLevel(ByteLevelPostProcessor)
  case template(TemplatePostProcessor)
  case bert(BertPostProcessor)
  case roberta(RobertaPostProcessor)
  case sequence([PostProcessor])

  /// One thing that is done to texts, in order.
  enum Step {
    /// White space is taken out of offsets.
    case trimOffsets(addsPrefixSpace: Bool)
    /// All tokens get the same type.
    case setTypes(Int32)
    /// Tokens are put around texts.
    case layOut(TemplateLayout)
  }

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
    case "ByteLevel": self = .byteLevel(try ByteLevelPostProcessor(reader))
    case "TemplateProcessing": self = .template(try TemplatePostProcessor(reader))
    case "BertProcessing": self = .bert(try BertPostProcessor(reader))
    case "RobertaProcessing": self = .roberta(try RobertaPostProcessor(reader))
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
    case .template(let processor): processor.json
    case .bert(let processor): processor.json
    case .roberta(let processor): processor.json
    case .sequence(let parts):
      ["type": "Sequence", "processors": .array(parts.map(\.json))]
    }
  }

  /// What is done, in order.
  var steps: [Step] {
    switch self {
    case .none: []
    case .byteLevel(let processor):
      processor.trimsOffsets ? [.trimOffsets(addsPrefixSpace: processor.addsPrefixSpace)] : []
    case .template(let processor): [.layOut(processor.layout)]
    case .bert(let processor): [.layOut(processor.layout)]
    case .roberta(let processor):
      (processor.trimsOffsets ? [.trimOffsets(addsPrefixSpace: processor.addsPrefixSpace)] : [])
        + [.setTypes(0), .layOut(processor.layout)]
    case .sequence(let parts): parts.flatMap(\.steps)
    }
  }

  /// How many tokens are added to one text or to two.
  func addedCount(texts: Int) -> Int {
    steps.reduce(0) { sum, step in
      guard case .layOut(let layout) = step else { return sum }
      return sum + layout.addedCount(texts: texts)
    }
  }

  /// Whether encodings of texts follow the layout of one template at most, as all real ones do.
  var hasOneLayout: Bool {
    steps.count(where: { if case .layOut = $0 { true } else { false } }) <= 1
  }
}
