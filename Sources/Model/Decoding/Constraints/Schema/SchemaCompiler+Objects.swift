import JSON

extension SchemaCompiler {
  private struct Member {
    var key: String
    var schema: JSONValue
    var path: String
    var isRequired: Bool
  }

  /// Goes on with an object: the properties in their order, then others where they are allowed.
  mutating func object(
    _ schema: JSONObject, _ path: String, from start: Int
  ) throws(ConstraintError) -> Int {
    guard let (members, extra) = members(of: schema, path) else { return start }
    // Of each pair the first place is before any member, the second after one, where a comma comes.
    var empty: Int? = try space(from: try grammar.literal("{", from: start))
    var filled: Int?
    for member in members {
      let key = try grammar.node()
      if let empty { grammar.addJump(empty, to: key) }
      if let filled {
        grammar.addJump(try space(from: try grammar.literal(",", from: filled)), to: key)
      }
      let name = try grammar.literal(JSONValue.string(member.key).serializedBytes(), from: key)
      let value = try space(from: try grammar.literal(":", from: name))
      let after = try grammar.node()
      grammar.addJump(try self.schema(member.schema, member.path, from: value), to: after)
      if member.isRequired {
        empty = nil
      } else if let filled {
        grammar.addJump(filled, to: after)
      }
      filled = after
    }
    let end = try grammar.node()
    if let extra {
      let key = try grammar.node()
      let after = try grammar.node()
      if let empty { grammar.addJump(empty, to: key) }
      if let filled { grammar.addJump(filled, to: after) }
      grammar.addJump(try space(from: try grammar.literal(",", from: after)), to: key)
      let name = try otherKey(than: members.map(\.key), from: key)
      let value = try space(from: try grammar.literal(":", from: name))
      let last = try self.schema(extra, "\(path)/additionalProperties", from: value)
      grammar.addJump(last, to: after)
      filled = after
    }
    if let empty { grammar.addEdge(empty, 0x7D, 0x7D, to: end) }
    if let filled { grammar.addEdge(try space(from: filled), 0x7D, 0x7D, to: end) }
    return end
  }

  /// The properties of a schema, and the schema of all others if there may be some; nil after a problem.
  private mutating func members(
    of schema: JSONObject, _ path: String
  ) -> (members: [Member], extra: JSONValue?)? {
    let count = problems.count
    let properties = schema["properties"]?.object
    if let value = schema["properties"], properties == nil {
      problem(path, "properties", "must be an object, not \(value.kind)")
    }
    let required = (schema["required"]?.array ?? []).compactMap(\.string)
    if let value = schema["required"], value.array?.count != required.count {
      problem(path, "required", "must be a list of strings")
    }
    let additional = schema["additionalProperties"]
    var members = (properties?.entries ?? []).map { key, value in
      Member(
        key: key, schema: value, path: "\(path)/properties/\(key)",
        isRequired: required.contains(key))
    }
    for key in required where properties?[key] == nil {
      if additional?.bool == false {
        problem(path, "required", "names ‘\(key)’, which is no property")
      } else if !members.contains(where: { haveSameBytes($0.key, key) }) {
        members.append(
          Member(
            key: key, schema: additional ?? .bool(true), path: "\(path)/additionalProperties",
            isRequired: true))
      }
    }
    if let least = schema["minProperties"] {
      if let least = least.integer, least <= members.count(where: \.isRequired) {
        // What is required suffices.
      } else {
        problem(path, "minProperties", "is not supported above the number of required properties")
      }
    }
    if problems.count > count { return nil }
    // A list of properties is complete unless something else is said; without one all may come.
    guard additional.map({ $0.bool != false }) ?? (properties == nil) else {
      return (members, Optional.none)
    }
    return (members, additional ?? .bool(true))
  }

  /// Goes on with a key, without escapes, that is none of some keys.
  private mutating func otherKey(
    than keys: [String], from start: Int
  ) throws(ConstraintError) -> Int {
    if keys.isEmpty { return try anyString(from: start) }
    let end = try grammar.node()
    let plain = CodePointRanges([0...0x1F, 0x22...0x22, 0x5C...0x5C]).inverted
    // Past the point where it differs from all keys, anything goes.
    let free = try grammar.node()
    try grammar.codePoint(of: plain, from: free, to: free)
    grammar.addEdge(free, 0x22, 0x22, to: end)
    var work: [(node: Int, keys: [ArraySlice<UInt32>])] = [
      (
        try grammar.literal("\"", from: start),
        keys.map { $0.unicodeScalars.map(\.value)[...] }
      )
    ]
    while let (node, rests) = work.popLast() {
      if !rests.contains(where: \.isEmpty) { grammar.addEdge(node, 0x22, 0x22, to: end) }
      var nexts: [UInt32: [ArraySlice<UInt32>]] = [:]
      for rest in rests {
        guard let first = rest.first else { continue }
        nexts[first, default: []].append(rest.dropFirst())
      }
      let taken = CodePointRanges(nexts.keys.map { $0...$0 })
      try grammar.codePoint(
        of: plain.intersection(taken.inverted), from: node, to: free)
      for (scalar, rests) in nexts.sorted(by: { $0.key < $1.key }) where plain.contains(scalar) {
        let next = try grammar.node()
        try grammar.codePoint(of: CodePointRanges([scalar...scalar]), from: node, to: next)
        work.append((next, rests))
      }
    }
    return end
  }
}
