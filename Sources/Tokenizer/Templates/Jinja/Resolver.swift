/// Says of each name in a template which variable it is, and finds what jinja2's compiler refuses.
struct Resolver {
  /// A function of the template: all of it, a macro, a loop's filter or body.
  final class Function {
    let layout: FunctionLayout
    let parent: Function?
    private var slots: [String: Int] = [:]

    init(_ layout: FunctionLayout, parent: Function?) {
      self.layout = layout
      self.parent = parent
    }

    /// The place of a variable of this function, which is made if need be.
    func declare(_ variable: String) -> Int {
      if let slot = slots[variable] { return slot }
      let slot = layout.slotCount
      layout.slotCount += 1
      slots[variable] = slot
      return slot
    }

    func find(_ variable: String) -> (hops: Int, slot: Int)? {
      if let slot = slots[variable] { return (0, slot) }
      guard let outer = parent?.find(variable) else { return nil }
      return (outer.hops + 1, outer.slot)
    }
  }

  /// A scope while it is resolved.
  struct Scope {
    var symbols: Symbols
    var function: Function
    /// Whether unknown filters are errors only once they are reached, as within `if`.
    var isSoft = false
    /// Whether `break` and `continue` have a loop to act on.
    var isInLoop = false

    func inner() -> Scope {
      Scope(
        symbols: Symbols(parent: symbols), function: function, isInLoop: isInLoop)
    }

    func inner(_ layout: FunctionLayout) -> Scope {
      Scope(
        symbols: Symbols(parent: symbols), function: Function(layout, parent: function))
    }

    func soft() -> Scope {
      var copy = self
      copy.isSoft = true
      return copy
    }
  }

  /// The outermost scope, whose variables blocks see.
  private var root: Scope

  /// Resolves a template.
  static func program(
    _ body: [Statement], source: [UInt8], hasGenerationBlocks: Bool
  ) throws(TemplateFault) -> Program {
    let layout = ScopeLayout()
    let function = FunctionLayout()
    let root = Scope(symbols: Symbols(parent: nil), function: Function(function, parent: nil))
    root.symbols.visit(body)
    let resolver = Resolver(root: root)
    try resolver.enter(root, layout)
    try resolver.resolve(body, root)
    return Program(
      body: body, scope: layout, function: function, hasGenerationBlocks: hasGenerationBlocks,
      source: source)
  }

  /// Gives a scope's variables their places.
  private func enter(_ scope: Scope, _ layout: ScopeLayout) throws(TemplateFault) {
    for load in scope.symbols.loads { _ = scope.function.declare(load.variable) }
    for load in scope.symbols.loads {
      let slot = scope.function.declare(load.variable)
      let origin: VariableLoad.Origin =
        switch load.origin {
        case .parameter: .parameter
        case .resolve(let name): .resolve(name)
        case .unset: .unset
        case .copy(let outer):
          scope.function.find(outer).map { .copy(hops: $0.hops, slot: $0.slot) } ?? .unset
        }
      layout.loads.append(VariableLoad(slot: slot, origin: origin))
    }
  }

  private func resolve(_ statements: [Statement], _ scope: Scope) throws(TemplateFault) {
    for statement in statements { try resolve(statement, scope) }
  }

  private func resolve(_ statement: Statement, _ scope: Scope) throws(TemplateFault) {
    switch statement {
    case .output(let outputs, _):
      for case .expression(let expression, _) in outputs { try resolve(expression, scope) }
    case .loop(let loop): try resolve(loop, scope)
    case .branch(let branches, let otherwise, _):
      let soft = scope.soft()
      for branch in branches {
        try resolve(branch.test, soft)
        try resolve(branch.body, soft)
      }
      try resolve(otherwise, soft)
    case .assign(let target, let expression, _):
      try resolve(target, scope)
      try resolve(expression, scope)
    case .assignBlock(let block):
      let inner = scope.inner()
      inner.symbols.visit(block.body)
      try enter(inner, block.scope)
      try resolve(block.body, inner)
      try resolve(block.target, scope)
      for filter in block.filters { try resolve(filter, isFilter: true, inner) }
    case .macro(let macro, let target):
      try resolve(macro, scope)
      try resolve(target, scope)
    case .callBlock(let macro, let call):
      try resolve(macro, scope)
      try resolve(call, scope)
    case .generation(let macro): try resolve(macro, scope)
    case .filterBlock(let block):
      let inner = scope.inner()
      inner.symbols.visit(block.body)
      for filter in block.filters { inner.symbols.visit(filter.arguments) }
      try enter(inner, block.scope)
      try resolve(block.body, inner)
      for filter in block.filters { try resolve(filter, isFilter: true, inner) }
    case .with(let block):
      let inner = scope.inner()
      for target in block.targets { inner.symbols.visit(target, asParameter: true) }
      inner.symbols.visit(block.body)
      try enter(inner, block.scope)
      for value in block.values { try resolve(value, scope) }
      for target in block.targets { try resolve(target, inner) }
      try resolve(block.body, inner)
    case .block(let block): try resolve(block, scope)
    case .leaveLoop, .nextItem:
      guard scope.isInLoop else {
        throw TemplateFault(.syntax, "“break” and “continue” must stand in a loop")
      }
    case .otherTemplate(_, let names, let template, _):
      try resolve(template, scope)
      for name in names { try resolve(name, scope) }
    }
  }

