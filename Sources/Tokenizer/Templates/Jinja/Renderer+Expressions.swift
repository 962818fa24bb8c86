extension Renderer {
  /// The value of an expression.
  ///
  /// - Parameter caller: what a call at the end of the expression gets as `caller`.
  func evaluate(
    _ expression: Expression, _ activation: Activation, caller: Value? = nil
  ) throws(TemplateFault) -> Value {
    switch expression {
    case .constant(let value): return value
    case .name(let reference): return value(of: reference, activation)
    default: break
    }
    try spend()
    try descend()
    defer { ascend() }
    switch expression {
    case .constant(let value): return value
    case .name(let reference): return value(of: reference, activation)
    case .list(let items): return try .list(try evaluate(items, activation))
    case .tuple(let items): return try .tuple(try evaluate(items, activation))
    case .dictionary(let entries): return try dictionary(entries, activation)
    case .conditional(let test, let then, let otherwise):
      if try isTrue(test, activation) { return try evaluate(then, activation) }
      if let otherwise { return try evaluate(otherwise, activation) }
      return .undefined(
        UndefinedValue("the inline if-expression is false and has no else"))
    case .or(let operands):
      for operand in operands.dropLast() {
        let value = try evaluate(operand, activation)
        if value.isTrue { return value }
      }
      return try evaluate(operands[operands.count - 1], activation)
    case .and(let operands):
      for operand in operands.dropLast() {
        let value = try evaluate(operand, activation)
        if !value.isTrue { return value }
      }
      return try evaluate(operands[operands.count - 1], activation)
    case .not(let operand): return .boolean(try !isTrue(operand, activation))
    case .negative(let operand): return try negated(try evaluate(operand, activation))
    case .positive(let operand): return try plain(try evaluate(operand, activation))
    case .comparison(let first, let rest): return try compare(first, rest, activation)
    case .arithmetic(let first, let rest):
      var value = try evaluate(first, activation)
      for part in rest {
        value = try calculate(value, part.operation, try evaluate(part.operand, activation))
      }
      return value
    case .concatenation(let operands):
      var builder = TextBuilder()
      for operand in operands {
        let text = try shown(try evaluate(operand, activation))
        try allow(builder, toGrowBy: text.bytes.count)
        builder.append(text)
      }
      return .string(builder.text())
    case .postfix(let value, let steps):
      return try evaluate(value, steps, activation, caller: caller)
    }
  }

  private func evaluate(
    _ items: [Expression], _ activation: Activation
  ) throws(TemplateFault) -> [Value] {
    var values: [Value] = []
    values.reserveCapacity(items.count)
    for item in items { values.append(try evaluate(item, activation)) }
    return values
  }

  private func dictionary(
    _ entries: [(key: Expression, value: Expression)], _ activation: Activation
  ) throws(TemplateFault) -> Value {
    var pairs: [(key: Value, value: Value)] = []
    for entry in entries {
      let key = try evaluate(entry.key, activation)
      pairs.append((key, try evaluate(entry.value, activation)))
    }
    return .dictionary(try DictionaryValue(pairs))
  }

  private func compare(
    _ first: Expression, _ rest: [(operation: Comparison, operand: Expression)],
    _ activation: Activation
  ) throws(TemplateFault) -> Value {
    var left = try evaluate(first, activation)
    for part in rest {
      let right = try evaluate(part.operand, activation)
      guard try compare(left, part.operation, right) else { return .boolean(false) }
      left = right
    }
    return .boolean(true)
  }

  private func evaluate(
    _ expression: Expression, _ steps: [Postfix], _ activation: Activation, caller: Value?
  ) throws(TemplateFault) -> Value {
    var value = try evaluate(expression, activation)
    for (index, step) in steps.enumerated() {
      try spend()
      switch step {
      case .attribute(let name): value = try attribute(name, of: value)
      case .item(let expression):
        value = try item(try evaluate(expression, activation), of: value)
      case .slice(let start, let stop, let step):
        let start = try start.map { e throws(TemplateFault) in try evaluate(e, activation) }
        let stop = try stop.map { e throws(TemplateFault) in try evaluate(e, activation) }
        let step = try step.map { e throws(TemplateFault) in try evaluate(e, activation) }
        value = try slice(value, start ?? .none, stop ?? .none, step ?? .none)
      case .call(let arguments, let line):
        var values = try evaluate(arguments, activation)
        if let caller, index == steps.count - 1 { values.named.append((Text("caller"), caller)) }
        self.line = line
        value = try call(value, values)
      case .filter(let call): value = try filter(value, call, activation)
      case .test(let call, let isNegated):
        let values = try evaluate(call.arguments, activation)
        line = call.line
        guard let test = call.test else {
          throw .failed("there is no test “\(call.name)”")
        }
        value = .boolean(try passes(value, test, values) != isNegated)
      }
    }
    return value
  }

  /// A value after a filter of the template.
  func filter(
    _ value: Value, _ call: FilterCall, _ activation: Activation
  ) throws(TemplateFault) -> Value {
    let values = try evaluate(call.arguments, activation)
    line = call.line
    guard let filter = call.filter else {
      throw .failed("there is no filter “\(call.name)”")
    }
    return try apply(filter, to: value, values)
  }

  private func evaluate(
    _ arguments: CallArguments, _ activation: Activation
  ) throws(TemplateFault) -> CallValues {
    var values = CallValues()
    values.positional = try evaluate(arguments.positional, activation)
    for argument in arguments.named {
      values.named.append((argument.name, try evaluate(argument.value, activation)))
    }
    if let list = arguments.list {
      let next = try iterate(try evaluate(list, activation))
      while let item = try next() {
        try spend()
        values.positional.append(item)
      }
    }
    if let dictionary = arguments.dictionary {
      guard case .dictionary(let entries) = try evaluate(dictionary, activation) else {
        throw .failed("the argument after ** must be a mapping")
      }
      for (key, value) in zip(entries.keys, entries.values) {
        guard let name = key.text else { throw .failed("keywords must be strings") }
        guard !values.named.contains(where: { $0.name.equals(name) }) else {
          throw .failed("got multiple values for keyword argument “\(name.string)”")
        }
        values.named.append((name, value))
      }
    }
    return values
  }
}
