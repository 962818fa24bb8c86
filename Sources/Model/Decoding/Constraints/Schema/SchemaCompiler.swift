import JSON

/// Where white space may stand in constrained JSON.
public enum JSONWhiteSpace: Sendable, Hashable {
  /// Nowhere.
  case none
  /// Around values, but for their colons and commas: a space, or a line break and up to twenty spaces.
  case some
}

/// Compiles a JSON schema to rules over bytes.
///
/// What it allows may be less than what the schema does, never more: properties come in the order of the
/// schema, numbers have at most fifteen digits, and a list of properties is complete unless
/// `additionalProperties` says otherwise.
struct SchemaCompiler {
  private let root: JSONValue
  private let whiteSpace: JSONWhiteSpace
  var grammar = ByteGrammar()
  private(set) var problems: [ConstraintError.SchemaProblem] = []
  /// The rules of parts that are referred to.
  private var references: [String: Int] = [:]
  private var sharedRules: [SharedRule: Int] = [:]
  private var depth = 0

  private enum SharedRule { case whiteSpace, value, string, character }

  /// How deep schemas may be nested in each other.
  private static let deepest = 100

  private init(_ root: JSONValue, _ whiteSpace: JSONWhiteSpace) {
    self.root = root
    self.whiteSpace = whiteSpace
  }

  /// The grammar of the values that a schema allows.
  static func compile(
    _ schema: JSONValue, _ whiteSpace: JSONWhiteSpace
  ) throws(ConstraintError) -> ByteGrammar {
    var compiler = SchemaCompiler(schema, whiteSpace)
    let start = try compiler.grammar.rule().start
    // “#” may be referred to; the rule of the text calls it.
    let end = try compiler.reference("#", "#", from: start)
    compiler.grammar.end(end)
    if compiler.problems.isEmpty && compiler.grammar.isLeftRecursive {
      compiler.problem("#", "$ref", "refers to itself without anything in between")
    }
    if !compiler.problems.isEmpty { throw .schema(problems: compiler.problems) }
    return compiler.grammar
  }

  mutating func problem(_ path: String, _ keyword: String?, _ reason: String) {
    problems.append(.init(path: path, keyword: keyword, reason: reason))
  }

  // MARK: Shared rules

  /// Calls a rule that many places need, made when it is first called.
  private mutating func call(
    _ kind: SharedRule, from start: Int,
    _ make: (inout SchemaCompiler, Int) throws(ConstraintError) -> Int
  ) throws(ConstraintError) -> Int {
    let rule: Int
    if let known = sharedRules[kind] {
      rule = known
    } else {
      let made = try grammar.rule()
      rule = made.rule
      sharedRules[kind] = rule
      grammar.end(try make(&self, made.start))
    }
    let end = try grammar.node()
    grammar.addCall(start, rule, to: end)
    return end
  }

  /// Goes on with white space, or none.
  mutating func space(from start: Int) throws(ConstraintError) -> Int {
    if whiteSpace == .none { return start }
    return try call(.whiteSpace, from: start) { compiler, start throws(ConstraintError) in
      let end = try compiler.grammar.node()
      compiler.grammar.addJump(start, to: end)
      compiler.grammar.addEdge(start, 0x20, 0x20, to: end)
      let line = try compiler.grammar.literal("\n", from: start)
      let indented = try compiler.grammar.repetition(least: 0, most: 20, from: line) {
        grammar, place throws(ConstraintError) in try grammar.literal(" ", from: place)
      }
      compiler.grammar.addJump(indented, to: end)
      return end
    }
  }

  /// Goes on with any JSON value.
  mutating func anyValue(from start: Int) throws(ConstraintError) -> Int {
    try call(.value, from: start) { compiler, start throws(ConstraintError) in
      let end = try compiler.grammar.node()
      for type in JSONType.allCases where type != .integer {
        let begin = try compiler.grammar.node()
        compiler.grammar.addJump(start, to: begin)
        let last = try compiler.value(of: type, JSONObject(), "#", from: begin)
        compiler.grammar.addJump(last, to: end)
      }
      return end
    }
  }

  /// Goes on with any JSON string.
  mutating func anyString(from start: Int) throws(ConstraintError) -> Int {
    try call(.string, from: start) { compiler, start throws(ConstraintError) in
      let open = try compiler.grammar.literal("\"", from: start)
      try compiler.grammar.stringCharacter(from: open, to: open)
      return try compiler.grammar.literal("\"", from: open)
    }
  }

