extension Renderer {
  /// What Python's `str` gives.
  func shown(_ value: Value) throws(TemplateFault) -> Text {
    switch value {
    case .string(let text): return text
    case .undefined: return .empty
    case .none(let source): return Text("None", source: source)
    case .boolean(let value, let source): return Text(value ? "True" : "False", source: source)
    case .integer(let value, let source): return Text(String(value), source: source)
    case .float(let value, let source): return Text(pythonFloat(value), source: source)
    default: return try represented(value)
    }
  }

  /// What Python's `repr` gives.
  func represented(_ value: Value) throws(TemplateFault) -> Text {
    var builder = TextBuilder()
    try represent(value, into: &builder)
    return builder.text()
  }

  private func represent(_ value: Value, into builder: inout TextBuilder) throws(TemplateFault) {
    try descend()
    defer { ascend() }
    guard builder.bytes.count <= limits.outputBytes else {
      throw TemplateFault(.limit, "a text has more than \(limits.outputBytes) bytes")
    }
    try spend()
    switch value {
    case .undefined: builder.append("Undefined")
    case .string(let text):
      try spend(bytes: text.bytes.count)
      if text.isMarkup { builder.append("Markup(") }
      represent(text, into: &builder)
      if text.isMarkup { builder.append(")") }
    case .list(let list):
      let source = list.source.notation
      builder.append("[", source: source)
      try represent(list.items, source, into: &builder)
      builder.append("]", source: source)
    case .tuple(let list):
      let source = list.source.notation
      builder.append("(", source: source)
      try represent(list.items, source, into: &builder)
      builder.append(list.items.count == 1 ? ",)" : ")", source: source)
    case .dictionary(let dictionary):
      let source = dictionary.source.notation
      builder.append("{", source: source)
      for (position, key) in dictionary.keys.enumerated() {
        if position > 0 { builder.append(", ", source: source) }
        try represent(key, into: &builder)
        builder.append(": ", source: source)
        try represent(dictionary.values[position], into: &builder)
      }
      builder.append("}", source: source)
    case .object(let object): try represent(object, into: &builder)
    default: builder.append(try shown(value))
    }
  }

  private func represent(
    _ items: [Value], _ source: Source, into builder: inout TextBuilder
  ) throws(TemplateFault) {
    for (position, item) in items.enumerated() {
      if position > 0 { builder.append(", ", source: source) }
      try represent(item, into: &builder)
    }
  }

  private func represent(
    _ object: ObjectValue, into builder: inout TextBuilder
  ) throws(TemplateFault) {
    switch object {
    case let namespace as NamespaceValue:
      builder.append("<Namespace {")
      for (position, name) in namespace.names.enumerated() {
        if position > 0 { builder.append(", ") }
        represent(name, into: &builder)
        builder.append(": ")
        try represent(namespace.values[position], into: &builder)
      }
      builder.append("}>")
    case let view as DictionaryView:
      let source = view.dictionary.source.notation
      builder.append("\(view.typeName)([", source: source)
      try represent(try view.items(), source, into: &builder)
      builder.append("])", source: source)
    case let range as RangeValue:
      let stop = range.start &+ range.count &* range.step
      builder.append("range(\(range.start), \(stop)" + (range.step == 1 ? ")" : ", \(range.step))"))
    case let loop as LoopValue:
      builder.append("<LoopContext \(loop.index0 + 1)/\(try loop.count())>")
    default: builder.append(object.shown)
    }
  }

  /// A string in quotes, with escapes.
  private func represent(_ text: Text, into builder: inout TextBuilder) {
    let bytes = text.bytes
    let single = UInt8(ascii: "'")
    let quote =
      bytes.contains(single) && !bytes.contains(UInt8(ascii: "\"")) ? UInt8(ascii: "\"") : single
    let source = text.runs.first?.source.notation ?? .computed
    builder.append([quote], source: source)
    var at = 0
    var plainStart = 0
    while at < bytes.count {
      let (scalar, length) = decodeScalar(bytes, at)
      let replacement = pythonEscape(scalar, quote: quote)
      if let replacement {
        builder.append(text, plainStart..<at)
        builder.append(replacement.utf8, for: at..<at + length, of: text)
        plainStart = at + length
      }
      at += length
    }
    builder.append(text, plainStart..<bytes.count)
    builder.append([quote], source: source)
  }
}

/// What stands for a character in Python's `repr` of a string, nil for itself.
private func pythonEscape(_ scalar: Unicode.Scalar, quote: UInt8) -> String? {
  switch scalar {
  case "\\": return "\\\\"
  case "\n": return "\\n"
  case "\r": return "\\r"
  case "\t": return "\\t"
  default: break
  }
  let value = scalar.value
  if value == UInt32(quote) { return "\\" + String(Character(scalar)) }
  if isPythonPrintable(scalar) { return nil }
  let digits = String(value, radix: 16)
  let (letter, width) = value > 0xFFFF ? ("U", 8) : value > 0xFF ? ("u", 4) : ("x", 2)
  return "\\\(letter)" + String(repeating: "0", count: width - digits.utf8.count) + digits
}
