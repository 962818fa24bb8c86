import Files
import JSON

extension TemplateValue {
  /// Reads JSON text; numbers without fraction and exponent are integers, as in Python.
  ///
  /// - Parameters:
  ///   - json: the text.
  ///   - name: what errors call it.
  public init(json: String, name: String = "JSON") throws(TemplateError) {
    try self.init(json: Array(json.utf8), name: name)
  }

  /// Reads JSON given as UTF-8.
  public init(json: [UInt8], name: String = "JSON") throws(TemplateError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: json, duplicateKeys: .lastWins, largeIntegers: .rejected)
    } catch {
      throw .malformed(name: name, reason: error.description)
    }
    self.init(value)
  }

  /// Reads a file of JSON.
  public init(contentsOf path: String) throws(TemplateError) {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path)
    } catch {
      throw .unreadable(path: path, reason: error.reason)
    }
    try self.init(json: bytes, name: path)
  }

  init(_ json: JSONValue) {
    switch json {
    case .null: self = .null
    case .bool(let value): self = .bool(value)
    case .integer(let value): self = .integer(Int(value))
    case .number(let value): self = .number(value)
    case .string(let text): self = .string(text)
    case .array(let elements): self = .array(elements.map { TemplateValue($0) })
    case .object(let object):
      self = .object(TemplateObject(object.entries.lazy.map { ($0.key, TemplateValue($0.value)) }))
    }
  }
}
