extension Renderer {
  /// Filters about longer texts.
  func applyText(
    _ filter: Filter, to value: Value, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    let name = filter.rawValue
    switch filter {
    case .indent: return .string(try indented(value, arguments))
    case .truncate: return .string(try truncated(value, arguments))
    case .wordwrap: return .string(try wrapped(value, arguments))
    case .wordcount:
      try arguments.expectNone(name)
      var count = 0
      var isInWord = false
      for scalar in try shown(value).scalars {
        let isWord = scalar == "_" || isTrue(.isalnum, of: Text(String(Character(scalar))))
        if isWord, !isInWord { count += 1 }
        isInWord = isWord
      }
      return .integer(count)
    case .center:
      let values = try arguments.bound(to: ["width"], name)
      return .string(try padded(try shown(value), to: try integer(values[0], 80), .center))
    case .striptags:
      try arguments.expectNone(name)
      return .string(try withoutTags(try shown(value).marked(false)))
    case .xmlattr: return .string(try attributes(value, arguments))
    default:
      try arguments.expectNone(name)
      return .string(try urlEncoded(value))
    }
  }

  private func indented(_ value: Value, _ arguments: CallValues) throws(TemplateFault) -> Text {
    let values = try arguments.bound(to: ["width", "first", "blank"], "indent")
    if case .undefined(let undefined) = value { throw undefined.fault }
    let text = try string(value)
    var indent: Text
    if case .string(let given)? = values[0] {
      indent = given
    } else {
      let width = try integer(values[0], 4)
      try allow(bytes: max(0, width))
      indent = Text(String(repeating: " ", count: max(0, width)))
    }
    if text.isMarkup { indent = indent.marked(true) }
    let indentsBlank = values[2]?.isTrue ?? false
    var builder = TextBuilder()
    if values[1]?.isTrue ?? false { builder.append(indent) }
    // A line end at the very end counts as the beginning of an empty line.
    var closed = TextBuilder()
    closed.append(text)
    closed.append("\n")
    for (place, line) in closed.text().lines().enumerated() {
      if place > 0 {
        builder.append("\n")
        if indentsBlank || !line.isEmpty { builder.append(indent) }
      }
      builder.append(line)
      try allow(bytes: indent.bytes.count + line.bytes.count)
      guard builder.bytes.count <= limits.outputBytes else {
        throw TemplateFault(.limit, "a text has more than \(limits.outputBytes) bytes")
      }
    }
    return builder.text(isMarkup: text.isMarkup)
  }

  private func truncated(_ value: Value, _ arguments: CallValues) throws(TemplateFault) -> Text {
    let values = try arguments.bound(to: ["length", "killwords", "end", "leeway"], "truncate")
    let length = try integer(values[0], 255)
    let end = try values[2].map { value throws(TemplateFault) in try string(value) } ?? Text("...")
    let leeway = values[3].map { $0.isNone } ?? true ? 5 : try integer(values[3], 5)
    guard length >= end.count, leeway >= 0 else {
      throw .failed("truncate needs a length of at least \(end.count) and no negative leeway")
    }
    if try count(value) <= length.addingReportingOverflow(leeway).partialValue {
      return try shown(value)
    }
    let text = try string(value)
    var kept = text.slice(0..<text.byteOffset(ofCharacter: length - end.count))
    if !(values[1]?.isTrue ?? false) {
      kept = kept.partsFromRight(separator: [UInt8(ascii: " ")], limit: 1)[0]
    }
    guard case .string(let result) = try calculate(.string(kept), .add, .string(end)) else {
      return kept
    }
    return result
  }

  private func attributes(_ value: Value, _ arguments: CallValues) throws(TemplateFault) -> Text {
    let values = try arguments.bound(to: ["autospace"], "xmlattr")
    if case .undefined(let undefined) = value { throw undefined.fault }
    guard case .dictionary(let dictionary) = value else {
      throw .failed("“\(value.typeName)” object has no attribute “items”")
    }
    var builder = TextBuilder()
    for (key, value) in zip(dictionary.keys, dictionary.values)
    where !value.isNone && !value.isUndefined {
      guard case .string(let name) = key else { throw .failed("an attribute's name is no string") }
      let isForbidden = name.bytes.contains { byte in
        byte == 0x20 || (9...13).contains(byte) || byte == UInt8(ascii: "/")
          || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "=")
      }
      if isForbidden { throw .failed("Invalid character in attribute name: “\(name.string)”") }
      if !builder.bytes.isEmpty || (values[0]?.isTrue ?? true) { builder.append(" ") }
      builder.append(try escaped(name))
      builder.append("=\"")
      builder.append(try escaped(try shown(value)))
      builder.append("\"")
    }
    return builder.text()
  }

  private func urlEncoded(_ value: Value) throws(TemplateFault) -> Text {
    var pairs: [Value] = []
    switch value {
    case .string, .none, .boolean, .integer, .float:
      var builder = TextBuilder()
      try urlEncode(value, isQuery: false, into: &builder)
      return builder.text()
    case .dictionary(let dictionary): pairs = try dictionary.pairs()
    default: pairs = try items(value)
    }
    var builder = TextBuilder()
    for (place, pair) in pairs.enumerated() {
      let entry = try items(pair)
      guard entry.count == 2 else { throw .failed("urlencode needs pairs") }
      if place > 0 { builder.append("&") }
      try urlEncode(entry[0], isQuery: true, into: &builder)
      builder.append("=")
      try urlEncode(entry[1], isQuery: true, into: &builder)
    }
    return builder.text()
  }

  private func urlEncode(
    _ value: Value, isQuery: Bool, into builder: inout TextBuilder
  ) throws(TemplateFault) {
    let text = try shown(value)
    try allow(bytes: text.bytes.count * 3)
    for (place, byte) in text.bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
        UInt8(ascii: "-"), UInt8(ascii: "~"):
        builder.append(text, place..<place + 1)
      case UInt8(ascii: "/") where !isQuery: builder.append(text, place..<place + 1)
      case UInt8(ascii: " ") where isQuery:
        builder.append([UInt8(ascii: "+")], for: place..<place + 1, of: text)
      default:
        let digits = String(byte, radix: 16, uppercase: true)
        let escape = byte < 16 ? "%0" + digits : "%" + digits
        builder.append(escape.utf8, for: place..<place + 1, of: text)
      }
    }
  }
}
