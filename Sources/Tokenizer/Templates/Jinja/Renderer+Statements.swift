extension Renderer {
  /// How a statement ends.
  enum Completion {
    case normal
    case leaveLoop
    case nextItem
  }

  func execute(
    _ statements: [Statement], _ activation: Activation
  ) throws(TemplateFault) -> Completion {
    for statement in statements {
      let completion = try execute(statement, activation)
      if completion != .normal { return completion }
    }
    return .normal
  }

  private func execute(
    _ statement: Statement, _ activation: Activation
  ) throws(TemplateFault) -> Completion {
    try spend()
    switch statement {
    case .output(let outputs, let line):
      self.line = line
      for output in outputs {
        switch output {
        case .text(let text): try put(text)
        case .expression(let expression, let line):
          self.line = line
          try put(try shown(try evaluate(expression, activation)))
        }
      }
    case .assign(let target, let expression, let line):
      self.line = line
      // jinja2 looks at the namespaces before it evaluates the value.
      try checkNamespaces(target, activation)
      try assign(try evaluate(expression, activation), to: target, activation)
    case .branch(let branches, let otherwise, let line):
      self.line = line
      for branch in branches where try isTrue(branch.test, activation) {
        return try nested(branch.body, activation)
      }
      return try nested(otherwise, activation)
    case .loop(let loop): return try execute(loop, activation)
    case .assignBlock(let block): return try execute(block, activation)
    case .macro(let macro, let target):
      keep(activation)
      try assign(.object(MacroValue(macro, activation)), to: .name(target), activation)
    case .callBlock(let macro, let call):
      line = macro.line
      keep(activation)
      let caller = Value.object(MacroValue(macro, activation))
      try put(try shown(try evaluate(call, activation, caller: caller)))
    case .generation(let macro): try generate(macro, activation)
    case .filterBlock(let block):
      line = block.line
      enter(block.scope, activation)
      var completion = Completion.normal
      let text = try collect { () throws(TemplateFault) in
        completion = try nested(block.body, activation)
      }
      if completion != .normal { return completion }
      try put(try shown(try apply(block.filters, to: text, activation)))
      leave(block.scope, activation)
    case .with(let block):
      line = block.line
      enter(block.scope, activation)
      for (target, value) in zip(block.targets, block.values) {
        try assign(try evaluate(value, activation), to: target, activation)
      }
      let completion = try nested(block.body, activation)
      leave(block.scope, activation)
      return completion
    case .block(let block): try execute(block, activation)
    case .leaveLoop: return .leaveLoop
    case .nextItem: return .nextItem
    case .otherTemplate(let tag, _, let expression, let line):
      self.line = line
      _ = try evaluate(expression, activation)
      throw .unsupported("“\(tag)” needs another template, and a chat template stands alone")
    }
    return .normal
  }

  /// Runs the body of a statement, one level deeper.
  func nested(
    _ statements: [Statement], _ activation: Activation
  ) throws(TemplateFault) -> Completion {
    if statements.isEmpty { return .normal }
    try descend()
    defer { ascend() }
    return try execute(statements, activation)
  }

  func isTrue(_ expression: Expression, _ activation: Activation) throws(TemplateFault) -> Bool {
    try evaluate(expression, activation).isTrue
  }

  /// Puts a text out, as part of the message that is being rendered.
  func put(_ text: Text) throws(TemplateFault) {
    guard output.bytes.count + text.bytes.count <= limits.outputBytes else {
      throw TemplateFault(.limit, "the text has more than \(limits.outputBytes) bytes")
    }
    try spend(bytes: text.bytes.count)
    output.append(text, turn: message)
  }

  /// What `body` puts out.
  func collect(_ body: () throws(TemplateFault) -> Void) throws(TemplateFault) -> Text {
    if outputDepth == 0 { outermostCount = output.count }
    outputDepth += 1
    var outer = TextBuilder()
    swap(&outer, &output)
    defer {
      swap(&outer, &output)
      outputDepth -= 1
    }
    try body()
    return output.text()
  }

  private func checkNamespaces(
    _ target: Target, _ activation: Activation
  ) throws(TemplateFault) {
    switch target {
    case .name: break
    case .attribute(let reference, _):
      guard case .object(let object) = value(of: reference, activation), object is NamespaceValue
      else { throw .failed("cannot assign attribute on non-namespace object") }
    case .tuple(let targets): for target in targets { try checkNamespaces(target, activation) }
    }
  }

  private func execute(
    _ block: BlockAssignment, _ activation: Activation
  ) throws(TemplateFault) -> Completion {
    line = block.line
    enter(block.scope, activation)
    var completion = Completion.normal
    let text = try collect { () throws(TemplateFault) in
      completion = try nested(block.body, activation)
    }
    if completion != .normal { return completion }
    try assign(try apply(block.filters, to: text, activation), to: block.target, activation)
    leave(block.scope, activation)
    return .normal
  }

  /// Applies the filters of a block to its text.
  func apply(
    _ filters: [FilterCall], to text: Text, _ activation: Activation
  ) throws(TemplateFault) -> Value {
    var value = Value.string(text)
    for call in filters { value = try filter(value, call, activation) }
    return value
  }

  private func generate(_ macro: MacroDefinition, _ activation: Activation) throws(TemplateFault) {
    line = macro.line
    keep(activation)
    let start = outputDepth == 0 ? output.count : outermostCount
    let text = try call(MacroValue(macro, activation), CallValues())
    // The body may not have put out anything into the whole text, which thus still ends there.
    generations.append(start..<start + text.count)
    try put(text)
  }

  private func execute(_ block: TemplateBlock, _ activation: Activation) throws(TemplateFault) {
    var around: [String: Value] = [:]
    for (name, hops, slot) in block.around {
      around[name] = self.activation(activation, outwards: hops).slots[slot]
    }
    let outer = blockVariables
    blockVariables = around
    defer { blockVariables = outer }
    let inside = self.activation(block.function.slotCount, parent: nil)
    enter(block.scope, inside)
    _ = try nested(block.body, inside)
  }
}
