extension Resolver {
  func resolve(_ reference: NameReference, _ scope: Scope) throws(TemplateFault) {
    guard let variable = scope.symbols.variable(of: reference.name),
      let place = scope.function.find(variable)
    else {
      throw TemplateFault(
        .syntax, "“\(reference.name)” cannot be seen where it is used", line: reference.line)
    }
    reference.hops = place.hops
    reference.slot = place.slot
  }

  func resolve(_ target: Target, _ scope: Scope) throws(TemplateFault) {
    switch target {
    case .name(let reference), .attribute(let reference, _): try resolve(reference, scope)
    case .tuple(let targets): for target in targets { try resolve(target, scope) }
    }
  }

  func resolve(_ expression: Expression, _ scope: Scope) throws(TemplateFault) {
    switch expression {
    case .constant: break
    case .name(let reference): try resolve(reference, scope)
    case .list(let items), .tuple(let items), .or(let items), .and(let items),
      .concatenation(let items):
      for item in items { try resolve(item, scope) }
    case .dictionary(let entries):
      for entry in entries {
        try resolve(entry.key, scope)
        try resolve(entry.value, scope)
      }
    case .conditional(let test, let then, let otherwise):
      let soft = scope.soft()
      try resolve(test, soft)
      try resolve(then, soft)
      if let otherwise { try resolve(otherwise, soft) }
    case .not(let operand), .negative(let operand), .positive(let operand):
      try resolve(operand, scope)
    case .comparison(let first, let rest):
      try resolve(first, scope)
      for part in rest { try resolve(part.operand, scope) }
    case .arithmetic(let first, let rest):
      try resolve(first, scope)
      for part in rest { try resolve(part.operand, scope) }
    case .postfix(let value, let steps):
      try resolve(value, scope)
      for step in steps { try resolve(step, scope) }
    }
  }

  private func resolve(_ step: Postfix, _ scope: Scope) throws(TemplateFault) {
    switch step {
    case .attribute: break
    case .item(let expression): try resolve(expression, scope)
    case .slice(let start, let stop, let step):
      for part in [start, stop, step] { if let part { try resolve(part, scope) } }
    case .call(let arguments, _): try resolve(arguments, scope)
    case .filter(let call): try resolve(call, isFilter: true, scope)
    case .test(let call, _): try resolve(call, isFilter: false, scope)
    }
  }

  func resolve(_ call: FilterCall, isFilter: Bool, _ scope: Scope) throws(TemplateFault) {
    let isKnown = isFilter ? Filter(rawValue: call.name) != nil : Test(rawValue: call.name) != nil
    guard isKnown || scope.isSoft else {
      throw TemplateFault(
        .syntax, "there is no \(isFilter ? "filter" : "test") “\(call.name)”", line: call.line)
    }
    try resolve(call.arguments, scope)
  }

  private func resolve(_ arguments: CallArguments, _ scope: Scope) throws(TemplateFault) {
    for argument in arguments.positional { try resolve(argument, scope) }
    for argument in arguments.named { try resolve(argument.value, scope) }
    if let list = arguments.list { try resolve(list, scope) }
    if let dictionary = arguments.dictionary { try resolve(dictionary, scope) }
  }

  /// Whether a statement within a loop assigns to `loop`.
  func assignsLoop(_ loop: ForLoop) -> Bool {
    setsLoop(loop.target) || assignsLoop(loop.body) || assignsLoop(loop.otherwise)
  }

  private func assignsLoop(_ statements: [Statement]) -> Bool {
    statements.contains { statement in
      switch statement {
      case .loop(let loop): assignsLoop(loop)
      case .branch(let branches, let otherwise, _):
        branches.contains { assignsLoop($0.body) } || assignsLoop(otherwise)
      case .assign(let target, _, _): setsLoop(target)
      case .assignBlock(let block): setsLoop(block.target) || assignsLoop(block.body)
      case .macro(let macro, _), .callBlock(let macro, _), .generation(let macro):
        assignsLoop(macro.body)
      case .filterBlock(let block): assignsLoop(block.body)
      case .with(let block): assignsLoop(block.body)
      case .block(let block): assignsLoop(block.body)
      case .output, .leaveLoop, .nextItem, .otherTemplate: false
      }
    }
  }

  private func setsLoop(_ target: Target) -> Bool {
    switch target {
    case .name(let reference): reference.name == "loop"
    case .attribute: false
    case .tuple(let targets): targets.contains { setsLoop($0) }
    }
  }
}
