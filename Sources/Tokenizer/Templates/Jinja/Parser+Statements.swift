extension Parser {
  mutating func loop() throws(TemplateFault) -> Statement {
    let line = current.line
    advance()
    let start = self
    let target = try target(allowsAttributes: false, ends: "in")
    // The test names the same variables in a function of its own.
    var again = start
    let testTarget = try again.target(allowsAttributes: false, ends: "in")
    try expect(name: "in")
    let iterable = try tuple(allowsConditional: false, ends: "recursive")
    let test = skip(name: "if") ? try expression() : nil
    let isRecursive = skip(name: "recursive")
    let body = try body(until: "endfor", "else")
    var otherwise: [Statement] = []
    if isName("else") {
      advance()
      otherwise = try self.body(until: "endfor")
    }
    advance()
    return .loop(
      ForLoop(
        target: target, testTarget: testTarget, iterable: iterable, test: test,
        isRecursive: isRecursive, body: body, otherwise: otherwise, line: line))
  }

  mutating func branch() throws(TemplateFault) -> Statement {
    let line = current.line
    var branches: [(test: Expression, body: [Statement])] = []
    while true {
      advance()
      let test = try tuple(allowsConditional: false)
      branches.append((test, try body(until: "elif", "else", "endif")))
      if isName("elif") { continue }
      var otherwise: [Statement] = []
      if isName("else") {
        advance()
        otherwise = try body(until: "endif")
      }
      advance()
      return .branch(branches, otherwise: otherwise, line: line)
    }
  }

  mutating func assignment() throws(TemplateFault) -> Statement {
    let line = current.line
    advance()
    let target = try target(allowsAttributes: true)
    if skip(.assign) { return .assign(target, try tuple(), line: line) }
    var filters: [FilterCall] = []
    while skip(.pipe) { filters.append(try filterName()) }
    let body = try body(until: "endset")
    advance()
    return .assignBlock(BlockAssignment(target: target, filters: filters, body: body, line: line))
  }

  mutating func with() throws(TemplateFault) -> Statement {
    let line = current.line
    advance()
    var targets: [Target] = []
    var values: [Expression] = []
    while current.kind != .blockEnd {
      if !targets.isEmpty { try expect(.comma) }
      targets.append(try target(allowsAttributes: false))
      try expect(.assign)
      values.append(try expression())
    }
    let body = try body(until: "endwith")
    advance()
    return .with(WithBlock(targets: targets, values: values, body: body, line: line))
  }

  mutating func macro() throws(TemplateFault) -> Statement {
    let line = current.line
    advance()
    let name = try assignableName()
    let (parameters, defaults) = try signature()
    let body = try body(until: "endmacro")
    advance()
    return .macro(
      MacroDefinition(
        name: name.name, parameters: parameters, defaults: defaults, body: body, line: line),
      target: name)
  }

  mutating func callBlock() throws(TemplateFault) -> Statement {
    let line = current.line
    advance()
    var parameters: [NameReference] = []
    var defaults: [Expression] = []
    if current.kind == .symbol(.openParenthesis) { (parameters, defaults) = try signature() }
    let call = try expression()
    guard case .postfix(_, let steps) = call, case .call? = steps.last else {
      throw TemplateFault(.syntax, "a call block must begin with a call", line: line)
    }
    let body = try body(until: "endcall")
    advance()
    return .callBlock(
      MacroDefinition(
        name: nil, parameters: parameters, defaults: defaults, body: body, line: line),
      call: call)
  }

  private mutating func signature() throws(TemplateFault) -> ([NameReference], [Expression]) {
    var parameters: [NameReference] = []
    var defaults: [Expression] = []
    var names: Set<String> = []
    try expect(.openParenthesis)
    while current.kind != .symbol(.closeParenthesis) {
      if !parameters.isEmpty { try expect(.comma) }
      let name = try assignableName()
      if skip(.assign) {
        defaults.append(try expression())
      } else if !defaults.isEmpty {
        throw fault("a parameter without default follows one with a default")
      }
      guard names.insert(name.name).inserted else {
        throw fault("the parameter “\(name.name)” is there twice")
      }
      parameters.append(name)
    }
    advance()
    return (parameters, defaults)
  }

  mutating func block() throws(TemplateFault) -> Statement {
    let line = current.line
    advance()
    let name = text(of: try anyName())
    let isScoped = skip(name: "scoped")
    let isRequired = skip(name: "required")
    let body = try body(until: "endblock")
    advance()
    if current.kind == .name, text(of: current) == name { advance() }
    if isRequired {
      throw TemplateFault(
        .unsupported, "the block “\(name)” is required, which needs another template", line: line)
    }
    return .block(TemplateBlock(name: name, isScoped: isScoped, body: body, line: line))
  }

  /// `include`, `import`, `from` and `extends`: parsed, so that one that is not reached does no harm.
  mutating func otherTemplate() throws(TemplateFault) -> Statement {
    let line = current.line
    let tag = text(of: current)
    advance()
    let template = try expression()
    var names: [NameReference] = []
    switch tag {
    case "include":
      if isName("ignore"), isName(following, "missing") {
        advance()
        advance()
      }
    case "import":
      try expect(name: "as")
      names.append(try assignableName())
    case "from":
      try expect(name: "import")
      repeat {
        if isName("with") || isName("without"), isName(following, "context") { break }
        let name = try assignableName()
        names.append(skip(name: "as") ? try assignableName() : name)
      } while skip(.comma)
    default: break
    }
    if tag != "extends", isName("with") || isName("without"), isName(following, "context") {
      advance()
      advance()
    }
    return .otherTemplate(tag: tag, names: names, template, line: line)
  }

  // MARK: Targets

  /// A name that may be assigned to.
  mutating func assignableName() throws(TemplateFault) -> NameReference {
    let token = try anyName()
    let name = text(of: token)
    guard !["true", "false", "none", "True", "False", "None"].contains(name) else {
      throw TemplateFault(.syntax, "cannot assign to “\(name)”", line: token.line)
    }
    return NameReference(name, line: token.line)
  }

  /// What is assigned to: names, perhaps in tuples, perhaps attributes of namespaces.
  mutating func target(
    allowsAttributes: Bool, ends: StaticString? = nil
  ) throws(TemplateFault) -> Target {
    var items: [Target] = []
    var isTuple = false
    while true {
      if isTupleEnd(ends) { break }
      items.append(try targetItem(allowsAttributes))
      guard skip(.comma) else { break }
      isTuple = true
    }
    if isTuple { return .tuple(items) }
    guard let only = items.first else { throw expected("a name to assign to") }
    return only
  }

  private mutating func targetItem(_ allowsAttributes: Bool) throws(TemplateFault) -> Target {
    if skip(.openParenthesis) {
      try nest()
      defer { unnest() }
      // Within parentheses attributes are no targets any more.
      var items: [Target] = []
      var isTuple = false
      while current.kind != .symbol(.closeParenthesis) {
        items.append(try targetItem(false))
        guard skip(.comma) else { break }
        isTuple = true
      }
      try expect(.closeParenthesis)
      if !isTuple, let only = items.first { return only }
      return .tuple(items)
    }
    let name = try assignableName()
    guard allowsAttributes, skip(.dot) else { return .name(name) }
    let attribute = text(of: try anyName())
    return .attribute(name, Text(attribute))
  }

  func isTupleEnd(_ ends: StaticString?) -> Bool {
    switch current.kind {
    case .variableEnd, .blockEnd, .symbol(.closeParenthesis): true
    default: ends.map { isName($0) } ?? false
    }
  }
}
