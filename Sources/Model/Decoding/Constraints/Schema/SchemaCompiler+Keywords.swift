import JSON

/// Which keywords a schema has, and those that are not bound to a type.
extension SchemaCompiler {
  /// Keywords that say nothing about what is valid.
  private static let annotations: Set<String> = [
    "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly",
    "$schema", "$id", "id", "$comment", "$defs", "definitions", "contentEncoding",
    "contentMediaType",
  ]
  private static let general: Set<String> = [
    "type", "$ref", "const", "enum", "anyOf", "oneOf", "allOf",
  ]
  private static let restricting = Set(JSONType.allCases.flatMap(\.keywords))

  /// Reports each keyword that is not supported.
  mutating func checkKeywords(_ schema: JSONObject, _ path: String) {
    for (keyword, _) in schema.entries
    where !SchemaCompiler.annotations.contains(keyword)
      && !SchemaCompiler.general.contains(keyword)
      && !SchemaCompiler.restricting.contains(keyword)
    {
      problem(path, keyword, "is not supported")
    }
  }

  /// The types that a schema names, or whose keywords it has; nil if it says nothing.
  mutating func types(of schema: JSONObject, _ path: String) -> [JSONType]? {
    if let value = schema["type"] {
      let names = value.string.map { [$0] } ?? (value.array ?? []).compactMap(\.string)
      let types = names.compactMap { JSONType(rawValue: $0) }
      if types.isEmpty || types.count != (value.array?.count ?? 1) {
        problem(path, "type", "must be the name of a type or a list of them")
        return []
      }
      // A whole number is a number.
      return types.contains(.number) ? types.filter { $0 != .integer } : types
    }
    let implied = JSONType.allCases.filter { type in
      type != .integer && type.keywords.contains { schema[$0] != nil }
    }
    return implied.isEmpty ? nil : implied
  }

  /// Goes on with what a keyword that stands for a whole schema allows.
  mutating func special(
    _ keyword: String, _ schema: JSONObject, _ path: String, from start: Int
  ) throws(ConstraintError) -> Int {
    // Beside it only a type is understood.
    for (other, _) in schema.entries
    where other != keyword && other != "type" && !SchemaCompiler.annotations.contains(other) {
      problem(path, other, "is not supported beside ‘\(keyword)’")
    }
    let value = schema[keyword] ?? .null
    switch keyword {
    case "$ref":
      if schema["type"] != nil { problem(path, "type", "is not supported beside ‘$ref’") }
      guard let pointer = value.string else {
        problem(path, keyword, "must be a string")
        return start
      }
      return try reference(pointer, path, from: start)
    case "const", "enum":
      let all = keyword == "const" ? [value] : value.array
      guard let all else {
        problem(path, keyword, "must be a list")
        return start
      }
      let types = schema["type"] == nil ? nil : self.types(of: schema, path)
      let allowed = all.filter { value in types?.contains { $0.contains(value) } ?? true }
      return try choice(allowed, from: start) {
        compiler, value, place throws(ConstraintError) in
        try compiler.grammar.literal(value.serializedBytes(), from: place)
      }
    default: return try combination(keyword, value, schema, path, from: start)
    }
  }

  /// Goes on with what a list of schemas allows.
  private mutating func combination(
    _ keyword: String, _ value: JSONValue, _ schema: JSONObject, _ path: String, from start: Int
  ) throws(ConstraintError) -> Int {
    guard var branches = value.array, !branches.isEmpty else {
      problem(path, keyword, "must be a list of schemas")
      return start
    }
    if schema["type"] != nil, let types = types(of: schema, path) {
      for index in branches.indices {
        branches[index] = restricted(branches[index], to: types, schema["type"], path, keyword)
      }
    }
    if keyword == "allOf" && branches.count > 1 {
      problem(path, keyword, "is not supported with more than one schema")
      return start
    }
    if keyword == "oneOf" {
      for (index, one) in branches.enumerated() {
        for other in branches[..<index] where !areDisjoint(one, other) {
          problem(
            "\(path)/oneOf/\(index)", nil,
            "it may allow what an earlier schema of ‘oneOf’ allows; use ‘anyOf’ if that may be")
          break
        }
      }
    }
    let places = branches.enumerated().map { ($0.element, "\(path)/\(keyword)/\($0.offset)") }
    return try choice(places, from: start) {
      compiler, branch, place throws(ConstraintError) in
      try compiler.schema(branch.0, branch.1, from: place)
    }
  }

