import JSON

/// Reads the fields of one object of a tokenizer file and words the errors.
struct FieldReader {
  let object: JSONObject
  /// The place of the object in the file: `model`, `added_tokens[3]`.
  let name: String
  let path: String

  init(_ object: JSONObject, name: String, path: String) {
    self.object = object
    self.name = name
    self.path = path
  }

  /// The error of a field that is missing or wrong.
  func wrong(_ field: String, _ reason: String) -> TokenizerError {
    .invalid(path: path, field: "\(name).\(field)", reason: reason)
  }

  /// A truth value that may be missing or null if there is a default.
  func bool(_ field: String, default fallback: Bool? = nil) throws(TokenizerError) -> Bool {
    let value = object[field] ?? .null
    if let answer = value.bool { return answer }
    if value.isNull, let fallback { return fallback }
    throw wrong(field, "must be true or false, not \(value.kind)")
  }

  /// A string that must be there.
  func string(_ field: String) throws(TokenizerError) -> String {
    guard let text = object[field]?.string else { throw wrong(field, "must be a string") }
    return text
  }

  /// A string that may be missing or null.
  func optionalString(_ field: String) throws(TokenizerError) -> String? {
    guard let value = object[field], !value.isNull else { return nil }
    guard let text = value.string else {
      throw wrong(field, "must be a string or null, not \(value.kind)")
    }
    return text
  }

  /// One of a few words; it must be there unless there is a default.
  func choice<Choice: RawRepresentable & CaseIterable>(
    _ field: String, default fallback: Choice? = nil
  ) throws(TokenizerError) -> Choice where Choice.RawValue == String {
    if let text = object[field]?.string, let choice = Choice(rawValue: text) { return choice }
    if object[field]?.isNull ?? true, let fallback { return fallback }
    let words = Choice.allCases.map { "“\($0.rawValue)”" }.joined(separator: ", ")
    throw wrong(field, "must be one of \(words)")
  }

  /// A string of one character that must be there.
  func character(_ field: String) throws(TokenizerError) -> Unicode.Scalar {
    let scalars = try string(field).unicodeScalars
    guard let first = scalars.first, scalars.count == 1 else {
      throw wrong(field, "must be a string of one character")
    }
    return first
  }

  /// An integer that must be there.
  func integer(_ field: String) throws(TokenizerError) -> Int {
    guard let value = object[field]?.integer else { throw wrong(field, "must be an integer") }
    return value
  }

  /// An array that must be there.
  func array(_ field: String) throws(TokenizerError) -> [JSONValue] {
    guard let list = object[field]?.array else { throw wrong(field, "must be an array") }
    return list
  }

  /// Throws if an option that this library does not have is switched on.
  func expectOff(_ field: String, as component: String) throws(TokenizerError) {
    if try bool(field, default: false) { throw .unsupported(path: path, component: component) }
  }
}
