extension Symbols {
  /// Notes the names of statements, but not those inside of them that have a scope of their own.
  func visit(_ statements: [Statement]) {
    for statement in statements { visit(statement) }
  }

  private func visit(_ statement: Statement) {
    switch statement {
    case .output(let outputs, _):
      for case .expression(let expression, _) in outputs { visit(expression) }
    case .loop(let loop): visit(loop.iterable)
    case .branch(let branches, let otherwise, _): visit(branches, otherwise)
    case .assign(let target, let expression, _):
      visit(expression)
      visit(target)
    case .assignBlock(let block): visit(block.target)
    case .macro(let macro, _): if let name = macro.name { store(name) }
    case .callBlock(_, let call): visit(call)
    case .filterBlock(let block): for filter in block.filters { visit(filter.arguments) }
    case .with(let block): for value in block.values { visit(value) }
    case .otherTemplate(_, let names, let template, _):
      visit(template)
      for name in names { store(name.name) }
    case .generation, .block, .leaveLoop, .nextItem: break
    }
  }

  private func visit(
    _ branches: [(test: Expression, body: [Statement])], _ otherwise: [Statement]
  ) {
    guard let first = branches.first else { return }
    visit(first.test)
    let body = copy()
    body.visit(first.body)
    let others = copy()
    for branch in branches.dropFirst() { others.visit([branch], []) }
    let rest = copy()
    rest.visit(otherwise)
    merge([body, others, rest])
  }

  func visit(_ target: Target, asParameter: Bool = false) {
    switch target {
    case .name(let reference):
      if asParameter { declareParameter(reference.name) } else { store(reference.name) }
    case .attribute(let reference, _): load(reference.name)
    case .tuple(let targets): for target in targets { visit(target, asParameter: asParameter) }
    }
  }

  func visit(_ expression: Expression) {
    forEachName(in: expression) { load($0.name) }
  }

  func visit(_ arguments: CallArguments) {
    forEachName(in: arguments) { load($0.name) }
  }
}

/// Calls `body` with each name that an expression reads, in order.
func forEachName(in expression: Expression, _ body: (NameReference) -> Void) {
  switch expression {
  case .constant: break
  case .name(let reference): body(reference)
  case .list(let items), .tuple(let items), .or(let items), .and(let items),
    .concatenation(let items):
    for item in items { forEachName(in: item, body) }
  case .dictionary(let entries):
    for entry in entries {
      forEachName(in: entry.key, body)
      forEachName(in: entry.value, body)
    }
  case .conditional(let test, let then, let otherwise):
    forEachName(in: test, body)
    forEachName(in: then, body)
    if let otherwise { forEachName(in: otherwise, body) }
  case .not(let operand), .negative(let operand), .positive(let operand):
    forEachName(in: operand, body)
  case .comparison(let first, let rest):
    forEachName(in: first, body)
    for part in rest { forEachName(in: part.operand, body) }
  case .arithmetic(let first, let rest):
    forEachName(in: first, body)
    for part in rest { forEachName(in: part.operand, body) }
  case .postfix(let value, let steps):
    forEachName(in: value, body)
    for step in steps { forEachName(in: step, body) }
  }
}

private func forEachName(in step: Postfix, _ body: (NameReference) -> Void) {
  switch step {
  case .attribute: break
  case .item(let expression): forEachName(in: expression, body)
  case .slice(let start, let stop, let step):
    for part in [start, stop, step] { if let part { forEachName(in: part, body) } }
  case .call(let arguments, _): forEachName(in: arguments, body)
  case .filter(let call), .test(let call, _): forEachName(in: call.arguments, body)
  }
}

func forEachName(in arguments: CallArguments, _ body: (NameReference) -> Void) {
  for argument in arguments.positional { forEachName(in: argument, body) }
  for argument in arguments.named { forEachName(in: argument.value, body) }
  if let list = arguments.list { forEachName(in: list, body) }
  if let dictionary = arguments.dictionary { forEachName(in: dictionary, body) }
}
