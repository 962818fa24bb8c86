extension Renderer {
  /// `map`, `select`, `reject` and their like, which work as they are asked for items.
  func applyLazily(
    _ filter: Filter, to value: Value, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    // jinja2 looks at the arguments only once there is something to work on.
    guard value.isTrue else { return try lazy([]) }
    var prepared: ((Value) throws(TemplateFault) -> Value?)?
    var next: (() throws(TemplateFault) -> Value?)?
    return .object(
      try IteratorValue(over: [value]) { [unowned self] () throws(TemplateFault) -> Value? in
        let work: (Value) throws(TemplateFault) -> Value?
        if let prepared {
          work = prepared
        } else {
          work =
            filter == .map
            ? try self.mapping(arguments) : try self.selection(filter, arguments)
          prepared = work
        }
        let advance: () throws(TemplateFault) -> Value?
        if let next {
          advance = next
        } else {
          advance = try self.iterate(value)
          next = advance
        }
        while let item = try advance() {
          try self.spend()
          if let result = try work(item) { return result }
        }
        return nil
      })
  }

  private func mapping(
    _ arguments: CallValues
  ) throws(TemplateFault) -> (Value) throws(TemplateFault) -> Value? {
    if arguments.positional.isEmpty,
      let path = arguments.named.first(where: { $0.name.equals("attribute") })?.value
    {
      let fallback = arguments.named.first { $0.name.equals("default") }?.value
      for (name, _) in arguments.named where !name.equals("attribute") && !name.equals("default") {
        throw .failed("Unexpected keyword argument “\(name.string)”")
      }
      let path = try AttributePath(path, fallback: fallback)
      return { [unowned self] item throws(TemplateFault) in try path.value(in: item, self) }
    }
    guard let first = arguments.positional.first else {
      throw .failed("map requires a filter argument")
    }
    _ = try HashKey(first)
    guard let name = first.text?.string, let filter = Filter(rawValue: name) else {
      return { _ throws(TemplateFault) in
        throw .failed("there is no filter “\(first.text?.string ?? first.typeName)”")
      }
    }
    var rest = arguments
    rest.positional.removeFirst()
    return { [unowned self, rest] item throws(TemplateFault) in
      try self.descend()
      defer { self.ascend() }
      return try self.apply(filter, to: item, rest)
    }
  }

  private func selection(
    _ filter: Filter, _ arguments: CallValues
  ) throws(TemplateFault) -> (Value) throws(TemplateFault) -> Value? {
    var rest = arguments
    var path: AttributePath?
    if filter == .selectattr || filter == .rejectattr {
      guard !rest.positional.isEmpty else {
        throw .failed("Missing parameter for attribute name")
      }
      path = try AttributePath(rest.positional.removeFirst())
    }
    let wanted = filter == .select || filter == .selectattr
    var test: Test?
    var unknown: String?
    if !rest.positional.isEmpty {
      let first = rest.positional.removeFirst()
      _ = try HashKey(first)
      test = first.text.flatMap { Test(rawValue: $0.string) }
      if test == nil { unknown = first.text?.string ?? first.typeName }
    } else {
      rest = CallValues()
    }
    return { [unowned self, rest, path, test, unknown] item throws(TemplateFault) in
      let value = try path?.value(in: item, self) ?? item
      if let unknown { throw .failed("there is no test “\(unknown)”") }
      let passes = if let test { try self.passes(value, test, rest) } else { value.isTrue }
      return passes == wanted ? item : nil
    }
  }
}
