extension Parser {
  /// One expression, or several with commas between them as a tuple.
  mutating func tuple(
    allowsConditional: Bool = true, ends: StaticString? = nil, isInParentheses: Bool = false
  ) throws(TemplateFault) -> Expression {
    var items: [Expression] = []
    var isTuple = false
    while true {
      if isTupleEnd(ends) { break }
      items.append(try allowsConditional ? expression() : or())
      guard skip(.comma) else { break }
      isTuple = true
    }
    if isTuple { return .tuple(items) }
    if let only = items.first { return only }
    guard isInParentheses else { throw expected("an expression") }
    return .tuple([])
  }

  /// An expression, perhaps with `if` and `else`.
  mutating func expression() throws(TemplateFault) -> Expression {
    try nest()
    defer { unnest() }
    var value = try or()
    var levels = 0
    defer { for _ in 0..<levels { unnest() } }
    while skip(name: "if") {
      try nest()
      levels += 1
      let test = try or()
      let otherwise = skip(name: "else") ? try expression() : nil
      value = .conditional(test: test, then: value, otherwise: otherwise)
    }
    return value
  }

  mutating func or() throws(TemplateFault) -> Expression {
    var operands = [try and()]
    while skip(name: "or") { operands.append(try and()) }
    return operands.count == 1 ? operands[0] : .or(operands)
  }

  private mutating func and() throws(TemplateFault) -> Expression {
    var operands = [try not()]
    while skip(name: "and") { operands.append(try not()) }
    return operands.count == 1 ? operands[0] : .and(operands)
  }

  private mutating func not() throws(TemplateFault) -> Expression {
    guard skip(name: "not") else { return try comparison() }
    try nest()
    defer { unnest() }
    return .not(try not())
  }

  private mutating func comparison() throws(TemplateFault) -> Expression {
    let first = try sum()
    var rest: [(operation: Comparison, operand: Expression)] = []
    while true {
      let comparison: Comparison
      switch current.kind {
      case .symbol(.equal): comparison = .equal
      case .symbol(.notEqual): comparison = .notEqual
      case .symbol(.less): comparison = .less
      case .symbol(.lessOrEqual): comparison = .lessOrEqual
      case .symbol(.greater): comparison = .greater
      case .symbol(.greaterOrEqual): comparison = .greaterOrEqual
      case .name where isName("in"): comparison = .contained
      case .name where isName("not") && isName(following, "in"):
        advance()
        comparison = .notContained
      default: return rest.isEmpty ? first : .comparison(first, rest)
      }
      advance()
      rest.append((comparison, try sum()))
    }
  }

  private mutating func sum() throws(TemplateFault) -> Expression {
    let first = try concatenation()
    var rest: [(operation: ArithmeticOperator, operand: Expression)] = []
    while true {
      if skip(.add) {
        rest.append((.add, try concatenation()))
      } else if skip(.subtract) {
        rest.append((.subtract, try concatenation()))
      } else {
        return rest.isEmpty ? first : .arithmetic(first, rest)
      }
    }
  }

  private mutating func concatenation() throws(TemplateFault) -> Expression {
    var operands = [try product()]
    while skip(.tilde) { operands.append(try product()) }
    return operands.count == 1 ? operands[0] : .concatenation(operands)
  }

  private mutating func product() throws(TemplateFault) -> Expression {
    let first = try power()
    var rest: [(operation: ArithmeticOperator, operand: Expression)] = []
    while true {
      let operation: ArithmeticOperator
      switch current.kind {
      case .symbol(.multiply): operation = .multiply
      case .symbol(.divide): operation = .divide
      case .symbol(.floorDivide): operation = .floorDivide
      case .symbol(.modulo): operation = .modulo
      default: return rest.isEmpty ? first : .arithmetic(first, rest)
      }
      advance()
      rest.append((operation, try power()))
    }
  }

  private mutating func power() throws(TemplateFault) -> Expression {
    let first = try unary()
    var rest: [(operation: ArithmeticOperator, operand: Expression)] = []
    while skip(.power) { rest.append((.power, try unary())) }
    return rest.isEmpty ? first : .arithmetic(first, rest)
  }

  private mutating func unary(allowsFilters: Bool = true) throws(TemplateFault) -> Expression {
    let value: Expression
    if current.kind == .symbol(.subtract) || current.kind == .symbol(.add) {
      let isNegative = skip(.subtract)
      if !isNegative { advance() }
      try nest()
      defer { unnest() }
      let operand = try unary(allowsFilters: false)
      value = isNegative ? .negative(operand) : .positive(operand)
    } else {
      value = try primary()
    }
    var steps: [Postfix] = []
    try postfixes(&steps)
    if allowsFilters { try filters(&steps) }
    return steps.isEmpty ? value : .postfix(value, steps)
  }

  // MARK: Primaries

  func constant(_ token: Token) -> Expression? {
    switch text(of: token) {
    case "true", "True": .constant(.boolean(true))
    case "false", "False": .constant(.boolean(false))
    case "none", "None": .constant(.none)
    default: nil
    }
  }

  mutating func primary() throws(TemplateFault) -> Expression {
    let token = current
    switch token.kind {
    case .name:
      advance()
      return constant(token) ?? .name(NameReference(text(of: token), line: token.line))
    case .string:
      var builder = TextBuilder()
      while current.kind == .string {
        do {
          try stringLiteral(source, current.range, into: &builder)
        } catch {
          throw TemplateFault(error.kind, error.message, line: current.line)
        }
        advance()
      }
      return .constant(.string(builder.text()))
    case .integer, .float:
      advance()
      return .constant(try number(token))
    case .symbol(.openParenthesis):
      advance()
      try nest()
      defer { unnest() }
      let value = try tuple(isInParentheses: true)
      try expect(.closeParenthesis)
      return value
    case .symbol(.openBracket):
      advance()
      return .list(try items(until: .closeBracket))
    case .symbol(.openBrace):
      return try dictionary()
    default:
      throw unexpected()
    }
  }

  private func number(_ token: Token) throws(TemplateFault) -> Value {
    let digits = text(of: token).filter { $0 != "_" }
    if token.kind == .float {
      guard let value = Double(digits) else { throw fault("“\(digits)” is no number") }
      return .float(value)
    }
    let radix =
      switch digits.lowercased().prefix(2) {
      case "0b": 2
      case "0o": 8
      case "0x": 16
      default: 10
      }
    guard let value = Int(radix == 10 ? digits : String(digits.dropFirst(2)), radix: radix) else {
      throw TemplateFault(
        .unsupported, "the integer \(digits) is beyond 64 bits", line: token.line)
    }
    return .integer(value)
  }

  private mutating func items(until end: Token.Symbol) throws(TemplateFault) -> [Expression] {
    var items: [Expression] = []
    while current.kind != .symbol(end) {
      if !items.isEmpty { try expect(.comma) }
      if current.kind == .symbol(end) { break }
      items.append(try expression())
    }
    advance()
    return items
  }

  private mutating func dictionary() throws(TemplateFault) -> Expression {
    advance()
    var entries: [(key: Expression, value: Expression)] = []
    while current.kind != .symbol(.closeBrace) {
      if !entries.isEmpty { try expect(.comma) }
      if current.kind == .symbol(.closeBrace) { break }
      let key = try expression()
      try expect(.colon)
      entries.append((key, try expression()))
    }
    advance()
    return .dictionary(entries)
  }
}