  /// A branch with the type that stands beside the list of branches.
  private mutating func restricted(
    _ branch: JSONValue, to types: [JSONType], _ type: JSONValue?, _ path: String,
    _ keyword: String
  ) -> JSONValue {
    guard var object = branch.object else { return branch }
    guard let own = known(branch) else {
      if object["$ref"] == nil && object["anyOf"] == nil && object["oneOf"] == nil
        && object["allOf"] == nil
      {
        object["type"] = type
        return .object(object)
      }
      problem(path, "type", "is not supported beside ‘\(keyword)’ of such schemas")
      return branch
    }
    if !own.allSatisfy({ one in types.contains { $0 == one || ($0 == .number && one == .integer) } }
    ) {
      problem(path, "type", "does not allow all that schemas of ‘\(keyword)’ do")
    }
    return branch
  }

  /// The types of the values that a schema allows, as far as that is plain to see.
  private func known(_ schema: JSONValue) -> [JSONType]? {
    guard let object = schema.object else { return nil }
    if let pointer = object["$ref"]?.string {
      guard let target = resolve(pointer), target.object?["$ref"] == nil else { return nil }
      return known(target)
    }
    if let values = literals(schema) {
      return JSONType.allCases.filter { type in
        type != .integer && values.contains { type.contains($0) }
      }
    }
    guard let type = object["type"] else { return nil }
    let names = type.string.map { [$0] } ?? (type.array ?? []).compactMap(\.string)
    return names.compactMap { JSONType(rawValue: $0) }
  }

  private func literals(_ schema: JSONValue) -> [JSONValue]? {
    schema.object?["const"].map { [$0] } ?? schema.object?["enum"]?.array
  }

  /// Whether no value that is written for one of two schemas is valid for the other, as far as that is
  /// plain to see.
  private func areDisjoint(_ one: JSONValue, _ other: JSONValue) -> Bool {
    let (one, other) = (followed(one), followed(other))
    if let a = known(one), let b = known(other),
      a.allSatisfy({ type in b.allSatisfy { $0.isDisjoint(from: type) } })
    {
      return true
    }
    if let a = literals(one), let b = literals(other) {
      return !a.contains { b.contains($0) }
    }
    guard let a = one.object, let b = other.object, known(one) == [.object],
      known(other) == [.object]
    else { return false }
    let shared = Set(required(a)).intersection(required(b))
    for key in shared {
      if let x = a["properties"]?.object?[key].flatMap({ literals($0) }),
        let y = b["properties"]?.object?[key].flatMap({ literals($0) }),
        !x.contains(where: { y.contains($0) })
      {
        return true
      }
    }
    return lacks(a, required(b)) && lacks(b, required(a))
  }

  private func followed(_ schema: JSONValue) -> JSONValue {
    schema.object?["$ref"]?.string.flatMap { resolve($0) } ?? schema
  }

  private func required(_ schema: JSONObject) -> [String] {
    (schema["required"]?.array ?? []).compactMap(\.string)
  }

  /// Whether what is written for a schema never has one of some keys.
  private func lacks(_ schema: JSONObject, _ keys: [String]) -> Bool {
    guard let properties = schema["properties"]?.object,
      schema["additionalProperties"] == nil || schema["additionalProperties"]?.bool == false
    else { return false }
    return keys.contains { properties[$0] == nil }
  }
}
