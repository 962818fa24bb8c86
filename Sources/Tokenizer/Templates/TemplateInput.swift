/// What a template is given, in the engine's form, with the path of each value.
struct TemplateInput {
  private(set) var variables: [String: Value] = [:]
  private(set) var sources = SourceTable()
  /// The number of each message by the number of its path.
  private(set) var messageNumbers: [Int: Int32] = [:]

  /// Adds a variable.
  mutating func add(_ name: String, _ value: TemplateValue) throws(TemplateFault) {
    let number = sources.add(.key(name), in: nil)
    variables[name] = try convert(value, number, depth: 0)
  }

  /// Adds the messages; `prepares` as transformers does before it renders.
  mutating func addMessages(
    _ messages: TemplateValue, prepares: Bool
  ) throws(TemplateFault) {
    let root = sources.add(.key("messages"), in: nil)
    guard case .array(let list) = messages else {
      variables["messages"] = try convert(messages, root, depth: 0)
      return
    }
    var values: [Value] = []
    values.reserveCapacity(list.count)
    for (place, message) in list.enumerated() {
      let number = sources.add(.index(place), in: root)
      messageNumbers[number] = Int32(truncatingIfNeeded: place)
      if prepares, case .object(let object) = message {
        values.append(try prepared(object, number))
      } else {
        values.append(try convert(message, number, depth: 1))
      }
    }
    variables["messages"] = .list(
      try ListValue(values, source: Source(input: root, .text)))
  }

  /// A message without the keys that are null, with its reasoning under the names that templates read.
  private mutating func prepared(
    _ message: TemplateObject, _ number: Int
  ) throws(TemplateFault) -> Value {
    var keys: [Value] = []
    var values: [Value] = []
    for (key, value) in zip(message.keys, message.values) where value != .null {
      let member = sources.add(.key(key), in: number)
      keys.append(.string(Text(Array(key.utf8), source: Source(input: member, .name))))
      values.append(try convert(value, member, depth: 2))
    }
    func place(_ name: StaticString) -> Int? {
      keys.firstIndex { $0.text?.equals(name) ?? false }
    }
    if let found = place("reasoning_content") ?? place("thinking") ?? place("reasoning") {
      let reasoning = values[found]
      if place("thinking") == nil {
        keys.insert(.string("thinking"), at: 0)
        values.insert(reasoning, at: 0)
      }
      if place("reasoning_content") == nil {
        keys.append(.string("reasoning_content"))
        values.append(reasoning)
      }
    }
    return .dictionary(
      try DictionaryValue(keys: keys, values: values, source: Source(input: number, .text)))
  }

  private mutating func convert(
    _ value: TemplateValue, _ number: Int, depth: Int
  ) throws(TemplateFault) -> Value {
    guard depth < deepestNesting else {
      throw TemplateFault(.limit, "values are nested deeper than \(deepestNesting) levels")
    }
    let source = Source(input: number, .text)
    switch value {
    case .null: return .none(source.notation)
    case .bool(let value): return .boolean(value, source.notation)
    case .integer(let value): return .integer(value, source.notation)
    case .number(let value): return .float(value, source.notation)
    case .string(let text): return .string(Text(Array(text.utf8), source: source))
    case .array(let elements):
      var values: [Value] = []
      values.reserveCapacity(elements.count)
      for (place, element) in elements.enumerated() {
        let member = sources.add(.index(place), in: number)
        values.append(try convert(element, member, depth: depth + 1))
      }
      return .list(try ListValue(values, source: source))
    case .object(let object):
      var keys: [Value] = []
      var values: [Value] = []
      keys.reserveCapacity(object.count)
      values.reserveCapacity(object.count)
      for (key, value) in zip(object.keys, object.values) {
        let member = sources.add(.key(key), in: number)
        keys.append(.string(Text(Array(key.utf8), source: Source(input: member, .name))))
        values.append(try convert(value, member, depth: depth + 1))
      }
      return .dictionary(try DictionaryValue(keys: keys, values: values, source: source))
    }
  }
}
