extension Renderer {
  /// The filter `tojson`, which in transformers is Python's `json.dumps`.
  func json(_ value: Value, _ arguments: CallValues) throws(TemplateFault) -> Text {
    let values = try arguments.bound(
      to: ["ensure_ascii", "indent", "separators", "sort_keys"], "tojson")
    var writer = JSONTextWriter(renderer: self)
    writer.isASCII = values[0]?.isTrue ?? false
    writer.sortsKeys = values[3]?.isTrue ?? false
    if let indent = values[1], !indent.isNone {
      switch indent {
      case .string(let text): writer.indent = text
      default:
        guard let width = indent.wholeNumber else {
          throw .failed("tojson needs an integer or a string as indent")
        }
        try allow(bytes: max(0, width))
        writer.indent = Text(String(repeating: " ", count: max(0, width)))
      }
      writer.itemSeparator = Text(",")
    }
    if let separators = values[2], !separators.isNone {
      let pair = try items(separators)
      guard pair.count == 2 else { throw .failed("tojson needs two separators") }
      writer.itemSeparator = try string(pair[0])
      writer.keySeparator = try string(pair[1])
    }
    try writer.write(value, level: 0)
    return writer.builder.text()
  }
}

/// Writes a value as JSON and keeps track of where each character came from.
private struct JSONTextWriter {
  let renderer: Renderer
  var isASCII = false
  var sortsKeys = false
  var indent: Text?
  var itemSeparator = Text(", ")
  var keySeparator = Text(": ")
  var builder = TextBuilder()

  init(renderer: Renderer) { self.renderer = renderer }

  mutating func write(_ value: Value, level: Int) throws(TemplateFault) {
    try renderer.descend()
    defer { renderer.ascend() }
    try renderer.spend()
    guard builder.bytes.count <= renderer.limits.outputBytes else {
      throw TemplateFault(.limit, "a text has more than \(renderer.limits.outputBytes) bytes")
    }
    switch value {
    case .none(let source): builder.append("null", source: source)
    case .boolean(let value, let source): builder.append(value ? "true" : "false", source: source)
    case .integer(let value, let source): builder.append(String(value), source: source)
    case .float(let value, let source): builder.append(number(value), source: source)
    case .string(let text): try write(text)
    case .list(let list), .tuple(let list):
      try write(list.source, "[", "]", count: list.items.count, level) {
        writer, place throws(TemplateFault) in
        try writer.write(list.items[place], level: level + 1)
      }
    case .dictionary(let dictionary): try write(dictionary, level)
    case .undefined, .object:
      throw .failed("Object of type \(value.typeName) is not JSON serializable")
    }
  }

  private func number(_ value: Double) -> String {
    if value.isNaN { return "NaN" }
    if value.isInfinite { return value < 0 ? "-Infinity" : "Infinity" }
    return pythonFloat(value)
  }

  private mutating func write(_ dictionary: DictionaryValue, _ level: Int) throws(TemplateFault) {
    var order = Array(dictionary.keys.indices)
    if sortsKeys {
      var entries: [(key: Value, value: Value)] = []
      for place in order { entries.append((dictionary.keys[place], .integer(place))) }
      order = try renderer.sorted(entries, descending: false).map { $0.wholeNumber ?? 0 }
    }
    try write(dictionary.source, "{", "}", count: order.count, level) {
      writer, place throws(TemplateFault) in
      let source = dictionary.source.notation
      switch dictionary.keys[order[place]] {
      case .string(let text): try writer.write(text)
      case .none: writer.builder.append("\"null\"", source: source)
      case .boolean(let value, _):
        writer.builder.append(value ? "\"true\"" : "\"false\"", source: source)
      case .integer(let value, _): writer.builder.append("\"\(value)\"", source: source)
      case .float(let value, _):
        writer.builder.append("\"\(writer.number(value))\"", source: source)
      case let key:
        throw .failed(
          "keys must be str, int, float, bool or None, not \(key.typeName)")
      }
      writer.append(writer.keySeparator, source)
      try writer.write(dictionary.values[order[place]], level: level + 1)
    }
  }

  /// Brackets, separators and line breaks around items.
  private mutating func write(
    _ source: Source, _ opening: String, _ closing: String, count: Int, _ level: Int,
    _ item: (inout JSONTextWriter, Int) throws(TemplateFault) -> Void
  ) throws(TemplateFault) {
    let source = source.notation
    builder.append(opening, source: source)
    for place in 0..<count {
      if place > 0 { append(itemSeparator, source) }
      try lineBreak(level + 1, source)
      try item(&self, place)
    }
    if count > 0 { try lineBreak(level, source) }
    builder.append(closing, source: source)
  }

  private mutating func lineBreak(_ level: Int, _ source: Source) throws(TemplateFault) {
    guard let indent else { return }
    builder.append("\n", source: source)
    for _ in 0..<level { append(indent, source) }
    try renderer.allow(bytes: indent.bytes.count * level)
  }

  /// Punctuation, which belongs to the value that is written.
  private mutating func append(_ text: Text, _ source: Source) {
    builder.append(text.bytes, source: source)
  }

  private mutating func write(_ text: Text) throws(TemplateFault) {
    try renderer.spend(bytes: text.bytes.count)
    let source = text.runs.first?.source.notation ?? .computed
    builder.append("\"", source: source)
    let bytes = text.bytes
    var plainStart = 0
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      if byte >= 0x80, !isASCII {
        at += 1
        continue
      }
      let (scalar, length) = decodeScalar(bytes, at)
      if let escape = jsonEscape(scalar, isASCII: isASCII) {
        builder.append(text, plainStart..<at)
        builder.append(escape.utf8, for: at..<at + length, of: text)
        plainStart = at + length
      }
      at += length
    }
    builder.append(text, plainStart..<bytes.count)
    builder.append("\"", source: source)
  }
}

/// What stands for a character in a JSON string, nil for itself; characters beyond ASCII are asked for
/// only where they must be escaped.
private func jsonEscape(_ scalar: Unicode.Scalar, isASCII: Bool) -> String? {
  switch scalar {
  case "\"": return "\\\""
  case "\\": return "\\\\"
  case "\n": return "\\n"
  case "\r": return "\\r"
  case "\t": return "\\t"
  case "\u{8}": return "\\b"
  case "\u{C}": return "\\f"
  default: break
  }
  guard scalar.value < 0x20 || (isASCII && scalar.value >= 0x7F) else { return nil }
  return String(scalar).utf16.map { unit in
    let digits = String(unit, radix: 16)
    return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
  }.joined()
}
