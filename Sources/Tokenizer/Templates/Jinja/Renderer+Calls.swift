extension Renderer {
  /// Calls a value.
  func call(_ callee: Value, _ arguments: CallValues) throws(TemplateFault) -> Value {
    switch callee {
    case .undefined(let undefined): throw undefined.fault
    case .object(let object):
      switch object {
      case let method as MethodValue: return try call(method, arguments)
      case let macro as MacroValue: return .string(try call(macro, arguments))
      case let function as FunctionValue: return try call(function.function, arguments)
      case let loop as LoopValue:
        let values = try arguments.bound(to: ["iterable"], required: 1, "loop()")
        guard let recurse = loop.recurse else {
          throw .failed("the loop must be “recursive” to be called")
        }
        return try recurse(values[0] ?? .none, loop.depth0 + 1)
      case let joiner as JoinerValue:
        try arguments.expectNone("joiner")
        defer { joiner.isUsed = true }
        return joiner.isUsed ? joiner.separator : .string(.empty)
      default: break
      }
    default: break
    }
    throw .failed("“\(callee.typeName)” object is not callable")
  }

  private func call(_ method: MethodValue, _ arguments: CallValues) throws(TemplateFault) -> Value {
    switch method.receiver {
    case .string(let text):
      guard let name = StringMethod(rawValue: method.name) else { break }
      return try call(name, on: text, arguments)
    case .dictionary(let dictionary):
      guard let name = DictionaryMethod(rawValue: method.name) else { break }
      return try call(name, on: dictionary, arguments)
    case .list(let list), .tuple(let list):
      guard let name = ListMethod(rawValue: method.name) else { break }
      return try call(name, on: list, arguments, method.receiver)
    case .object(let object):
      switch object {
      case let loop as LoopValue: return try call(method.name, on: loop, arguments)
      case let cycler as CyclerValue:
        try arguments.expectNone(method.name)
        let current = cycler.current
        cycler.position =
          method.name == "reset" ? 0 : (cycler.position + 1) % cycler.items.items.count
        return method.name == "reset" ? .none : current
      case is RangeValue:
        guard let name = ListMethod(rawValue: method.name) else { break }
        return try call(
          name, on: try ListValue(try items(method.receiver)), arguments, method.receiver)
      default: break
      }
    default: break
    }
    throw .failed("“\(method.name)” cannot be called")
  }

  private func call(
    _ name: String, on loop: LoopValue, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    guard arguments.named.isEmpty else { throw .failed("loop.\(name) takes no named arguments") }
    let values = arguments.positional
    if name == "cycle" {
      guard !values.isEmpty else { throw .failed("no items for cycling given") }
      return values[max(0, loop.index0) % values.count]
    }
    if let last = loop.lastChanged,
      try areEqual(try .tuple(last), try .tuple(values))
    {
      return .boolean(false)
    }
    loop.lastChanged = values
    return .boolean(true)
  }

  /// Calls a macro: what it puts out.
  func call(_ macro: MacroValue, _ arguments: CallValues) throws(TemplateFault) -> Text {
    try descend()
    defer { ascend() }
    let definition = macro.definition
    let callLine = line
    let inside = activation(definition.function.slotCount, parent: macro.scope)
    var named = arguments.named
    var foundCaller = false
    for (place, parameter) in definition.parameters.enumerated() {
      if place < arguments.positional.count {
        inside.slots[parameter.slot] = arguments.positional[place]
      } else {
        if parameter.name == "caller" { foundCaller = true }
        if let given = named.firstIndex(where: { $0.name.string == parameter.name }) {
          inside.slots[parameter.slot] = named.remove(at: given).value
        }
      }
    }
    if arguments.positional.count >= definition.parameters.count {
      foundCaller = definition.parameters.contains { $0.name == "caller" }
    }
    if definition.usesCaller, !foundCaller {
      var caller = Value.undefined(UndefinedValue("No caller defined"))
      if let given = named.firstIndex(where: { $0.name.equals("caller") }) {
        let value = named.remove(at: given).value
        if !value.isNone { caller = value }
      }
      if let slot = definition.callerSlot { inside.slots[slot] = caller }
    }
    let name = definition.name ?? "caller"
    if let slot = definition.namedSlot {
      inside.slots[slot] = .dictionary(
        try DictionaryValue(named.map { (key: .string($0.name), value: $0.value) }))
    } else if let first = named.first {
      throw .failed(
        first.name.equals("caller")
          ? "the macro “\(name)” was called with a caller that it does not use"
          : "the macro “\(name)” takes no argument “\(first.name.string)”")
    }
    let extra = Array(arguments.positional.dropFirst(definition.parameters.count))
    if let slot = definition.positionalSlot {
      inside.slots[slot] = try .tuple(extra)
    } else if !extra.isEmpty {
      throw .failed(
        "the macro “\(name)” takes not more than \(definition.parameters.count) arguments")
    }
    let text = try collect { () throws(TemplateFault) in
      enter(definition.scope, inside)
      for (place, parameter) in definition.parameters.enumerated()
      where inside.slots[parameter.slot] == nil {
        let fromEnd = definition.parameters.count - place
        inside.slots[parameter.slot] =
          fromEnd <= definition.defaults.count
          ? try evaluate(definition.defaults[definition.defaults.count - fromEnd], inside)
          : .undefined(UndefinedValue("the parameter “\(parameter.name)” was not provided"))
      }
      _ = try execute(definition.body, inside)
    }
    line = callLine
    return text
  }

  // MARK: Functions

  private func call(
    _ function: FunctionValue.Function, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    switch function {
    case .range: return try range(arguments)
    case .dict: return .dictionary(try DictionaryValue(try entries(arguments)))
    case .namespace:
      let namespace = makeNamespace()
      for (key, value) in try entries(arguments) {
        guard let name = key.text else { continue }
        guard name.bytes.first != UInt8(ascii: "_") else {
          throw .failed("the attribute “\(name.string)” of a namespace begins with an underscore")
        }
        namespace.set(name, value)
      }
      return .object(namespace)
    case .cycler:
      guard arguments.named.isEmpty, !arguments.positional.isEmpty else {
        throw .failed("at least one item has to be provided")
      }
      return .object(CyclerValue(try ListValue(arguments.positional)))
    case .joiner:
      let values = try arguments.bound(to: ["sep"], "joiner")
      return .object(JoinerValue(values[0] ?? .string(", ")))
    case .lipsum: throw .unsupported("“lipsum” makes random text, which a chat has no use for")
    case .raiseException:
      let values = try arguments.bound(to: ["message"], required: 1, "raise_exception")
      throw TemplateFault(.raised, try shown(values[0] ?? .none).string)
    case .strftimeNow:
      let values = try arguments.bound(to: ["format"], required: 1, "strftime_now")
      guard case .string(let format)? = values[0] else {
        throw .failed("strftime_now needs a string")
      }
      try allow(bytes: format.bytes.count * 16)
      return .string(Text(now.formatted(format.bytes)))
    }
  }

  private func range(_ arguments: CallValues) throws(TemplateFault) -> Value {
    guard arguments.named.isEmpty, (1...3).contains(arguments.positional.count) else {
      throw .failed("range takes one to three numbers")
    }
    var numbers: [Int] = []
    for value in arguments.positional {
      if case .undefined = value {
        throw .failed("“Undefined” object cannot be interpreted as an integer")
      }
      guard let number = value.wholeNumber else {
        throw .failed("“\(value.typeName)” object cannot be interpreted as an integer")
      }
      numbers.append(number)
    }
    let start = numbers.count > 1 ? numbers[0] : 0
    let stop = numbers.count > 1 ? numbers[1] : numbers[0]
    let step = numbers.count > 2 ? numbers[2] : 1
    guard step != 0 else { throw .failed("range() arg 3 must not be zero") }
    let (distance, overflow) =
      step > 0
      ? stop.subtractingReportingOverflow(start) : start.subtractingReportingOverflow(stop)
    let isEmpty = step > 0 ? stop <= start : stop >= start
    let size = step == .min ? Int.max : abs(step)
    let count = isEmpty ? 0 : overflow ? Int.max : (distance - 1) / size + 1
    guard count <= 100_000 else {
      throw .failed("the range is too big: the sandbox allows 100000 items")
    }
    return .object(RangeValue(start: start, step: step, count: count))
  }

  /// The entries that `dict(…)` makes of its arguments.
  private func entries(
    _ arguments: CallValues
  ) throws(TemplateFault) -> [(key: Value, value: Value)] {
    var entries: [(key: Value, value: Value)] = []
    guard arguments.positional.count <= 1 else {
      throw .failed("dict takes at most one argument without a name")
    }
    if let first = arguments.positional.first {
      if case .dictionary(let dictionary) = first {
        for (key, value) in zip(dictionary.keys, dictionary.values) { entries.append((key, value)) }
      } else {
        for item in try items(first) {
          let pair = try items(item)
          guard pair.count == 2 else {
            throw .failed("dict needs pairs, not items of length \(pair.count)")
          }
          _ = try HashKey(pair[0])
          entries.append((pair[0], pair[1]))
        }
      }
    }
    for (name, value) in arguments.named { entries.append((.string(name), value)) }
    return entries
  }
}