  /// Goes on with one character of a JSON string, escaped or not.
  mutating func anyCharacter(from start: Int) throws(ConstraintError) -> Int {
    try call(.character, from: start) { compiler, start throws(ConstraintError) in
      let end = try compiler.grammar.node()
      try compiler.grammar.stringCharacter(from: start, to: end)
      return end
    }
  }

  // MARK: Schemas

  /// Goes on with a value that a schema allows; returns where that leads.
  mutating func schema(
    _ schema: JSONValue, _ path: String, from start: Int
  ) throws(ConstraintError) -> Int {
    depth += 1
    defer { depth -= 1 }
    if depth > SchemaCompiler.deepest {
      problem(path, nil, "schemas are nested too deep")
      return start
    }
    if let flag = schema.bool {
      return flag ? try anyValue(from: start) : try grammar.node()
    }
    guard let object = schema.object else {
      problem(path, nil, "a schema must be an object, true or false, not \(schema.kind)")
      return start
    }
    checkKeywords(object, path)
    for keyword in ["$ref", "const", "enum", "anyOf", "oneOf", "allOf"]
    where object[keyword] != nil {
      return try special(keyword, object, path, from: start)
    }
    guard let types = types(of: object, path) else { return try anyValue(from: start) }
    return try choice(types, from: start) { compiler, type, place throws(ConstraintError) in
      try compiler.value(of: type, object, path, from: place)
    }
  }

  /// Goes on with one of several things.
  mutating func choice<Item>(
    _ items: [Item], from start: Int,
    _ make: (inout SchemaCompiler, Item, Int) throws(ConstraintError) -> Int
  ) throws(ConstraintError) -> Int {
    if items.count == 1 { return try make(&self, items[0], start) }
    let end = try grammar.node()
    for item in items {
      let begin = try grammar.node()
      grammar.addJump(start, to: begin)
      grammar.addJump(try make(&self, item, begin), to: end)
    }
    return end
  }

  /// Goes on with a value of a type, which the other keywords of a schema may restrict.
  mutating func value(
    of type: JSONType, _ schema: JSONObject, _ path: String, from start: Int
  ) throws(ConstraintError) -> Int {
    switch type {
    case .null: try grammar.literal("null", from: start)
    case .boolean: try grammar.literal("e", from: try boolean(from: start))
    case .integer, .number: try number(schema, path, isWhole: type == .integer, from: start)
    case .string: try string(schema, path, from: start)
    case .array: try array(schema, path, from: start)
    case .object: try object(schema, path, from: start)
    }
  }

  /// Goes on with all but the last letter of `true` and `false`.
  private mutating func boolean(from start: Int) throws(ConstraintError) -> Int {
    let end = try grammar.node()
    grammar.addJump(try grammar.literal("tru", from: start), to: end)
    grammar.addJump(try grammar.literal("fals", from: start), to: end)
    return end
  }

  /// Goes on with the value of the schema at a pointer; each is compiled once and may contain itself.
  mutating func reference(
    _ pointer: String, _ path: String, from start: Int
  ) throws(ConstraintError) -> Int {
    let rule: Int
    if let known = references[pointer] {
      rule = known
    } else {
      guard let target = resolve(pointer) else {
        problem(path, "$ref", "points to ‘\(pointer)’, which is not a part of this schema")
        return start
      }
      let made = try grammar.rule()
      rule = made.rule
      references[pointer] = rule
      grammar.end(try schema(target, pointer, from: made.start))
    }
    let end = try grammar.node()
    grammar.addCall(start, rule, to: end)
    return end
  }

  /// The schema at a JSON pointer in this document.
  func resolve(_ pointer: String) -> JSONValue? {
    guard pointer == "#" || pointer.hasPrefix("#/") else { return nil }
    var value = root
    for part in pointer.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
      .dropFirst(1)
    {
      let key = unescaped(part)
      if let object = value.object, let next = object[key] {
        value = next
      } else if let array = value.array, let index = Int(key), array.indices.contains(index) {
        value = array[index]
      } else {
        return nil
      }
    }
    return value
  }

  /// A part of a pointer without `~1`, `~0` and percent signs.
  private func unescaped(_ part: Substring) -> String {
    var bytes: [UInt8] = []
    var rest = Array(part.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        bytes.append(code)
        rest = rest.dropFirst(2)
      } else if byte == UInt8(ascii: "~"), let next = rest.first, next == 0x30 || next == 0x31 {
        bytes.append(next == 0x30 ? UInt8(ascii: "~") : UInt8(ascii: "/"))
        rest = rest.dropFirst()
      } else {
        bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
