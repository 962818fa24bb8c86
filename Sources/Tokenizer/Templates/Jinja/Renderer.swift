/// Runs a template once.
final class Renderer {
  let program: Program
  let limits: TemplateLimits
  /// What the caller passed, by name.
  let variables: [String: Value]
  /// The time that `strftime_now` shows.
  let now: TemplateDate

  /// What is being put together: the whole text, or that of a macro or a block.
  var output = TextBuilder()
  /// How many texts are being put together inside one another.
  var outputDepth = 0
  /// How many characters of the whole text there were when the innermost one was begun.
  var outermostCount = 0
  /// The stretches of `generation` blocks, in characters, as transformers counts them.
  var generations: [Range<Int>] = []
  /// The message that is being rendered, −1 for none.
  var message: Int32 = -1
  /// The line of the statement that runs.
  var line = 0
  /// The numbers of messages by their place in the table of paths.
  let messageNumbers: [Int: Int32]

  private var steps = 0
  private var depth = 0
  private var namespaces: [NamespaceValue] = []
  private var activations: [Activation] = []
  /// The variables at the top that a block sees.
  var blockVariables: [String: Value]?

  init(
    _ program: Program, limits: TemplateLimits, variables: [String: Value],
    messageNumbers: [Int: Int32], now: TemplateDate
  ) {
    self.program = program
    self.limits = limits
    self.variables = variables
    self.messageNumbers = messageNumbers
    self.now = now
  }

  /// Renders the template; faults know their line.
  func run() throws(TemplateFault) {
    defer { release() }
    do {
      let activation = activation(program.function.slotCount, parent: nil)
      enter(program.scope, activation)
      _ = try execute(program.body, activation)
    } catch {
      if error.line > 0 { throw error }
      throw TemplateFault(error.kind, error.message, line: line)
    }
  }

  // MARK: Limits

  /// Counts work: a step for what takes a moment, one more for each 32 bytes that are handled.
  func spend(bytes: Int = 0) throws(TemplateFault) {
    steps &+= 1 &+ bytes / 32
    if steps > limits.steps {
      throw TemplateFault(.limit, "rendering takes more than \(limits.steps) steps")
    }
  }

  /// Counts work on many items.
  func spend(items: Int) throws(TemplateFault) {
    steps &+= items
    if steps > limits.steps {
      throw TemplateFault(.limit, "rendering takes more than \(limits.steps) steps")
    }
  }

  /// Refuses a string before it is made if it is longer than a text may be.
  func allow(bytes: Int) throws(TemplateFault) {
    guard bytes <= limits.outputBytes else {
      throw TemplateFault(.limit, "a text has more than \(limits.outputBytes) bytes")
    }
    try spend(bytes: bytes)
  }

  /// Refuses to make a string longer if it then is longer than a text may be.
  func allow(_ builder: TextBuilder, toGrowBy bytes: Int) throws(TemplateFault) {
    guard builder.bytes.count + bytes <= limits.outputBytes else {
      throw TemplateFault(.limit, "a text has more than \(limits.outputBytes) bytes")
    }
    try spend(bytes: bytes)
  }

  /// Goes one level deeper into what is nested.
  func descend() throws(TemplateFault) {
    depth += 1
    if depth > limits.depth {
      throw TemplateFault(.limit, "rendering is nested deeper than \(limits.depth) levels")
    }
    guard stackHasRoom else {
      throw TemplateFault(.limit, "rendering is nested deeper than the thread's stack allows")
    }
  }

  func ascend() { depth -= 1 }

  // MARK: Memory

  /// New variables for a function of the template.
  func activation(_ count: Int, parent: Activation?) -> Activation {
    Activation(count: count, parent: parent)
  }

  /// Notes variables that a macro or a loop among them may refer to, which would keep each other alive.
  func keep(_ activation: Activation) {
    var next: Activation? = activation
    while let activation = next, !activation.isKept {
      activation.isKept = true
      activations.append(activation)
      next = activation.parent
    }
  }

  func makeNamespace() -> NamespaceValue {
    let namespace = NamespaceValue()
    namespaces.append(namespace)
    return namespace
  }

  /// Frees what refers to itself, one after another and without recursion.
  private func release() {
    for namespace in namespaces { namespace.clear() }
    for activation in activations { activation.slots = [] }
    namespaces = []
    activations = []
  }

  // MARK: Variables

  /// Sets the variables of a scope that is entered.
  func enter(_ scope: ScopeLayout, _ activation: Activation) {
    for load in scope.loads {
      switch load.origin {
      case .parameter: break
      case .resolve(let name): activation.slots[load.slot] = lookUp(name)
      case .copy(let hops, let slot):
        activation.slots[load.slot] = self.activation(activation, outwards: hops).slots[slot]
      case .unset: activation.slots[load.slot] = nil
      }
    }
  }

  /// Forgets the variables of a scope that is left.
  func leave(_ scope: ScopeLayout, _ activation: Activation) {
    for load in scope.loads { activation.slots[load.slot] = nil }
  }

  func activation(_ activation: Activation, outwards hops: Int) -> Activation {
    var activation = activation
    for _ in 0..<hops { if let parent = activation.parent { activation = parent } }
    return activation
  }

  /// A variable that the caller passed or the environment has.
  private func lookUp(_ name: String) -> Value? {
    if name == "self" { return .object(SelfValue()) }
    if let value = blockVariables?[name] { return value }
    if let value = variables[name] { return value }
    return FunctionValue.Function(rawValue: name).map { .object(FunctionValue($0)) }
  }

  func value(of reference: NameReference, _ activation: Activation) -> Value {
    self.activation(activation, outwards: reference.hops).slots[reference.slot]
      ?? .undefined(UndefinedValue(name: reference.name))
  }

  func assign(
    _ value: Value, to target: Target, _ activation: Activation
  ) throws(TemplateFault) {
    switch target {
    case .name(let reference):
      self.activation(activation, outwards: reference.hops).slots[reference.slot] = value
    case .attribute(let reference, let name):
      guard case .object(let object) = self.value(of: reference, activation),
        let namespace = object as? NamespaceValue
      else { throw .failed("cannot assign attribute on non-namespace object") }
      guard name.bytes.first != UInt8(ascii: "_") else {
        throw .failed("the attribute “\(name.string)” of a namespace begins with an underscore")
      }
      namespace.set(name, value)
    case .tuple(let targets):
      let items = try unpack(value, count: targets.count)
      for (target, item) in zip(targets, items) { try assign(item, to: target, activation) }
    }
  }

  private func unpack(_ value: Value, count: Int) throws(TemplateFault) -> [Value] {
    var items: [Value] = []
    let next = try iterate(value, unpacking: true)
    while items.count <= count, let item = try next() { items.append(item) }
    guard items.count == count else {
      throw .failed(
        items.count > count
          ? "too many values to unpack (expected \(count))"
          : "not enough values to unpack (expected \(count), got \(items.count))")
    }
    return items
  }
}