  private func resolve(_ loop: ForLoop, _ scope: Scope) throws(TemplateFault) {
    guard !assignsLoop(loop) else {
      throw TemplateFault(.syntax, "cannot assign to “loop” within a loop", line: loop.line)
    }
    var inner = loop.isRecursive ? scope.inner(loop.function) : scope.inner()
    let usesLoop =
      loop.isRecursive || !UndeclaredNames(["loop"], in: loop.body).found.isEmpty
    let loopVariable = usesLoop ? inner.symbols.declareParameter("loop") : nil
    inner.symbols.visit(loop.target, asParameter: true)
    inner.symbols.visit(loop.body)
    var otherwise = scope.inner()
    otherwise.function = inner.function
    otherwise.isInLoop = scope.isInLoop && !loop.isRecursive
    otherwise.symbols.visit(loop.otherwise)
    if let test = loop.test {
      let testing = scope.inner(loop.testFunction)
      testing.symbols.visit(loop.target, asParameter: true)
      testing.symbols.visit(test)
      try enter(testing, loop.testScope)
      var target = testing
      target.symbols = inner.symbols
      try resolve(loop.testTarget, target)
      try resolve(test, testing)
    }
    try resolve(loop.iterable, scope)
    try enter(inner, loop.scope)
    loop.loopSlot = loopVariable.map { inner.function.declare($0) }
    inner.isInLoop = true
    try resolve(loop.target, inner)
    try resolve(loop.body, inner)
    try enter(otherwise, loop.otherwiseScope)
    try resolve(loop.otherwise, otherwise)
  }

  private func resolve(_ macro: MacroDefinition, _ scope: Scope) throws(TemplateFault) {
    let inner = scope.inner(macro.function)
    for parameter in macro.parameters { inner.symbols.declareParameter(parameter.name) }
    for value in macro.defaults { inner.symbols.visit(value) }
    inner.symbols.visit(macro.body)
    let special = UndeclaredNames(["caller", "kwargs", "varargs"], in: macro.body).found
    let names = Set(macro.parameters.map(\.name))
    if special.contains("caller") {
      macro.usesCaller = true
      if let place = macro.parameters.firstIndex(where: { $0.name == "caller" }) {
        guard macro.parameters.count - place <= macro.defaults.count else {
          throw TemplateFault(
            .syntax, "the parameter “caller” must be left out or have a default", line: macro.line)
        }
      } else {
        let variable = inner.symbols.declareParameter("caller")
        macro.callerSlot = inner.function.declare(variable)
      }
    }
    if special.contains("kwargs"), !names.contains("kwargs") {
      macro.namedSlot = inner.function.declare(inner.symbols.declareParameter("kwargs"))
    }
    if special.contains("varargs"), !names.contains("varargs") {
      macro.positionalSlot = inner.function.declare(inner.symbols.declareParameter("varargs"))
    }
    try enter(inner, macro.scope)
    for parameter in macro.parameters { try resolve(parameter, inner) }
    for value in macro.defaults { try resolve(value, inner) }
    try resolve(macro.body, inner)
  }

  private func resolve(_ block: TemplateBlock, _ scope: Scope) throws(TemplateFault) {
    let symbols = Symbols(parent: nil)
    symbols.visit(block.body)
    let inner = Scope(symbols: symbols, function: Function(block.function, parent: nil))
    try enter(inner, block.scope)
    try resolve(block.body, inner)
    var around = block.isScoped ? scope.symbols : root.symbols
    while true {
      for name in around.stores.sorted() where !block.around.contains(where: { $0.name == name }) {
        if let variable = around.variable(of: name), let place = scope.function.find(variable) {
          block.around.append((name, place.hops, place.slot))
        }
      }
      guard let parent = around.parent else { return }
      around = parent
    }
  }
}
