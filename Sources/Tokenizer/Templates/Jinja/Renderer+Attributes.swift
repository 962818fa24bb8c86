extension Renderer {
  /// `value.name`, or the item of that name, or undefined.
  func attribute(_ name: AttributeName, of value: Value) throws(TemplateFault) -> Value {
    switch value {
    case .undefined(let undefined): throw undefined.fault
    case .dictionary(let dictionary):
      if name.ofDictionary == nil, !isObjectAttribute(name) {
        if let found = dictionary.value(forBytes: name.text.bytes) { return found }
        return missing(name, value)
      }
    default: break
    }
    return try attributeOnly(name, of: value)
  }

  /// An attribute, never an item.
  func attributeOnly(_ name: AttributeName, of value: Value) throws(TemplateFault) -> Value {
    if isObjectAttribute(name) {
      return .undefined(
        UndefinedValue(
          "access to the attribute “\(name.name)” of “\(value.typeName)” is unsafe"))
    }
    switch value {
    case .undefined(let undefined): throw undefined.fault
    case .string:
      if name.ofString != nil { return .object(MethodValue(value, name.name)) }
    case .dictionary:
      if let method = name.ofDictionary {
        return method.changes ? unsafe(name, value) : .object(MethodValue(value, name.name))
      }
    case .list:
      if let method = name.ofList {
        return method.changes ? unsafe(name, value) : .object(MethodValue(value, name.name))
      }
    case .tuple(let list):
      if let place = list.names.firstIndex(where: { name.text.equals($0) }) {
        return list.items[place]
      }
      if name.ofList == .index || name.ofList == .count {
        return .object(MethodValue(value, name.name))
      }
    case .integer, .boolean, .float:
      if let found = try numberAttribute(name.name, of: value) { return found }
    case .object(let object):
      if let found = try attribute(name, of: object, value) { return found }
    case .none: break
    }
    return missing(name, value)
  }

  private func missing(_ name: AttributeName, _ value: Value) -> Value {
    let owner = value.isNone ? "None" : "\(value.typeName) object"
    return .undefined(UndefinedValue("“\(owner)” has no attribute “\(name.name)”"))
  }

  private func unsafe(_ name: AttributeName, _ value: Value) -> Value {
    .undefined(
      UndefinedValue("access to the attribute “\(name.name)” of “\(value.typeName)” is unsafe"))
  }

  /// Whether each Python object has an attribute of that name; the sandbox hides them.
  private func isObjectAttribute(_ name: AttributeName) -> Bool {
    guard name.isPrivate, name.name.hasPrefix("__"), name.name.hasSuffix("__") else { return false }
    return [
      "__class__", "__doc__", "__init__", "__new__", "__dir__", "__eq__", "__ne__", "__lt__",
      "__le__", "__gt__", "__ge__", "__hash__", "__repr__", "__str__", "__format__",
      "__getattribute__", "__setattr__", "__delattr__", "__reduce__", "__reduce_ex__",
      "__sizeof__", "__subclasshook__", "__init_subclass__", "__getstate__",
    ].contains(name.name)
  }

  private func numberAttribute(_ name: String, of value: Value) throws(TemplateFault) -> Value? {
    switch name {
    case "real", "numerator":
      if case .float = value { return name == "real" ? value : nil }
      return .integer(value.wholeNumber ?? 0)
    case "imag":
      if case .float = value { return .float(0) }
      return .integer(0)
    case "denominator":
      if case .float = value { return nil }
      return .integer(1)
    case "bit_length", "bit_count", "conjugate", "to_bytes", "from_bytes", "as_integer_ratio",
      "hex", "fromhex", "is_integer":
      throw .unsupported("the method “\(name)” of numbers is not known here")
    default: return nil
    }
  }

  private func attribute(
    _ name: AttributeName, of object: ObjectValue, _ value: Value
  ) throws(TemplateFault) -> Value? {
    switch object {
    case let namespace as NamespaceValue: return namespace[name.text.bytes]
    case let loop as LoopValue: return try attribute(name.name, of: loop, value)
    case let macro as MacroValue: return attribute(name.name, of: macro.definition)
    case let cycler as CyclerValue:
      switch name.name {
      case "current": return cycler.current
      case "items": return .tuple(cycler.items)
      case "pos": return .integer(cycler.position)
      case "next", "reset": return .object(MethodValue(value, name.name))
      default: return nil
      }
    case let joiner as JoinerValue:
      switch name.name {
      case "sep": return joiner.separator
      case "used": return .boolean(joiner.isUsed)
      default: return nil
      }
    case let range as RangeValue:
      switch name.name {
      case "start": return .integer(range.start)
      case "stop": return .integer(range.start &+ range.count &* range.step)
      case "step": return .integer(range.step)
      case "index", "count": return .object(MethodValue(value, name.name))
      default: return nil
      }
    default: return nil
    }
  }

  private func attribute(
    _ name: String, of loop: LoopValue, _ value: Value
  ) throws(TemplateFault) -> Value? {
    switch name {
    case "index0": .integer(loop.index0)
    case "index": .integer(loop.index0 + 1)
    case "length": .integer(try loop.count())
    case "revindex0": .integer(try loop.count() - loop.index0 - 1)
    case "revindex": .integer(try loop.count() - loop.index0)
    case "first": .boolean(loop.index0 == 0)
    case "last": .boolean(try loop.peek() == nil)
    case "depth0": .integer(loop.depth0)
    case "depth": .integer(loop.depth0 + 1)
    case "previtem":
      loop.index0 == 0
        ? .undefined(UndefinedValue("there is no previous item")) : loop.previous
    case "nextitem": try loop.peek() ?? .undefined(UndefinedValue("there is no next item"))
    case "cycle", "changed": .object(MethodValue(value, name))
    default: nil
    }
  }

  private func attribute(_ name: String, of macro: MacroDefinition) -> Value? {
    switch name {
    case "name": macro.name.map { .string($0) } ?? Value.none
    case "arguments":
      .tuple(ListValue(flat: macro.parameters.map { .string($0.name) }))
    case "catch_kwargs": .boolean(macro.namedSlot != nil)
    case "catch_varargs": .boolean(macro.positionalSlot != nil)
    case "caller": .boolean(macro.usesCaller)
    case "explicit_caller": .boolean(macro.parameters.contains { $0.name == "caller" })
    default: nil
    }
  }
}
