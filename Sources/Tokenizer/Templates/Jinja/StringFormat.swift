extension Renderer {
  /// Python's `text.format(…)`, as the sandbox runs it: attributes and items by the rules of templates.
  func format(
    _ text: Text, _ positional: [Value], _ named: DictionaryValue
  ) throws(TemplateFault) -> Text {
    var fields = FormatFields(positional: positional, named: named)
    return try format(text, &fields, levels: 2)
  }

  private func format(
    _ text: Text, _ fields: inout FormatFields, levels: Int
  ) throws(TemplateFault) -> Text {
    guard levels >= 0 else { throw .failed("Max string recursion exceeded") }
    try spend(bytes: text.bytes.count)
    let bytes = text.bytes
    var builder = TextBuilder()
    var at = 0
    var plainStart = 0
    while at < bytes.count {
      let byte = bytes[at]
      guard byte == UInt8(ascii: "{") || byte == UInt8(ascii: "}") else {
        at += 1
        continue
      }
      builder.append(text, plainStart..<at)
      if at + 1 < bytes.count, bytes[at + 1] == byte {
        builder.append(text, at..<at + 1)
        at += 2
        plainStart = at
        continue
      }
      guard byte == UInt8(ascii: "{") else {
        throw .failed("Single “}” encountered in format string")
      }
      let start = at + 1
      var depth = 1
      at = start
      while at < bytes.count, depth > 0 {
        if bytes[at] == UInt8(ascii: "{") { depth += 1 }
        if bytes[at] == UInt8(ascii: "}") { depth -= 1 }
        at += 1
      }
      guard depth == 0 else { throw .failed("expected “}” before end of string") }
      let field = try field(text.slice(start..<at - 1), &fields, levels: levels)
      try allow(builder, toGrowBy: field.bytes.count)
      builder.append(text.isMarkup ? try escaped(field) : field)
      plainStart = at
    }
    builder.append(text, plainStart..<bytes.count)
    return builder.text(isMarkup: text.isMarkup)
  }

  /// What stands between braces: `name.attribute[item]!conversion:specification`.
  private func field(
    _ field: Text, _ fields: inout FormatFields, levels: Int
  ) throws(TemplateFault) -> Text {
    let bytes = field.bytes
    var end = 0
    var inBrackets = false
    while end < bytes.count {
      if bytes[end] == UInt8(ascii: "[") { inBrackets = true }
      if bytes[end] == UInt8(ascii: "]") { inBrackets = false }
      if bytes[end] == UInt8(ascii: "{") { throw .failed("unexpected “{” in field name") }
      if !inBrackets, bytes[end] == UInt8(ascii: "!") || bytes[end] == UInt8(ascii: ":") { break }
      end += 1
    }
    var value = try value(of: field.slice(0..<end), &fields)
    if end < bytes.count, bytes[end] == UInt8(ascii: "!") {
      guard end + 1 < bytes.count else { throw .failed("end of string in conversion") }
      switch bytes[end + 1] {
      case UInt8(ascii: "s"): value = .string(try shown(value))
      case UInt8(ascii: "r"): value = .string(try represented(value))
      case UInt8(ascii: "a"):
        let text = try represented(value)
        guard text.isASCII else { throw .unsupported("“!a” knows only ASCII here") }
        value = .string(text)
      default: throw .failed("Unknown conversion specifier")
      }
      end += 2
      guard end == bytes.count || bytes[end] == UInt8(ascii: ":") else {
        throw .failed("expected “:” after conversion specifier")
      }
    }
    let rest = end < bytes.count ? field.slice(end + 1..<bytes.count) : .empty
    let specification = try format(rest.marked(false), &fields, levels: levels - 1)
    return try formatted(value, specification)
  }

  private func value(
    of name: Text, _ fields: inout FormatFields
  ) throws(TemplateFault) -> Value {
    let bytes = name.bytes
    var end = 0
    while end < bytes.count, bytes[end] != UInt8(ascii: "."), bytes[end] != UInt8(ascii: "[") {
      end += 1
    }
    var value = try fields.value(of: name.slice(0..<end))
    while end < bytes.count {
      let isItem = bytes[end] == UInt8(ascii: "[")
      let start = end + 1
      end = start
      if isItem {
        while end < bytes.count, bytes[end] != UInt8(ascii: "]") { end += 1 }
        guard end < bytes.count else { throw .failed("Missing “]” in format string") }
      } else {
        while end < bytes.count, bytes[end] != UInt8(ascii: "."), bytes[end] != UInt8(ascii: "[") {
          end += 1
        }
      }
      guard end > start else { throw .failed("Empty attribute in format string") }
      let step = name.slice(start..<end)
      if isItem {
        let isNumber = step.bytes.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
        let key: Value = isNumber ? .integer(Int(step.string) ?? .max) : .string(step)
        value = try item(key, of: value)
        end += 1
        guard
          end == bytes.count || bytes[end] == UInt8(ascii: ".") || bytes[end] == UInt8(ascii: "[")
        else { throw .failed("Only “.” or “[” may follow “]” in format field specifier") }
      } else {
        value = try attribute(AttributeName(step), of: value)
      }
    }
    return value
  }
}

/// The arguments of `format` and how far they are counted.
private struct FormatFields {
  let positional: [Value]
  let named: DictionaryValue
  /// The number of the next field without name; nil once fields have numbers.
  private var next: Int? = 0
  private var hasCounted = false

  init(positional: [Value], named: DictionaryValue) {
    self.positional = positional
    self.named = named
  }

  mutating func value(of name: Text) throws(TemplateFault) -> Value {
    let isNumber = name.bytes.allSatisfy { $0 &- UInt8(ascii: "0") < 10 }
    guard isNumber else {
      guard let value = named.value(forBytes: name.bytes) else {
        throw .failed("there is no argument “\(name.string)” to format")
      }
      return value
    }
    let place: Int
    if name.isEmpty {
      guard let next else {
        throw .failed("cannot switch from manual field specification to automatic field numbering")
      }
      hasCounted = true
      place = next
      self.next = next + 1
    } else {
      guard !hasCounted else {
        throw .failed("cannot switch from automatic field numbering to manual field specification")
      }
      next = nil
      place = Int(name.string) ?? .max
    }
    guard place < positional.count else {
      throw .failed("Replacement index \(place) out of range for positional args tuple")
    }
    return positional[place]
  }
}
