import JSON
import Tensor
import Testing

@testable import Model

/// JSON under schemas: what comes out is JSON that the schema allows.
@Suite struct SchemaTests {
  static let schemas: [String] = [
    #"true"#, #"{"type": "null"}"#, #"{"type": ["boolean", "null", "integer"]}"#,
    #"{"type": "integer", "minimum": -17, "maximum": 1234}"#,
    #"{"type": "integer", "exclusiveMinimum": 9, "exclusiveMaximum": 11}"#,
    #"{"type": "integer", "minimum": 95}"#, #"{"type": "integer", "maximum": -3.5}"#,
    #"{"type": "number", "minimum": 0, "maximum": 1}"#, #"{"type": "number"}"#,
    #"{"type": "number", "exclusiveMinimum": -2, "exclusiveMaximum": 3}"#,
    #"{"type": "number", "maximum": -5}"#,
    #"{"type": "string", "minLength": 2, "maxLength": 5}"#, #"{"type": "string", "maxLength": 0}"#,
    #"{"type": "string", "minLength": 3}"#, #"{"type": "string", "pattern": "^[A-Z]{3}\\d$"}"#,
    #"{"type": "string", "pattern": "^(a\"b|c\\\\)$"}"#,
    #"{"type": "string", "pattern": "^x|[^x]$"}"#,
    #"{"type": "string", "format": "date"}"#, #"{"type": "string", "format": "date-time"}"#,
    #"{"type": "string", "format": "uuid"}"#, #"{"type": "string", "format": "ipv4"}"#,
    #"{"enum": ["red", "grün", 3, null, {"a": [1, "x\n"]}]}"#, #"{"const": "→\"quoted\""}"#,
    #"{"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3}"#,
    #"{"type": "array", "items": {"type": "boolean"}, "minItems": 2}"#,
    #"{"type": "array", "prefixItems": [{"type": "integer"}, {"type": "null"}], "items": false}"#,
    #"{"type": "array", "prefixItems": [{"const": 1}], "items": {"const": 2}, "minItems": 1}"#,
    #"{"type": "array", "maxItems": 0}"#,
    #"""
    {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer",
    "minimum": 0, "maximum": 150}, "tags": {"type": "array", "items": {"enum": ["a", "b"]}}},
    "required": ["name", "tags"], "additionalProperties": false}
    """#,
    #"""
    {"type": "object", "properties": {"a": {"type": "null"}, "b": {"type": "null"},
    "c": {"type": "null"}}}
    """#,
    #"""
    {"type": "object", "properties": {"ab": {"const": 1}, "a\"": {"const": 2}},
    "additionalProperties": {"type": "boolean"}, "required": ["zz"]}
    """#,
    #"{"type": "object", "additionalProperties": {"type": "integer", "maximum": 3, "minimum": 0}}"#,
    ##"""
    {"$ref": "#/$defs/node", "$defs": {"node": {"type": "object", "properties": {
    "value": {"type": "integer", "minimum": 0, "maximum": 9},
    "children": {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 2}},
    "required": ["value", "children"]}}}
    """##,
    ##"{"anyOf": [{"type": "integer"}, {"type": "array", "items": {"$ref": "#"}}]}"##,
    #"""
    {"oneOf": [{"type": "object", "properties": {"kind": {"const": "a"}, "x": {"type": "integer"}},
    "required": ["kind", "x"]}, {"type": "object", "properties": {"kind": {"const": "b"}},
    "required": ["kind"]}]}
    """#,
    #"{"type": "string", "anyOf": [{"const": "u"}, {"pattern": "^v+$"}]}"#,
    #"{"title": "any", "description": "text", "default": 3}"#,
  ]

  @Test(arguments: schemas) func samplesAreValid(_ schema: String) throws {
    let parsed = try JSONValue(parsing: schema)
    for whiteSpace in [JSONWhiteSpace.none, .some] {
      let constraint = try ConstraintTests.constraint(
        .jsonSchema(schema, whiteSpace: whiteSpace))
      var random = RandomStream(seed: 4)
      var ended = 0
      for _ in 0..<8 {
        guard let text = ConstraintTests.sample(constraint, &random, most: 800) else { continue }
        ended += 1
        let value = try JSONValue(parsing: Array(text.utf8), duplicateKeys: .lastWins)
        #expect(SchemaChecker(root: parsed).allows(value, parsed), "\(text)")
        if whiteSpace == .none { #expect(!text.contains("\n")) }
      }
      #expect(ended > 3)
    }
  }

  /// Texts that a schema allows, and texts that it does not.
  @Test(arguments: [
    (
      #"{"type": "integer", "minimum": -17, "maximum": 1234}"#,
      ["0", "7", "-17", "1234", "999", "1000", "-1"], ["-18", "1235", "01", "-0", "1.0", "+1", ""]
    ),
    (
      #"{"type": "integer", "minimum": 95, "maximum": 105}"#,
      ["95", "99", "100", "105"], ["94", "106", "9", "1000"]
    ),
    (
      #"{"type": "number", "minimum": 0, "maximum": 1}"#,
      ["0", "1", "0.5", "0.001"], ["1.5", "-0.5", "1.0001", "2"]
    ),
    (#"{"type": "number", "maximum": -5}"#, ["-5", "-5.5", "-60"], ["-4.9", "0", "5"]),
    (#"{"type": "number"}"#, ["-0.5e-3", "1E5", "0", "12.25"], ["1.", ".5", "1e", "00", "NaN"]),
    (
      #"{"type": "string", "minLength": 1, "maxLength": 2}"#,
      [#""é""#, #""\n\u00e9""#, #""😀😀""#], [#""""#, #""abc""#, #""\uD83D""#, "\"\n\""]
    ),
    (#"{"type": "string", "pattern": "b+"}"#, [#""b""#, #""ab\n""#], [#""a""#, #""""#]),
    (
      #"{"type": "string", "format": "date"}"#,
      [#""2024-12-31""#, #""1999-02-28""#], [#""2024-02-30""#, #""2024-13-01""#, #""24-1-1""#]
    ),
    (
      #"{"type": "array", "items": {"type": "integer"}, "maxItems": 2}"#,
      ["[]", "[1]", "[1,2]", "[ 1, 2\n]"], ["[1,2,3]", "[1,]", "[,1]", "[true]"]
    ),
    (
      #"{"type": "object", "properties": {"a": {}, "b": {}}, "required": ["b"]}"#,
      [#"{"a":1,"b":2}"#, #"{"b":null}"#, "{\n  \"b\": []\n}"],
      [#"{"a":1}"#, "{}", #"{"b":1,"c":2}"#, #"{"b":1,}"#]
    ),
    (
      #"{"type": "object", "properties": {"ab": {"const": 1}}, "additionalProperties": true}"#,
      [#"{"ab":1}"#, #"{"abc":2,"a":3,"":4}"#, #"{"ab":1,"b":{"ab":5}}"#],
      [#"{"ab":2}"#, #"{"b":1,"ab":2}"#, #"{"\u0061b":2}"#]
    ),
    ("true", [#"{"a":[1,{"b":[[]]}]}"#, "null"], ["[1", "{\"a\"}", "tru"]),
  ])
  func exactlyTheseAreAllowed(_ schema: String, _ good: [String], _ bad: [String]) throws {
    let constraint = try ConstraintTests.constraint(.jsonSchema(schema))
    for text in good { #expect(ConstraintTests.allows(constraint, text), "\(text)") }
    for text in bad { #expect(!ConstraintTests.allows(constraint, text), "\(text)") }
  }

  @Test func everyUnsupportedKeywordIsNamed() throws {
    let schema = ##"""
      {"type": "object", "patternProperties": {}, "properties": {
        "a": {"type": "integer", "multipleOf": 3},
        "b": {"type": "array", "uniqueItems": true, "contains": {}},
        "c": {"not": {}}, "d": {"type": "string", "format": "color"},
        "e": {"oneOf": [{"type": "integer"}, {"type": "number"}]},
        "f": {"allOf": [{}, {}]}, "g": {"type": "number", "minimum": 0.5},
        "h": {"$ref": "other.json"}, "i": {"type": "strnig"}, "j": 5,
        "k": {"type": "string", "pattern": "(?=x)"}, "l": {"enum": 3},
        "m": {"$ref": "#/$defs/none", "minimum": 3}, "n": {"maxLength": -1}}}
      """##
    let error = #expect(throws: ConstraintError.self) { try TextConstraint.jsonSchema(schema) }
    guard case .schema(let problems) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let found = Set(problems.map { "\($0.path) \($0.keyword ?? "-")" })
    let properties = "#/properties"
    let expected: Set<String> = [
      "# patternProperties", "\(properties)/a multipleOf", "\(properties)/b uniqueItems",
      "\(properties)/b contains", "\(properties)/c not", "\(properties)/d format",
      "\(properties)/e/oneOf/1 -", "\(properties)/f allOf", "\(properties)/g minimum",
      "\(properties)/h $ref", "\(properties)/i type", "\(properties)/j -",
      "\(properties)/k pattern", "\(properties)/l enum", "\(properties)/m $ref",
      "\(properties)/m minimum", "\(properties)/n maxLength",
    ]
    #expect(found == expected)
    #expect(error?.description.contains("#/properties/a: ‘multipleOf’ is not supported") == true)
  }

  @Test(arguments: [
    ##"{"$ref": "#"}"##, ##"{"anyOf": [{"$ref": "#"}, {"type": "null"}]}"##,
    ##"{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}}"##,
    ##"{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}"##,
    #"{"type": "array", "minItems": 1, "items": false}"#, "false", "[]", "{", "3",
    #"{"type": "integer", "minimum": 5, "maximum": 4}"#, #"{"enum": []}"#, #"{"type": []}"#,
    #"{"enum": ["a"], "type": "integer"}"#, #"{"type": "string", "maxLength": 999999999}"#,
    #"{"type": "array", "minItems": 399999, "items": {"minLength": 399999, "type": "string"}}"#,
  ])
  func impossibleSchemasAreErrors(_ schema: String) {
    #expect(throws: ConstraintError.self) {
      try ConstraintTests.constraint(.jsonSchema(schema))
    }
  }

  @Test func mutatedSchemasNeverCrash() throws {
    var random = RandomStream(seed: 6)
    let bytes = SchemaTests.schemas.map { Array($0.utf8) }
    for _ in 0..<300 {
      var text = bytes.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<text.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: text[place] = UInt8.random(in: 32...126, using: &random)
        case 1: text.insert(text.randomElement(using: &random) ?? 0, at: place)
        default: if text.count > 1 { text.remove(at: place) }
        }
      }
      let schema = String(decoding: text, as: UTF8.self)
      do throws(ConstraintError) {
        _ = try TokenConstraint(
          .jsonSchema(schema), vocabulary: ConstraintTests.vocabulary, ends: [ConstraintTests.end])
      } catch {
        #expect(!error.description.isEmpty)
      }
    }
  }
}

/// Says whether a value is valid: JSON Schema as far as the tests use it, written for clarity.
private struct SchemaChecker {
  let root: JSONValue

  func allows(_ value: JSONValue, _ schema: JSONValue) -> Bool {
    if let flag = schema.bool { return flag }
    guard let object = schema.object else { return false }
    return object.entries.allSatisfy { allows(value, $0.key, $0.value, object) }
  }

  private func allows(
    _ value: JSONValue, _ keyword: String, _ rule: JSONValue, _ schema: JSONObject
  ) -> Bool {
    switch keyword {
    case "type":
      let names = rule.string.map { [$0] } ?? (rule.array ?? []).compactMap(\.string)
      return names.contains { hasType(value, $0) }
    case "const": return value == rule
    case "enum": return (rule.array ?? []).contains(value)
    case "anyOf": return (rule.array ?? []).contains { allows(value, $0) }
    case "oneOf": return (rule.array ?? []).count { allows(value, $0) } == 1
    case "$ref":
      var target = root
      for part in (rule.string ?? "").split(separator: "/").dropFirst() {
        target = target.object?[String(part)] ?? .null
      }
      return allows(value, target)
    case "minimum": return value.double.map { $0 >= rule.double ?? 0 } ?? true
    case "maximum": return value.double.map { $0 <= rule.double ?? 0 } ?? true
    case "exclusiveMinimum": return value.double.map { $0 > rule.double ?? 0 } ?? true
    case "exclusiveMaximum": return value.double.map { $0 < rule.double ?? 0 } ?? true
    case "minLength":
      return value.string.map { $0.unicodeScalars.count >= rule.integer ?? 0 } ?? true
    case "maxLength":
      return value.string.map { $0.unicodeScalars.count <= rule.integer ?? 0 } ?? true
    case "pattern":
      guard let text = value.string, let pattern = rule.string else { return true }
      let regex = try? Regex(pattern).matchingSemantics(.unicodeScalar)
      return regex.flatMap { try? $0.firstMatch(in: text) } != nil
    case "minItems": return value.array.map { $0.count >= rule.integer ?? 0 } ?? true
    case "maxItems": return value.array.map { $0.count <= rule.integer ?? 0 } ?? true
    case "prefixItems":
      return zip(value.array ?? [], rule.array ?? []).allSatisfy { allows($0, $1) }
    case "items":
      let skipped = schema["prefixItems"]?.array?.count ?? 0
      return (value.array ?? []).dropFirst(skipped).allSatisfy { allows($0, rule) }
    case "required":
      let names = (rule.array ?? []).compactMap(\.string)
      return value.object.map { object in names.allSatisfy { object[$0] != nil } } ?? true
    case "properties":
      return (value.object?.entries ?? []).allSatisfy { key, value in
        rule.object?[key].map { allows(value, $0) } ?? true
      }
    case "additionalProperties":
      return (value.object?.entries ?? []).allSatisfy { key, value in
        schema["properties"]?.object?[key] != nil || allows(value, rule)
      }
    default: return true
    }
  }

  private func hasType(_ value: JSONValue, _ name: String) -> Bool {
    switch name {
    case "null": value.isNull
    case "boolean": value.bool != nil
    case "string": value.string != nil
    case "array": value.array != nil
    case "object": value.object != nil
    case "number": value.double != nil
    default: value.double.map { $0.rounded() == $0 } ?? false
    }
  }
}
