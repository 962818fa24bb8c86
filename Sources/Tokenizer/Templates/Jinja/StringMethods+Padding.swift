extension Renderer {
  /// `center`, `ljust` and `rjust`.
  func padded(
    _ text: Text, _ method: StringMethod, _ arguments: CallValues
  ) throws(TemplateFault) -> Text {
    let values = try arguments.bound(to: ["", ""], required: 1, method.rawValue)
    var fill = try values[1].map { value throws(TemplateFault) in try string(value) } ?? Text(" ")
    if text.isMarkup { fill = try escaped(fill) }
    guard fill.count == 1 else {
      throw .failed("the fill character must be exactly one character long")
    }
    return try padded(text, to: try integer(values[0], 0), method, fill)
  }

  /// A string widened to a number of characters.
  func padded(
    _ text: Text, to width: Int, _ method: StringMethod, _ fill: Text = Text(" ")
  ) throws(TemplateFault) -> Text {
    guard width > text.count else { return text }
    let missing = width - text.count
    let (bytes, overflow) = missing.multipliedReportingOverflow(by: fill.bytes.count)
    try allow(bytes: overflow ? .max : bytes)
    let left =
      switch method {
      case .ljust: 0
      case .rjust: missing
      default: missing / 2 + (missing & width & 1)
      }
    var builder = TextBuilder()
    for _ in 0..<left { builder.append(fill) }
    builder.append(text)
    for _ in left..<missing { builder.append(fill) }
    return builder.text(isMarkup: text.isMarkup)
  }

  func zeroFilled(_ text: Text, _ width: Int) throws(TemplateFault) -> Text {
    guard width > text.count else { return text }
    try allow(bytes: width - text.count)
    let sign = text.bytes.first.map { $0 == 0x2B || $0 == 0x2D } ?? false ? 1 : 0
    var builder = TextBuilder()
    builder.append(text, 0..<sign)
    builder.append(String(repeating: "0", count: width - text.count))
    builder.append(text, sign..<text.bytes.count)
    return builder.text(isMarkup: text.isMarkup)
  }

  func tabsExpanded(_ text: Text, _ width: Int) throws(TemplateFault) -> Text {
    var builder = TextBuilder()
    var column = 0
    var plainStart = 0
    for (place, byte) in text.bytes.enumerated() {
      switch byte {
      case UInt8(ascii: "\t"):
        builder.append(text, plainStart..<place)
        plainStart = place + 1
        guard width > 0 else { continue }
        let count = width - column % width
        try allow(builder, toGrowBy: count)
        builder.append(
          repeatElement(UInt8(ascii: " "), count: count), for: place..<place + 1, of: text)
        column += count
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): column = 0
      default: if byte & 0xC0 != 0x80 { column += 1 }
      }
    }
    builder.append(text, plainStart..<text.bytes.count)
    return builder.text(isMarkup: text.isMarkup)
  }
}
