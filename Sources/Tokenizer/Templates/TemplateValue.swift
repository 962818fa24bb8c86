/// A value that a template is given: a message, a tool, a variable.
///
/// Literals make values, and so does JSON:
///
/// ```swift
/// let messages: TemplateValue = [["role": "user", "content": "Hello"]]
/// let tools = try TemplateValue(json: #"[{"type": "function", "function": {"name": "now"}}]"#)
/// ```
public enum TemplateValue: Sendable, Equatable {
  /// Python's `None`.
  case null
  /// A truth value.
  case bool(Bool)
  /// An integer.
  case integer(Int)
  /// A number with a fraction.
  case number(Double)
  /// A string.
  case string(String)
  /// A list.
  case array([TemplateValue])
  /// A dictionary, which keeps its order.
  case object(TemplateObject)

  /// The string, if this is one.
  public var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The elements, if this is a list.
  public var array: [TemplateValue]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The members, if this is a dictionary.
  public var object: TemplateObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// The value of a key, if this is a dictionary that has it.
  public subscript(key: String) -> TemplateValue? { object?[key] }
}

extension TemplateValue: ExpressibleByNilLiteral {
  /// Python's `None`.
  public init(nilLiteral: ()) { self = .null }
}

extension TemplateValue: ExpressibleByBooleanLiteral {
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension TemplateValue: ExpressibleByIntegerLiteral {
  /// An integer.
  public init(integerLiteral value: Int) { self = .integer(value) }
}

extension TemplateValue: ExpressibleByFloatLiteral {
  /// A number with a fraction.
  public init(floatLiteral value: Double) { self = .number(value) }
}

extension TemplateValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
}

extension TemplateValue: ExpressibleByArrayLiteral {
  /// A list.
  public init(arrayLiteral elements: TemplateValue...) { self = .array(elements) }
}

extension TemplateValue: ExpressibleByDictionaryLiteral {
  /// A dictionary in the order written; of a repeated key the last value stands.
  public init(dictionaryLiteral elements: (String, TemplateValue)...) {
    self = .object(TemplateObject(elements))
  }
}
