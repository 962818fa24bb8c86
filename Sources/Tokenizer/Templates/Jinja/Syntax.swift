/// An expression of a template.
///
/// Chains such as `a + b - c` and `a.b|c` are lists, so that their length costs no depth.
indirect enum Expression {
  case constant(Value)
  case name(NameReference)
  case list([Expression])
  case tuple([Expression])
  case dictionary([(key: Expression, value: Expression)])
  case conditional(test: Expression, then: Expression, otherwise: Expression?)
  case or([Expression])
  case and([Expression])
  case not(Expression)
  case negative(Expression)
  case positive(Expression)
  case comparison(Expression, [(operation: Comparison, operand: Expression)])
  case arithmetic(Expression, [(operation: ArithmeticOperator, operand: Expression)])
  case concatenation([Expression])
  case postfix(Expression, [Postfix])
}

/// The operators of comparisons.
enum Comparison {
  case equal
  case notEqual
  case less
  case lessOrEqual
  case greater
  case greaterOrEqual
  case contained
  case notContained
}

/// The operators of arithmetic.
enum ArithmeticOperator: String {
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case floorDivide = "//"
  case modulo = "%"
  case power = "**"
}

/// What follows a value.
enum Postfix {
  /// `.name`.
  case attribute(AttributeName)
  /// `[expression]`.
  case item(Expression)
  /// `[start:stop:step]`.
  case slice(Expression?, Expression?, Expression?)
  /// `(…)`.
  case call(CallArguments, line: Int)
  /// `|name(…)`.
  case filter(FilterCall)
  /// `is name(…)`.
  case test(FilterCall, isNegated: Bool)
}

/// The arguments of a call, as written.
struct CallArguments {
  var positional: [Expression] = []
  var named: [(name: Text, value: Expression)] = []
  /// `*expression`.
  var list: Expression?
  /// `**expression`.
  var dictionary: Expression?
}

/// A filter or a test with its arguments.
struct FilterCall {
  let name: String
  /// The filter of that name, if there is one.
  let filter: Filter?
  /// The test of that name, if there is one.
  let test: Test?
  var arguments: CallArguments
  let line: Int

  init(name: String, arguments: CallArguments, line: Int) {
    self.name = name
    filter = Filter(rawValue: name)
    test = Test(rawValue: name)
    self.arguments = arguments
    self.line = line
  }
}

/// The name of an attribute, with what it means for the types of Python.
final class AttributeName {
  let text: Text
  let name: String
  let isPrivate: Bool
  let ofString: StringMethod?
  let ofDictionary: DictionaryMethod?
  let ofList: ListMethod?

  init(_ text: Text) {
    self.text = text
    name = text.string
    isPrivate = name.utf8.first == UInt8(ascii: "_")
    ofString = StringMethod(rawValue: name)
    ofDictionary = DictionaryMethod(rawValue: name)
    ofList = ListMethod(rawValue: name)
  }
}

/// A name where it is used; the resolver says which variable it is.
final class NameReference {
  let name: String
  let line: Int
  /// How many activations outwards the variable lives.
  var hops = 0
  /// Its place there.
  var slot = 0

  init(_ name: String, line: Int) {
    self.name = name
    self.line = line
  }
}

/// What is assigned to.
indirect enum Target {
  case name(NameReference)
  /// `namespace.attribute`.
  case attribute(NameReference, Text)
  case tuple([Target])
}

/// A statement of a template.
indirect enum Statement {
  case output([Output], line: Int)
  case loop(ForLoop)
  case branch([(test: Expression, body: [Statement])], otherwise: [Statement], line: Int)
  case assign(Target, Expression, line: Int)
  case assignBlock(BlockAssignment)
  case macro(MacroDefinition, target: NameReference)
  case callBlock(MacroDefinition, call: Expression)
  case generation(MacroDefinition)
  case filterBlock(FilterBlock)
  case with(WithBlock)
  case block(TemplateBlock)
  case leaveLoop
  case nextItem
  /// `include`, `import` or `extends`, which need other templates.
  case otherTemplate(tag: String, names: [NameReference], Expression, line: Int)
}

/// A part of an output.
enum Output {
  case text(Text)
  case expression(Expression, line: Int)
}

/// A variable of a scope and its value when the scope is entered.
struct VariableLoad {
  enum Origin {
    /// Set by a loop or a call.
    case parameter
    /// Looked up in what the caller passed.
    case resolve(String)
    /// A copy of a variable further out.
    case copy(hops: Int, slot: Int)
    case unset
  }

