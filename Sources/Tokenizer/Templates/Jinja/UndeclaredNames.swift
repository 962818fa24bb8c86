/// Which of some special names statements read without setting them first.
///
/// As in jinja2 the search knows no scopes: a name that is set anywhere before is out.
struct UndeclaredNames {
  private var names: Set<String>
  private(set) var found: Set<String> = []

  init(_ names: Set<String>, in statements: [Statement]) {
    self.names = names
    visit(statements)
  }

  private mutating func read(_ name: String) {
    if names.contains(name) { found.insert(name) }
  }

  private mutating func visit(_ statements: [Statement]) {
    for statement in statements {
      // Once all that is left is found, nothing that follows counts.
      if found == names { return }
      visit(statement)
    }
  }

  private mutating func visit(_ statement: Statement) {
    switch statement {
    case .output(let outputs, _):
      for case .expression(let expression, _) in outputs { visit(expression) }
    case .loop(let loop):
      set(loop.target)
      visit(loop.iterable)
      visit(loop.body)
      visit(loop.otherwise)
      if let test = loop.test { visit(test) }
    case .branch(let branches, let otherwise, _):
      for branch in branches {
        visit(branch.test)
        visit(branch.body)
      }
      visit(otherwise)
    case .assign(let target, let expression, _):
      set(target)
      visit(expression)
    case .assignBlock(let block):
      set(block.target)
      for filter in block.filters { visit(filter.arguments) }
      visit(block.body)
    case .macro(let macro, _), .generation(let macro): visit(macro)
    case .callBlock(let macro, let call):
      visit(call)
      visit(macro)
    case .filterBlock(let block):
      visit(block.body)
      for filter in block.filters { visit(filter.arguments) }
    case .with(let block):
      for target in block.targets { set(target) }
      for value in block.values { visit(value) }
      visit(block.body)
    case .otherTemplate(_, _, let template, _): visit(template)
    case .block, .leaveLoop, .nextItem: break
    }
  }

  private mutating func visit(_ macro: MacroDefinition) {
    for parameter in macro.parameters { names.remove(parameter.name) }
    for value in macro.defaults { visit(value) }
    visit(macro.body)
  }

  private mutating func visit(_ expression: Expression) {
    var read: [String] = []
    forEachName(in: expression) { read.append($0.name) }
    for name in read { self.read(name) }
  }

  private mutating func visit(_ arguments: CallArguments) {
    var read: [String] = []
    forEachName(in: arguments) { read.append($0.name) }
    for name in read { self.read(name) }
  }

  private mutating func set(_ target: Target) {
    switch target {
    case .name(let reference): names.remove(reference.name)
    case .attribute: break
    case .tuple(let targets): for target in targets { set(target) }
    }
  }
}
