extension Renderer {
  /// Calls a method of a string.
  func call(
    _ method: StringMethod, on text: Text, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    try spend(bytes: text.bytes.count)
    let isMarkup = text.isMarkup
    switch method {
    case .strip, .lstrip, .rstrip:
      let values = try arguments.bound(to: [""], method.rawValue)
      let set = try characterSet(values[0], method.rawValue)
      return .string(
        text.stripped(set, left: method != .rstrip, right: method != .lstrip))
    case .split, .rsplit: return try split(text, method, arguments)
    case .splitlines:
      let values = try arguments.bound(to: ["keepends"], "splitlines")
      return .strings(text.lines(keepsEnds: values[0]?.isTrue ?? false))
    case .partition, .rpartition: return try partition(text, method, arguments)
    case .startswith, .endswith: return .boolean(try affix(text, method, arguments))
    case .removeprefix, .removesuffix:
      let affix = try string(arguments.bound(to: [""], required: 1, method.rawValue)[0])
      let isThere =
        method == .removeprefix
        ? text.bytes.starts(with: affix.bytes)
        : text.bytes.count >= affix.bytes.count
          && text.bytes.suffix(affix.bytes.count).elementsEqual(affix.bytes)
      guard isThere, !affix.isEmpty else { return .string(text) }
      return .string(
        method == .removeprefix
          ? text.slice(affix.bytes.count..<text.bytes.count)
          : text.slice(0..<text.bytes.count - affix.bytes.count))
    case .replace:
      let values = try arguments.bound(to: ["", "", ""], required: 2, "replace")
      let new = try string(values[1])
      return .string(
        try replaced(
          text, try string(values[0]), isMarkup ? try escaped(new) : new,
          limit: try integer(values[2], -1)))
    case .join: return .string(try join(text, arguments))
    case .find, .rfind, .index, .rindex, .count:
      return .integer(try search(text, method, arguments))
    case .center, .ljust, .rjust: return .string(try padded(text, method, arguments))
    case .zfill:
      let width = try integer(arguments.bound(to: [""], required: 1, "zfill")[0], 0)
      return .string(try zeroFilled(text, width))
    case .expandtabs:
      let values = try arguments.bound(to: ["tabsize"], "expandtabs")
      return .string(try tabsExpanded(text, try integer(values[0], 8)))
    case .format:
      return .string(
        try format(
          text, arguments.positional,
          try DictionaryValue(
            arguments.named.map { (key: .string($0.name), value: $0.value) })))
    case .formatMap:
      let values = try arguments.bound(to: [""], required: 1, "format_map")
      guard case .dictionary(let dictionary)? = values[0] else {
        throw .failed("format_map needs a mapping")
      }
      return .string(try format(text, [], dictionary))
    case .upper, .lower, .title, .capitalize, .swapcase, .casefold:
      try arguments.expectNone(method.rawValue)
      return .string(try recased(text, method))
    case .isalnum, .isalpha, .isascii, .isdecimal, .isdigit, .isidentifier, .islower, .isnumeric,
      .isprintable, .isspace, .istitle, .isupper:
      try arguments.expectNone(method.rawValue)
      return .boolean(isTrue(method, of: text))
    case .encode, .maketrans, .translate:
      throw .unsupported("the method “\(method.rawValue)” of strings is not known here")
    }
  }

  // MARK: Arguments

  /// An argument that must be a string.
  func string(_ value: Value?) throws(TemplateFault) -> Text {
    if case .undefined(let undefined)? = value {
      throw .failed("a string is needed, but \(undefined.message)")
    }
    guard let text = value?.text else {
      throw .failed("a string is needed, not “\(value?.typeName ?? "nothing")”")
    }
    return text
  }

  /// An argument that must be an integer.
  func integer(_ value: Value?, _ fallback: Int) throws(TemplateFault) -> Int {
    guard let value else { return fallback }
    guard let number = value.wholeNumber else {
      throw .failed("an integer is needed, not “\(value.typeName)”")
    }
    return number
  }

  /// The characters of an argument, nil if it is missing or none.
  func characterSet(_ value: Value?, _ name: String) throws(TemplateFault) -> Set<Unicode.Scalar>? {
    guard let value, !value.isNone else { return nil }
    guard let text = value.text else { throw .failed("\(name) needs a string or none") }
    return Set(text.scalars)
  }

  // MARK: Methods

  private func split(
    _ text: Text, _ method: StringMethod, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    let values = try arguments.bound(to: ["sep", "maxsplit"], method.rawValue)
    let limit = try integer(values[1], -1)
    let parts: [Text]
    if let separator = values[0], !separator.isNone {
      let separator = try string(separator)
      guard !separator.isEmpty else { throw .failed("empty separator") }
      parts =
        method == .split
        ? text.parts(separator: separator.bytes, limit: limit)
        : text.partsFromRight(separator: separator.bytes, limit: limit)
    } else {
      parts = method == .split ? text.words(limit: limit) : text.wordsFromRight(limit: limit)
    }
    try spend(items: parts.count)
    return .strings(parts)
  }

