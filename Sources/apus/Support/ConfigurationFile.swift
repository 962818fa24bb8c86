import ArgumentParser
import Files
import JSON
import Yams

/// A YAML configuration with the changes of `--set`.
enum ConfigurationFile {
  /// - Parameters:
  ///   - path: The file.
  ///   - changes: `key=value`, keys of sections joined by dots, values in YAML.
  static func read(_ path: String, changes: [String]) throws -> JSONValue {
    let text = try readText(path)
    var value: JSONValue
    do {
      value = try Yams.compose(yaml: text).map { try json($0) } ?? .object(JSONObject([]))
    } catch {
      throw ValidationError("‘\(path)’ is not valid YAML: \(error)")
    }
    for change in changes {
      guard let equals = change.firstIndex(of: "="), equals > change.startIndex else {
        throw ValidationError("--set needs key=value, not ‘\(change)’")
      }
      let keys = change[..<equals].split(separator: ".").map(String.init)
      let new = String(change[change.index(after: equals)...])
      let parsed: JSONValue
      do { parsed = try Yams.compose(yaml: new).map { try json($0) } ?? .null } catch {
        throw ValidationError("--set \(change): the value is not valid YAML: \(error)")
      }
      value = try setting(value, keys[...], parsed, change)
    }
    return value
  }

  private static func setting(
    _ value: JSONValue, _ keys: ArraySlice<String>, _ new: JSONValue, _ change: String
  ) throws -> JSONValue {
    guard let key = keys.first else { return new }
    guard var object = value == .null ? JSONObject([]) : value.object else {
      throw ValidationError("--set \(change): ‘\(key)’ is inside something that has no keys")
    }
    object[key] = try setting(object[key] ?? .null, keys.dropFirst(), new, change)
    return .object(object)
  }

  private static func json(_ node: Node) throws -> JSONValue {
    switch node {
    case .scalar(let scalar):
      if node.tag == Tag(.null) { return .null }
      if scalar.style == .plain {
        if let flag = node.bool { return .bool(flag) }
        if let whole = node.int { return .integer(Int64(whole)) }
        if let number = node.float { return .number(number) }
        if node.null != nil { return .null }
      }
      return .string(scalar.string)
    case .sequence(let list):
      return .array(try list.map(json))
    case .mapping(let pairs):
      var object = JSONObject([])
      for (key, value) in pairs {
        guard let name = key.string else { throw ValidationError("a key is not a text") }
        object[name] = try json(value)
      }
      return .object(object)
    case .alias:
      throw ValidationError("aliases are not supported")
    }
  }
}
