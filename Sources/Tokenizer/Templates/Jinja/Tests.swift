/// The tests of jinja2.
enum Test: String {
  case odd
  case even
  case divisibleby
  case defined
  case undefined
  case filter
  case test
  case none
  case boolean
  case `false`
  case `true`
  case integer
  case float
  case lower
  case upper
  case string
  case mapping
  case number
  case sequence
  case iterable
  case callable
  case sameas
  case escaped
  case `in`
  case equalSign = "=="
  case eq
  case equalto
  case notEqualSign = "!="
  case ne
  case greaterSign = ">"
  case gt
  case greaterthan
  case ge
  case greaterOrEqualSign = ">="
  case lessSign = "<"
  case lt
  case lessthan
  case lessOrEqualSign = "<="
  case le

  /// The comparison that it is, if it is one.
  fileprivate var comparison: Comparison? {
    switch self {
    case .equalSign, .eq, .equalto: .equal
    case .notEqualSign, .ne: .notEqual
    case .greaterSign, .gt, .greaterthan: .greater
    case .ge, .greaterOrEqualSign: .greaterOrEqual
    case .lessSign, .lt, .lessthan: .less
    case .lessOrEqualSign, .le: .lessOrEqual
    default: nil
    }
  }
}

extension Renderer {
  /// Whether a value passes a test.
  func passes(
    _ value: Value, _ test: Test, _ arguments: CallValues
  ) throws(TemplateFault) -> Bool {
    try spend()
    if let comparison = test.comparison {
      let values = try arguments.bound(to: [""], required: 1, test.rawValue)
      return try compare(value, comparison, values[0] ?? .none)
    }
    switch test {
    case .in:
      let values = try arguments.bound(to: ["seq"], required: 1, "in")
      return try contains(values[0] ?? .none, value)
    case .divisibleby:
      let values = try arguments.bound(to: ["num"], required: 1, "divisibleby")
      return try isZero(try calculate(value, .modulo, values[0] ?? .none))
    case .sameas:
      let values = try arguments.bound(to: ["other"], required: 1, "sameas")
      return isSame(value, values[0] ?? .none)
    default: try arguments.expectNone("the test “\(test.rawValue)”")
    }
    switch test {
    case .odd: return try areEqual(try calculate(value, .modulo, .integer(2)), .integer(1))
    case .even: return try isZero(try calculate(value, .modulo, .integer(2)))
    case .defined: return !value.isUndefined
    case .undefined: return value.isUndefined
    case .filter, .test:
      _ = try HashKey(value)
      guard let name = value.text?.string else { return false }
      return test == .filter ? Filter(rawValue: name) != nil : Test(rawValue: name) != nil
    case .none: return value.isNone
    case .boolean: if case .boolean = value { return true }
    case .true: if case .boolean(true, _) = value { return true }
    case .false: if case .boolean(false, _) = value { return true }
    case .integer: if case .integer = value { return true }
    case .float: if case .float = value { return true }
    case .number: return value.number != nil
    case .lower: return isTrue(.islower, of: try shown(value))
    case .upper: return isTrue(.isupper, of: try shown(value))
    case .string: return value.text != nil
    case .mapping: if case .dictionary = value { return true }
    case .sequence:
      switch value {
      case .string, .list, .tuple, .dictionary, .undefined: return true
      case .object(let object): return object is RangeValue
      default: return false
      }
    case .iterable:
      switch value {
      case .string, .list, .tuple, .dictionary, .undefined: return true
      case .object(let object):
        return object is RangeValue || object is IteratorValue || object is DictionaryView
          || object is LoopValue
      default: return false
      }
    case .callable:
      switch value {
      case .undefined: return true
      case .object(let object):
        return object is FunctionValue || object is MethodValue || object is MacroValue
          || object is JoinerValue || object is LoopValue
      default: return false
      }
    case .escaped: return value.text?.isMarkup ?? false
    default: break
    }
    return false
  }

  private func isZero(_ value: Value) throws(TemplateFault) -> Bool {
    try areEqual(value, .integer(0))
  }

  /// Whether two values are one object in Python, as far as that can be told.
  private func isSame(_ a: Value, _ b: Value) -> Bool {
    switch (a, b) {
    case (.none, .none): true
    case (.boolean(let a, _), .boolean(let b, _)): a == b
    // Python keeps one object of each small integer.
    case (.integer(let a, _), .integer(let b, _)): a == b && (-5...256).contains(a)
    case (.string(let a), .string(let b)): a === b
    case (.list(let a), .list(let b)), (.tuple(let a), .tuple(let b)): a === b
    case (.dictionary(let a), .dictionary(let b)): a === b
    case (.object(let a), .object(let b)): a === b
    case (.undefined(let a), .undefined(let b)): a === b
    default: false
    }
  }
}
