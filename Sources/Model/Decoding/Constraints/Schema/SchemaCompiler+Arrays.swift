import JSON

extension SchemaCompiler {
  /// Goes on with an array.
  mutating func array(
    _ schema: JSONObject, _ path: String, from start: Int
  ) throws(ConstraintError) -> Int {
    let prefix = schema["prefixItems"]?.array ?? []
    if let value = schema["prefixItems"], value.array == nil {
      problem(path, "prefixItems", "must be a list of schemas")
    }
    if schema["uniqueItems"]?.bool == true { problem(path, "uniqueItems", "is not supported") }
    if schema["items"]?.array != nil {
      problem(path, "items", "is not supported as a list; use ‘prefixItems’")
    }
    let least = count("minItems", schema, path) ?? 0
    var most = count("maxItems", schema, path)
    let items = schema["items"] ?? .bool(true)
    if items.bool == false { most = min(most ?? .max, prefix.count) }
    if let most, most < least { return try grammar.node() }

    var place = try space(from: try grammar.literal("[", from: start))
    let end = try grammar.node()
    var made = 0
    if least == 0 { grammar.addEdge(place, 0x5D, 0x5D, to: end) }
    // One after the other until each further one is like the one before, then in a circle.
    let last = most ?? max(least, prefix.count, 1)
    let rule = last > prefix.count || most == nil ? try itemRule(items, path) : nil
    while made < last {
      if made > 0 { place = try space(from: try grammar.literal(",", from: place)) }
      if made < prefix.count {
        place = try self.schema(prefix[made], "\(path)/prefixItems/\(made)", from: place)
      } else if let rule {
        let next = try grammar.node()
        grammar.addCall(place, rule, to: next)
        place = next
      }
      made += 1
      if made >= least { grammar.addEdge(try space(from: place), 0x5D, 0x5D, to: end) }
    }
    if most == nil, let rule {
      let next = try space(from: try grammar.literal(",", from: place))
      grammar.addCall(next, rule, to: place)
    }
    return end
  }

  private mutating func itemRule(
    _ items: JSONValue, _ path: String
  ) throws(ConstraintError) -> Int {
    let made = try grammar.rule()
    grammar.end(try schema(items, "\(path)/items", from: made.start))
    return made.rule
  }

  /// The value of a keyword that counts something.
  mutating func count(_ keyword: String, _ schema: JSONObject, _ path: String) -> Int? {
    guard let value = schema[keyword] else { return nil }
    guard let number = value.integer ?? value.double.flatMap({ Int(exactly: $0) }), number >= 0
    else {
      problem(path, keyword, "must be a whole number of at least 0")
      return nil
    }
    if number > ByteGrammar.limit {
      problem(path, keyword, "is not supported above \(ByteGrammar.limit)")
      return nil
    }
    return number
  }
}