  private func partition(
    _ text: Text, _ method: StringMethod, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    let separator = try string(arguments.bound(to: [""], required: 1, method.rawValue)[0])
    guard !separator.isEmpty else { throw .failed("empty separator") }
    let end = text.bytes.count
    let found =
      method == .partition
      ? find(separator.bytes, in: text.bytes, from: 0, to: end)
      : findLast(separator.bytes, in: text.bytes, from: 0, to: end)
    let empty = Value.string(Text.empty.marked(text.isMarkup))
    guard let found else {
      return try .tuple(
        method == .partition ? [.string(text), empty, empty] : [empty, empty, .string(text)])
    }
    let after = found + separator.bytes.count
    return try .tuple([
      .string(text.slice(0..<found)), .string(text.slice(found..<after)),
      .string(text.slice(after..<end)),
    ])
  }

  private func affix(
    _ text: Text, _ method: StringMethod, _ arguments: CallValues
  ) throws(TemplateFault) -> Bool {
    let values = try arguments.bound(to: ["", "", ""], required: 1, method.rawValue)
    guard let range = try characterRange(text, values[1], values[2]) else { return false }
    func matches(_ affix: Text) -> Bool {
      guard affix.bytes.count <= range.count else { return false }
      let start =
        method == .startswith ? range.lowerBound : range.upperBound - affix.bytes.count
      return text.bytes[start..<start + affix.bytes.count].elementsEqual(affix.bytes)
    }
    if case .tuple(let choices)? = values[0] {
      for choice in choices.items where matches(try string(choice)) { return true }
      return false
    }
    return matches(try string(values[0]))
  }

  /// The bytes between two characters as slices count them, nil if they are out of order.
  func characterRange(
    _ text: Text, _ start: Value?, _ end: Value?
  ) throws(TemplateFault) -> Range<Int>? {
    func bound(_ value: Value?, _ fallback: Int) throws(TemplateFault) -> Int {
      guard let value, !value.isNone else { return fallback }
      let number = try integer(value, 0)
      return number < 0 ? max(0, number &+ text.count) : number
    }
    let first = try bound(start, 0)
    let last = min(try bound(end, text.count), text.count)
    guard first <= last else { return nil }
    return text.byteOffset(ofCharacter: first)..<text.byteOffset(ofCharacter: last)
  }

  private func search(
    _ text: Text, _ method: StringMethod, _ arguments: CallValues
  ) throws(TemplateFault) -> Int {
    let values = try arguments.bound(to: ["", "", ""], required: 1, method.rawValue)
    let part = try string(values[0])
    let range = try characterRange(text, values[1], values[2])
    if method == .count {
      guard let range else { return 0 }
      if part.isEmpty {
        return text.characterNumber(atByte: range.upperBound)
          - text.characterNumber(atByte: range.lowerBound) + 1
      }
      var count = 0
      var at = range.lowerBound
      while let found = find(part.bytes, in: text.bytes, from: at, to: range.upperBound) {
        count += 1
        at = found + part.bytes.count
      }
      return count
    }
    var found: Int?
    if let range {
      found =
        method == .find || method == .index
        ? find(part.bytes, in: text.bytes, from: range.lowerBound, to: range.upperBound)
        : findLast(part.bytes, in: text.bytes, from: range.lowerBound, to: range.upperBound)
    }
    if let found { return text.characterNumber(atByte: found) }
    guard method == .find || method == .rfind else { throw .failed("substring not found") }
    return -1
  }

  /// `text.replace(old, new, limit)`.
  func replaced(_ text: Text, _ old: Text, _ new: Text, limit: Int) throws(TemplateFault) -> Text {
    if limit == 0 { return text }
    var builder = TextBuilder()
    var count = 0
    func append(_ range: Range<Int>, then replacement: Bool) throws(TemplateFault) {
      builder.append(text, range)
      if replacement { builder.append(new) }
      try allow(bytes: replacement ? new.bytes.count : 0)
      guard builder.bytes.count <= limits.outputBytes else {
        throw TemplateFault(.limit, "a text has more than \(limits.outputBytes) bytes")
      }
    }
    if old.isEmpty {
      // The new text goes before each character and to the end.
      var at = 0
      while true {
        if limit >= 0, count >= limit { break }
        count += 1
        try append(at..<at, then: true)
        if at == text.bytes.count { break }
        let end = at + scalarLength(text.bytes[at])
        builder.append(text, at..<end)
        at = end
      }
      builder.append(text, at..<text.bytes.count)
      return builder.text(isMarkup: text.isMarkup)
    }
    var at = 0
    while limit < 0 || count < limit,
      let found = find(old.bytes, in: text.bytes, from: at, to: text.bytes.count)
    {
      count += 1
      try append(at..<found, then: true)
      at = found + old.bytes.count
    }
    if count == 0 { return text }
    builder.append(text, at..<text.bytes.count)
    return builder.text(isMarkup: text.isMarkup)
  }

  private func join(_ separator: Text, _ arguments: CallValues) throws(TemplateFault) -> Text {
    let values = try arguments.bound(to: [""], required: 1, "join")
    var builder = TextBuilder()
    for (place, item) in try items(values[0] ?? .none).enumerated() {
      if place > 0 { builder.append(separator) }
      if separator.isMarkup {
        builder.append(try escaped(try shown(item)))
      } else {
        guard case .string(let text) = item else {
          throw .failed("sequence item \(place): expected str instance, \(item.typeName) found")
        }
        builder.append(text)
      }
      guard builder.bytes.count <= limits.outputBytes else {
        throw TemplateFault(.limit, "a text has more than \(limits.outputBytes) bytes")
      }
    }
    try spend(bytes: builder.bytes.count)
    return builder.text(isMarkup: separator.isMarkup)
  }
}