  var slot: Int
  var origin: Origin
}

/// The variables of a scope, in the order in which they are first mentioned.
final class ScopeLayout {
  var loads: [VariableLoad] = []
}

/// A function of the template: the number of its variables.
final class FunctionLayout {
  var slotCount = 0
}

/// `{% for %}`.
final class ForLoop {
  let target: Target
  let iterable: Expression
  let test: Expression?
  let isRecursive: Bool
  let body: [Statement]
  let otherwise: [Statement]
  let line: Int
  /// The names within it that are assigned to, which may not be `loop`.
  let scope = ScopeLayout()
  let otherwiseScope = ScopeLayout()
  /// The target as the test sees it, in a function of its own.
  let testTarget: Target
  let testScope = ScopeLayout()
  let testFunction = FunctionLayout()
  /// The body as a function, where the loop is recursive.
  let function = FunctionLayout()
  /// Where `loop` is kept, nil where it is not used.
  var loopSlot: Int?

  init(
    target: Target, testTarget: Target, iterable: Expression, test: Expression?,
    isRecursive: Bool, body: [Statement], otherwise: [Statement], line: Int
  ) {
    self.target = target
    self.testTarget = testTarget
    self.iterable = iterable
    self.test = test
    self.isRecursive = isRecursive
    self.body = body
    self.otherwise = otherwise
    self.line = line
  }
}

/// `{% set %}…{% endset %}`.
final class BlockAssignment {
  let target: Target
  /// The filters after the name, applied to the text.
  let filters: [FilterCall]
  let body: [Statement]
  let line: Int
  let scope = ScopeLayout()

  init(target: Target, filters: [FilterCall], body: [Statement], line: Int) {
    self.target = target
    self.filters = filters
    self.body = body
    self.line = line
  }
}

/// `{% filter %}…{% endfilter %}`.
final class FilterBlock {
  let filters: [FilterCall]
  let body: [Statement]
  let line: Int
  let scope = ScopeLayout()

  init(filters: [FilterCall], body: [Statement], line: Int) {
    self.filters = filters
    self.body = body
    self.line = line
  }
}

/// `{% with %}…{% endwith %}`.
final class WithBlock {
  let targets: [Target]
  let values: [Expression]
  let body: [Statement]
  let line: Int
  let scope = ScopeLayout()

  init(targets: [Target], values: [Expression], body: [Statement], line: Int) {
    self.targets = targets
    self.values = values
    self.body = body
    self.line = line
  }
}

/// `{% block %}…{% endblock %}`, which stands for its body where no template inherits.
final class TemplateBlock {
  let name: String
  let isScoped: Bool
  let body: [Statement]
  let line: Int
  let scope = ScopeLayout()
  let function = FunctionLayout()
  /// Where a scoped block finds the variables around it.
  var around: [(name: String, hops: Int, slot: Int)] = []

  init(name: String, isScoped: Bool, body: [Statement], line: Int) {
    self.name = name
    self.isScoped = isScoped
    self.body = body
    self.line = line
  }
}

/// `{% macro %}…{% endmacro %}`, or the body of a call block.
final class MacroDefinition {
  /// nil for a call block.
  let name: String?
  let parameters: [NameReference]
  /// The values of the last parameters where none are given.
  let defaults: [Expression]
  let body: [Statement]
  let line: Int
  let scope = ScopeLayout()
  let function = FunctionLayout()
  /// Where `caller`, `kwargs` and `varargs` are kept, nil where the body does not use them.
  var callerSlot: Int?
  var namedSlot: Int?
  var positionalSlot: Int?
  /// Whether the body uses `caller`.
  var usesCaller = false

  init(
    name: String?, parameters: [NameReference], defaults: [Expression], body: [Statement],
    line: Int
  ) {
    self.name = name
    self.parameters = parameters
    self.defaults = defaults
    self.body = body
    self.line = line
  }
}

/// A template, parsed and resolved.
///
/// Nothing in it changes once it is made, though its classes have variables for the resolver.
struct Program: @unchecked Sendable {
  let body: [Statement]
  let scope: ScopeLayout
  let function: FunctionLayout
  /// Whether there are `generation` blocks.
  let hasGenerationBlocks: Bool
  /// The source with line ends as line feeds.
  let source: [UInt8]
}
