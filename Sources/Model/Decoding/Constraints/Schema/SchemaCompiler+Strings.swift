import JSON

extension SchemaCompiler {
  /// Goes on with a string.
  mutating func string(
    _ schema: JSONObject, _ path: String, from start: Int
  ) throws(ConstraintError) -> Int {
    let least = count("minLength", schema, path)
    let most = count("maxLength", schema, path)
    let hasLength = least != nil || most != nil
    if schema["pattern"] != nil || schema["format"] != nil {
      if hasLength {
        let keyword = least == nil ? "maxLength" : "minLength"
        problem(path, keyword, "is not supported beside ‘pattern’ or ‘format’")
      }
      if schema["pattern"] != nil && schema["format"] != nil {
        problem(path, "format", "is not supported beside ‘pattern’")
      }
      return try patternString(schema, path, from: start)
    }
    guard hasLength else { return try anyString(from: start) }
    if let least, let most, most < least { return try grammar.node() }
    var place = try grammar.literal("\"", from: start)
    for _ in 0..<(least ?? 0) { place = try anyCharacter(from: place) }
    let end = try grammar.node()
    if let most {
      for _ in (least ?? 0)..<most {
        grammar.addJump(place, to: end)
        place = try anyCharacter(from: place)
      }
    } else {
      let loop = try grammar.node()
      grammar.addJump(place, to: loop)
      try grammar.stringCharacter(from: loop, to: loop)
      place = loop
    }
    grammar.addJump(place, to: end)
    return try grammar.literal("\"", from: end)
  }

  /// Goes on with a string that a regular expression matches somewhere, or that has a format.
  private mutating func patternString(
    _ schema: JSONObject, _ path: String, from start: Int
  ) throws(ConstraintError) -> Int {
    var keyword = "pattern"
    var text = schema["pattern"]?.string
    if let format = schema["format"] {
      keyword = "format"
      text = format.string.flatMap { StringFormat(rawValue: $0) }.map(\.pattern)
      if text == nil {
        problem(path, keyword, "is not supported with the value \(format.serialized())")
        return start
      }
    }
    guard let text else {
      problem(path, keyword, "must be a string")
      return start
    }
    let tree: PatternTree
    do { tree = try PatternParser.parse(text) } catch {
      problem(path, keyword, "cannot be used: \(error)")
      return start
    }
    guard let alternatives = tree.alternatives else {
      problem(path, keyword, "has an anchor within: ‘\(text)’")
      return start
    }
    let open = try grammar.literal("\"", from: start)
    let anything = PatternTree.repetition(.set(.all), least: 0, most: nil)
    let end = try choice(alternatives, from: open) {
      compiler, alternative, place throws(ConstraintError) in
      let before = alternative.fromStart ? [] : [anything]
      let after = alternative.toEnd ? [] : [anything]
      let whole = PatternTree.sequence(before + [alternative.tree] + after)
      return try compiler.grammar.pattern(whole, .jsonString, from: place)
    }
    return try grammar.literal("\"", from: end)
  }
}

extension ByteGrammar {
  /// Goes on with one character within a JSON string, escaped or not.
  mutating func stringCharacter(from start: Int, to end: Int) throws(ConstraintError) {
    let plain = CodePointRanges([0...0x1F, 0x22...0x22, 0x5C...0x5C]).inverted
    try codePoint(of: plain, from: start, to: end)
    let escape = try literal("\\", from: start)
    for byte in #""\/bfnrt"#.utf8 { addEdge(escape, byte, byte, to: end) }
    // Four hexadecimal digits that are no half of a surrogate pair.
    let unicode = try literal("u", from: escape)
    let (second, third, fourth) = (try node(), try node(), try node())
    let surrogate = try node()
    for (low, high) in [("0", "9"), ("a", "c"), ("e", "f"), ("A", "C"), ("E", "F")] {
      addEdge(unicode, byte(low), byte(high), to: second)
    }
    for letter in ["d", "D"] { addEdge(unicode, byte(letter), byte(letter), to: surrogate) }
    addEdge(surrogate, byte("0"), byte("7"), to: third)
    for (from, target) in [(second, third), (third, fourth), (fourth, end)] {
      for (low, high) in [("0", "9"), ("a", "f"), ("A", "F")] {
        addEdge(from, byte(low), byte(high), to: target)
      }
    }
  }

  private func byte(_ text: String) -> UInt8 { text.utf8.first ?? 0 }
}

/// The formats of strings that can be written.
enum StringFormat: String, CaseIterable {
  case date
  case time
  case dateTime = "date-time"
  case uuid
  case ipv4
  case ipv6
  case email
  case hostname
  case uri

  private static let day =
    #"\d{4}-((0[1-9]|1[0-2])-(0[1-9]|1\d|2[0-8])|(0[13-9]|1[0-2])-(29|30)|(0[13578]|1[02])-31)"#
  private static let clock =
    #"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"#
  private static let name =
    #"[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]{0,20}[A-Za-z0-9])?){0,5}"#

  /// What it looks like; every match is of the format.
  var pattern: String {
    let octet = #"(25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"#
    return switch self {
    case .date: "^\(StringFormat.day)$"
    case .time: "^\(StringFormat.clock)$"
    case .dateTime: "^(\(StringFormat.day))T\(StringFormat.clock)$"
    case .uuid: "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$"
    case .ipv4: #"^(\#(octet)\.){3}\#(octet)$"#
    case .ipv6: "^([0-9a-f]{1,4}:){7}[0-9a-f]{1,4}$"
    case .email: #"^[A-Za-z0-9_+-]{1,30}(\.[A-Za-z0-9_+-]{1,30}){0,3}@\#(StringFormat.name)$"#
    case .hostname: "^\(StringFormat.name)$"
    case .uri: #"^https?://\#(StringFormat.name)(/[A-Za-z0-9._~-]{0,60}){0,8}$"#
    }
  }
}
