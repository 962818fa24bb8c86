extension Renderer {
  /// The filter `pprint`, which is Python's `pprint.pformat`: lines of at most 80 characters.
  func prettyPrinted(_ value: Value) throws(TemplateFault) -> Text {
    var builder = TextBuilder()
    try prettyPrint(value, indent: 0, allowance: 0, level: 0, into: &builder)
    return builder.text()
  }

  private func prettyPrint(
    _ value: Value, indent: Int, allowance: Int, level: Int, into builder: inout TextBuilder
  ) throws(TemplateFault) {
    try descend()
    defer { ascend() }
    let ordered = try sortedByKey(value)
    let plain = try represented(ordered)
    guard plain.count > 80 - indent - allowance else { return builder.append(plain) }
    switch ordered {
    case .dictionary(let dictionary):
      builder.append("{")
      for (place, key) in dictionary.keys.enumerated() {
        if place > 0 { lineBreak(indent + 1, into: &builder) }
        let shownKey = try represented(key)
        builder.append(shownKey)
        builder.append(": ")
        let isLast = place == dictionary.keys.count - 1
        try prettyPrint(
          dictionary.values[place], indent: indent + shownKey.count + 3,
          allowance: isLast ? allowance + 1 : 1, level: level + 1, into: &builder)
      }
      builder.append("}")
    case .list(let list): try prettyPrint(list, "[", "]", indent, allowance, level, &builder)
    case .tuple(let list):
      let end = list.items.count == 1 ? ",)" : ")"
      try prettyPrint(list, "(", end, indent, allowance, level, &builder)
    case .string(let text) where !text.isEmpty && !text.isMarkup:
      try prettyPrint(text, indent, allowance, isTop: level == 0, &builder)
    default: builder.append(plain)
    }
  }

  private func lineBreak(_ indent: Int, comma: Bool = true, into builder: inout TextBuilder) {
    builder.append((comma ? ",\n" : "\n") + String(repeating: " ", count: indent))
  }

  private func prettyPrint(
    _ list: ListValue, _ start: String, _ end: String, _ indent: Int, _ allowance: Int,
    _ level: Int, _ builder: inout TextBuilder
  ) throws(TemplateFault) {
    builder.append(start)
    for (place, item) in list.items.enumerated() {
      if place > 0 { lineBreak(indent + 1, into: &builder) }
      let isLast = place == list.items.count - 1
      try prettyPrint(
        item, indent: indent + 1, allowance: isLast ? allowance + end.utf8.count : 1,
        level: level + 1, into: &builder)
    }
    builder.append(end)
  }

  /// A long string as several in a row, cut at line ends and between words.
  private func prettyPrint(
    _ text: Text, _ indent: Int, _ allowance: Int, isTop: Bool, _ builder: inout TextBuilder
  ) throws(TemplateFault) {
    let indent = isTop ? indent + 1 : indent
    let allowance = isTop ? allowance + 1 : allowance
    var chunks: [Text] = []
    let lines = text.lines(keepsEnds: true)
    for (number, line) in lines.enumerated() {
      let isLastLine = number == lines.count - 1
      let whole = try represented(.string(line))
      if whole.count <= 80 - indent - (isLastLine ? allowance : 0) {
        chunks.append(whole)
        continue
      }
      var start = 0
      var end = 0
      while end < line.bytes.count {
        var next = end
        while next < line.bytes.count, spaceLength(line.bytes, next) == 0 {
          next += scalarLength(line.bytes[next])
        }
        while next < line.bytes.count, case let length = spaceLength(line.bytes, next), length > 0 {
          next += length
        }
        let isLast = isLastLine && next == line.bytes.count
        let candidate = try represented(.string(line.slice(start..<next)))
        if candidate.count > 80 - indent - (isLast ? allowance : 0) {
          if start < end { chunks.append(try represented(.string(line.slice(start..<end)))) }
          start = end
        }
        end = next
      }
      if start < end { chunks.append(try represented(.string(line.slice(start..<end)))) }
    }
    if chunks.count == 1 { return builder.append(chunks[0]) }
    if isTop { builder.append("(") }
    for (place, chunk) in chunks.enumerated() {
      if place > 0 { lineBreak(indent, comma: false, into: &builder) }
      builder.append(chunk)
    }
    if isTop { builder.append(")") }
  }

  /// A value with the keys of its dictionaries in order, where they have one.
  private func sortedByKey(_ value: Value) throws(TemplateFault) -> Value {
    try descend()
    defer { ascend() }
    switch value {
    case .dictionary(let dictionary):
      var entries: [(key: Value, value: Value)] = []
      for (key, value) in zip(dictionary.keys, dictionary.values) {
        try spend()
        entries.append((key, try .tuple([key, try sortedByKey(value)])))
      }
      let sorted: [Value]
      do {
        sorted = try self.sorted(entries, descending: false)
      } catch  where error.kind == .failed {
        throw .unsupported("“pprint” cannot order keys of different types")
      }
      var pairs: [(key: Value, value: Value)] = []
      for pair in sorted {
        if let items = pair.sequence?.items { pairs.append((items[0], items[1])) }
      }
      return .dictionary(try DictionaryValue(pairs, source: dictionary.source))
    case .list(let list), .tuple(let list):
      var items: [Value] = []
      for item in list.items { items.append(try sortedByKey(item)) }
      let sorted = try ListValue(items, source: list.source)
      if case .list = value { return .list(sorted) }
      return .tuple(sorted)
    default: return value
    }
  }
}
