/// A value while a template is rendered.
///
/// Values that are no strings keep the place of the input that they came from, so that their
/// spelling, once put out, can be traced too.
enum Value {
  case undefined(UndefinedValue)
  case none(Source)
  case boolean(Bool, Source)
  case integer(Int, Source)
  case float(Double, Source)
  case string(Text)
  case list(ListValue)
  case tuple(ListValue)
  case dictionary(DictionaryValue)
  case object(ObjectValue)

  static var none: Value { .none(.computed) }

  static func boolean(_ value: Bool) -> Value { .boolean(value, .computed) }

  static func integer(_ value: Int) -> Value { .integer(value, .computed) }

  static func float(_ value: Double) -> Value { .float(value, .computed) }

  static func string(_ text: String) -> Value { .string(Text(text)) }

  /// The string, if this is one.
  var text: Text? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The list or tuple, if this is one.
  var sequence: ListValue? {
    switch self {
    case .list(let list), .tuple(let list): list
    default: nil
    }
  }

  var isUndefined: Bool {
    if case .undefined = self { true } else { false }
  }

  var isNone: Bool {
    if case .none = self { true } else { false }
  }

  /// The integer, if this is one or a truth value, which is one in Python.
  var wholeNumber: Int? {
    switch self {
    case .integer(let value, _): value
    case .boolean(let value, _): value ? 1 : 0
    default: nil
    }
  }

  /// The number, if this is one or a truth value.
  var number: Double? {
    switch self {
    case .integer(let value, _): Double(value)
    case .boolean(let value, _): value ? 1 : 0
    case .float(let value, _): value
    default: nil
    }
  }

  /// How deeply containers are nested in it.
  var depth: Int {
    switch self {
    case .list(let list), .tuple(let list): list.depth
    case .dictionary(let dictionary): dictionary.depth
    case .object(let object): object.depth
    default: 0
    }
  }

  /// The name of its type in Python.
  var typeName: String {
    switch self {
    case .undefined: "Undefined"
    case .none: "NoneType"
    case .boolean: "bool"
    case .integer: "int"
    case .float: "float"
    case .string(let text): text.isMarkup ? "Markup" : "str"
    case .list: "list"
    case .tuple: "tuple"
    case .dictionary: "dict"
    case .object(let object): object.typeName
    }
  }

  /// Whether Python takes it for true; namespaces and other objects always are.
  var isTrue: Bool {
    switch self {
    case .undefined, .none: false
    case .boolean(let value, _): value
    case .integer(let value, _): value != 0
    case .float(let value, _): value != 0
    case .string(let text): !text.isEmpty
    case .list(let list), .tuple(let list): !list.items.isEmpty
    case .dictionary(let dictionary): !dictionary.keys.isEmpty
    case .object(let object): object.isTrue
    }
  }
}

/// A value that is not there: prints as nothing, is false and empty, and refuses all else.
final class UndefinedValue {
  /// The sentence of the error that its use raises.
  let message: String

  init(_ message: String) { self.message = message }

  convenience init(name: String) { self.init("“\(name)” is undefined") }

  var fault: TemplateFault { .failed(message) }
}

/// The deepest nesting of containers; Python's own functions give up at a similar depth.
let deepestNesting = 200

/// A list or a tuple.
final class ListValue {
  let items: [Value]
  /// The place of the input that it is.
  let source: Source
  let depth: Int
  /// The names of a named tuple's items.
  let names: [StaticString]

  init(
    _ items: [Value], source: Source = .computed, names: [StaticString] = []
  ) throws(TemplateFault) {
    self.items = items
    self.source = source
    self.names = names
    depth = try nestingDepth(items)
  }

  /// A list of values that hold no others.
  init(flat items: [Value]) {
    self.items = items
    source = .computed
    names = []
    depth = 1
  }
}

/// One more than the depth of the deepest item.
func nestingDepth(_ items: [Value]) throws(TemplateFault) -> Int {
  var depth = 0
  for item in items { depth = max(depth, item.depth) }
  guard depth < deepestNesting else {
    throw TemplateFault(.limit, "values are nested deeper than \(deepestNesting) levels")
  }
  return depth + 1
}

extension Value {
  static func list(_ items: [Value]) throws(TemplateFault) -> Value { .list(try ListValue(items)) }

  static func tuple(_ items: [Value]) throws(TemplateFault) -> Value {
    .tuple(try ListValue(items))
  }

  /// A list of strings.
  static func strings(_ items: [Text]) -> Value {
    .list(ListValue(flat: items.map { .string($0) }))
  }
}
