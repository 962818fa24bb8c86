import JSON

/// The types of JSON Schema.
enum JSONType: String, CaseIterable, Sendable {
  case null
  case boolean
  case integer
  case number
  case string
  case array
  case object

  /// Whether a value is of the type.
  func contains(_ value: JSONValue) -> Bool {
    switch (self, value) {
    case (.null, .null), (.boolean, .bool), (.string, .string), (.array, .array),
      (.object, .object), (.number, .integer), (.number, .number), (.integer, .integer):
      true
    case (.integer, .number(let number)): number.rounded() == number
    default: false
    }
  }

  /// Whether no value is of both types.
  func isDisjoint(from other: JSONType) -> Bool {
    if self == other { return false }
    let both: Set<JSONType> = [self, other]
    return both != [.integer, .number]
  }

  /// The keywords that restrict values of the type.
  var keywords: [String] {
    switch self {
    case .null, .boolean: []
    case .integer, .number: ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"]
    case .string: ["minLength", "maxLength", "pattern", "format"]
    case .array: ["items", "prefixItems", "minItems", "maxItems", "uniqueItems"]
    case .object: ["properties", "required", "additionalProperties", "minProperties"]
    }
  }
}
