#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Renderer {
  /// An arithmetic operator on two values, as in Python.
  func calculate(
    _ left: Value, _ operation: ArithmeticOperator, _ right: Value
  ) throws(TemplateFault) -> Value {
    if case .undefined(let undefined) = left { throw undefined.fault }
    if operation == .modulo, case .string(let format) = left {
      return .string(try percentFormat(format, right))
    }
    if case .undefined(let undefined) = right { throw undefined.fault }
    if let a = left.wholeNumber, let b = right.wholeNumber {
      return try calculate(a, operation, b)
    }
    if let a = left.number, let b = right.number { return .float(try calculate(a, operation, b)) }
    switch (operation, left, right) {
    case (.add, .string(let a), .string(let b)): return .string(try joined(a, b))
    case (.add, .list(let a), .list(let b)):
      try spend(items: a.items.count + b.items.count)
      return try .list(a.items + b.items)
    case (.add, .tuple(let a), .tuple(let b)):
      try spend(items: a.items.count + b.items.count)
      return try .tuple(a.items + b.items)
    case (.multiply, _, _):
      if let count = right.wholeNumber { return try repeated(left, count) }
      if let count = left.wholeNumber { return try repeated(right, count) }
    default: break
    }
    throw .failed(
      "unsupported operand types for \(operation.rawValue): “\(left.typeName)” and “\(right.typeName)”"
    )
  }

  private func joined(_ a: Text, _ b: Text) throws(TemplateFault) -> Text {
    let isMarkup = a.isMarkup || b.isMarkup
    let left = isMarkup && !a.isMarkup ? try escaped(a) : a
    let right = isMarkup && !b.isMarkup ? try escaped(b) : b
    try allow(bytes: left.bytes.count + right.bytes.count)
    var builder = TextBuilder()
    builder.append(left)
    builder.append(right)
    return builder.text(isMarkup: isMarkup)
  }

  /// A string, list or tuple several times after itself.
  private func repeated(_ value: Value, _ count: Int) throws(TemplateFault) -> Value {
    let count = max(0, count)
    switch value {
    case .string(let text):
      let (bytes, overflow) = text.bytes.count.multipliedReportingOverflow(by: count)
      try allow(bytes: overflow ? .max : bytes)
      if text.isEmpty { return value }
      var builder = TextBuilder()
      for _ in 0..<count { builder.append(text) }
      return .string(builder.text(isMarkup: text.isMarkup))
    case .list(let list), .tuple(let list):
      let (items, overflow) = list.items.count.multipliedReportingOverflow(by: count)
      if overflow || items > limits.steps { try spend(items: limits.steps) }
      try spend(items: items)
      var result: [Value] = []
      result.reserveCapacity(items)
      if !list.items.isEmpty { for _ in 0..<count { result += list.items } }
      if case .list = value { return try .list(result) }
      return try .tuple(result)
    default:
      throw .failed("unsupported operand types for *: “\(value.typeName)” and “int”")
    }
  }

  private func calculate(
    _ a: Int, _ operation: ArithmeticOperator, _ b: Int
  ) throws(TemplateFault) -> Value {
    switch operation {
    case .add: return .integer(try exact(a.addingReportingOverflow(b)))
    case .subtract: return .integer(try exact(a.subtractingReportingOverflow(b)))
    case .multiply: return .integer(try exact(a.multipliedReportingOverflow(by: b)))
    case .divide:
      guard b != 0 else { throw .failed("division by zero") }
      return .float(Double(a) / Double(b))
    case .floorDivide:
      guard b != 0 else { throw .failed("integer division or modulo by zero") }
      let quotient = try exact(a.dividedReportingOverflow(by: b))
      return .integer(a % b != 0 && (a < 0) != (b < 0) ? quotient - 1 : quotient)
    case .modulo:
      guard b != 0 else { throw .failed("integer division or modulo by zero") }
      if b == -1 { return .integer(0) }
      let rest = a % b
      return .integer(rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest)
    case .power:
      if b < 0 {
        guard a != 0 else { throw .failed("0.0 cannot be raised to a negative power") }
        return .float(pow(Double(a), Double(b)))
      }
      return .integer(try power(a, b))
    }
  }

  private func power(_ base: Int, _ exponent: Int) throws(TemplateFault) -> Int {
    if base == 0 || base == 1 { return exponent == 0 ? 1 : base }
    if base == -1 { return exponent % 2 == 0 ? 1 : -1 }
    var result = 1
    for _ in 0..<exponent { result = try exact(result.multipliedReportingOverflow(by: base)) }
    return result
  }

  private func calculate(
    _ a: Double, _ operation: ArithmeticOperator, _ b: Double
  ) throws(TemplateFault) -> Double {
    switch operation {
    case .add: return a + b
    case .subtract: return a - b
    case .multiply: return a * b
    case .divide:
      guard b != 0 else { throw .failed("float division by zero") }
      return a / b
    case .floorDivide:
      guard b != 0 else { throw .failed("float floor division by zero") }
      return floorDivided(a, b).quotient
    case .modulo:
      guard b != 0 else { throw .failed("float modulo") }
      return floorDivided(a, b).rest
    case .power:
      if a == 0, b < 0 { throw .failed("0.0 cannot be raised to a negative power") }
      if a < 0, b != b.rounded(), a.isFinite, b.isFinite {
        throw .unsupported("the power of a negative number is complex")
      }
      let result = pow(a, b)
      guard result.isFinite || !a.isFinite || !b.isFinite else {
        throw .failed("the power is too large for a float")
      }
      return result
    }
  }

  /// Python's `divmod` of floats: the rest has the sign of the divisor.
  private func floorDivided(_ a: Double, _ b: Double) -> (quotient: Double, rest: Double) {
    var rest = fmod(a, b)
    var quotient = (a - rest) / b
    if rest != 0 {
      if (b < 0) != (rest < 0) {
        rest += b
        quotient -= 1
      }
    } else {
      rest = b < 0 ? -0.0 : 0.0
    }
    if quotient != 0 {
      let floor = quotient.rounded(.down)
      quotient = quotient - floor > 0.5 ? floor + 1 : floor
    } else {
      quotient = (a / b).sign == .minus ? -0.0 : 0.0
    }
    return (quotient, rest)
  }

  func exact(_ result: (partialValue: Int, overflow: Bool)) throws(TemplateFault) -> Int {
    guard !result.overflow else { throw .unsupported("an integer is beyond 64 bits") }
    return result.partialValue
  }

  /// `-value`.
  func negated(_ value: Value) throws(TemplateFault) -> Value {
    switch value {
    case .undefined(let undefined): throw undefined.fault
    case .float(let number, _): return .float(-number)
    default:
      guard let number = value.wholeNumber else {
        throw .failed("bad operand type for unary -: “\(value.typeName)”")
      }
      return .integer(try exact((0).subtractingReportingOverflow(number)))
    }
  }

  /// `+value`.
  func plain(_ value: Value) throws(TemplateFault) -> Value {
    switch value {
    case .undefined(let undefined): throw undefined.fault
    case .float, .integer: return value
    default:
      guard let number = value.wholeNumber else {
        throw .failed("bad operand type for unary +: “\(value.typeName)”")
      }
      return .integer(number)
    }
  }
}
