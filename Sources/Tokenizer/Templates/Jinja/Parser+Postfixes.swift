extension Parser {
  /// Attributes, items and calls.
  mutating func postfixes(_ steps: inout [Postfix]) throws(TemplateFault) {
    while true {
      let token = current
      switch token.kind {
      case .symbol(.dot):
        advance()
        let name = current
        advance()
        if name.kind == .name {
          steps.append(.attribute(AttributeName(Text(text(of: name)))))
        } else if name.kind == .integer {
          let digits = text(of: name).filter { $0 != "_" }
          guard let value = Int(digits) else { throw fault("expected a name after the dot") }
          steps.append(.item(.constant(.integer(value))))
        } else {
          throw TemplateFault(.syntax, "expected a name after the dot", line: name.line)
        }
      case .symbol(.openBracket):
        advance()
        steps.append(try subscripted())
      case .symbol(.openParenthesis):
        steps.append(.call(try arguments(), line: token.line))
      default: return
      }
    }
  }

  private mutating func subscripted() throws(TemplateFault) -> Postfix {
    var items: [Expression] = []
    var slice: Postfix?
    var count = 0
    while current.kind != .symbol(.closeBracket) {
      if count > 0 { try expect(.comma) }
      count += 1
      var start: Expression?
      if current.kind != .symbol(.colon) {
        let value = try expression()
        if current.kind != .symbol(.colon) {
          items.append(value)
          continue
        }
        start = value
      }
      advance()
      var stop: Expression?
      var step: Expression?
      if !isSliceEnd, current.kind != .symbol(.colon) { stop = try expression() }
      if skip(.colon), !isSliceEnd { step = try expression() }
      slice = .slice(start, stop, step)
    }
    advance()
    if let slice {
      guard count == 1 else { throw fault("a slice cannot stand beside another subscript") }
      return slice
    }
    return .item(items.count == 1 ? items[0] : .tuple(items))
  }

  private var isSliceEnd: Bool {
    current.kind == .symbol(.closeBracket) || current.kind == .symbol(.comma)
  }

  /// Filters, tests and calls of what they give.
  mutating func filters(_ steps: inout [Postfix]) throws(TemplateFault) {
    while true {
      let token = current
      if skip(.pipe) {
        steps.append(.filter(try filterName()))
      } else if isName("is") {
        advance()
        steps.append(try test())
      } else if token.kind == .symbol(.openParenthesis) {
        steps.append(.call(try arguments(), line: token.line))
      } else {
        return
      }
    }
  }

  /// The name of a filter and its arguments.
  mutating func filterName() throws(TemplateFault) -> FilterCall {
    let line = current.line
    let name = try dottedName()
    let arguments =
      current.kind == .symbol(.openParenthesis) ? try arguments() : CallArguments()
    return FilterCall(name: name, arguments: arguments, line: line)
  }

  /// A filter and perhaps more, each after a bar.
  mutating func filterNames() throws(TemplateFault) -> [FilterCall] {
    var filters = [try filterName()]
    while skip(.pipe) { filters.append(try filterName()) }
    return filters
  }

  private mutating func dottedName() throws(TemplateFault) -> String {
    var name = text(of: try anyName())
    while skip(.dot) { name += "." + text(of: try anyName()) }
    return name
  }

  private mutating func test() throws(TemplateFault) -> Postfix {
    let line = current.line
    let isNegated = skip(name: "not")
    var call = FilterCall(name: try dottedName(), arguments: CallArguments(), line: line)
    switch current.kind {
    case .symbol(.openParenthesis):
      call.arguments = try arguments()
    case .name where isName("else") || isName("or") || isName("and"): break
    case .name where isName("is"): throw fault("tests cannot be chained with “is”")
    case .name, .string, .integer, .float, .symbol(.openBracket), .symbol(.openBrace):
      let value = try primary()
      var steps: [Postfix] = []
      try postfixes(&steps)
      call.arguments.positional = [steps.isEmpty ? value : .postfix(value, steps)]
    default: break
    }
    return .test(call, isNegated: isNegated)
  }

  /// The arguments of a call, with the parentheses around them.
  mutating func arguments() throws(TemplateFault) -> CallArguments {
    var result = CallArguments()
    var names: Set<String> = []
    var isFirst = true
    try expect(.openParenthesis)
    while current.kind != .symbol(.closeParenthesis) {
      if !isFirst {
        try expect(.comma)
        if current.kind == .symbol(.closeParenthesis) { break }
      }
      isFirst = false
      if skip(.multiply) {
        guard result.list == nil, result.dictionary == nil else { throw misplaced }
        result.list = try expression()
      } else if skip(.power) {
        guard result.dictionary == nil else { throw misplaced }
        result.dictionary = try expression()
      } else if current.kind == .name, following.kind == .symbol(.assign) {
        guard result.dictionary == nil else { throw misplaced }
        let name = text(of: current)
        advance()
        advance()
        guard names.insert(name).inserted else {
          throw fault("the argument “\(name)” is given twice")
        }
        result.named.append((Text(name), try expression()))
      } else {
        guard result.list == nil, result.dictionary == nil, result.named.isEmpty else {
          throw misplaced
        }
        result.positional.append(try expression())
      }
    }
    advance()
    return result
  }

  private var misplaced: TemplateFault { fault("an argument stands where it may not") }
}
