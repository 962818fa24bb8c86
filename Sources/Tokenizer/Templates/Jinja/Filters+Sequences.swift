extension Renderer {
  /// Filters that take a sequence as a whole.
  func applySequence(
    _ filter: Filter, to value: Value, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    let name = filter.rawValue
    switch filter {
    case .join:
      let values = try arguments.bound(to: ["d", "attribute"], name)
      return .string(try joinedItems(value, try shown(values[0] ?? .string(.empty)), values[1]))
    case .first:
      try arguments.expectNone(name)
      let next = try iterate(value)
      return try next() ?? .undefined(UndefinedValue("there is no first item: it is empty"))
    case .last:
      try arguments.expectNone(name)
      let reversed = try reversedItems(value)
      return reversed.first ?? .undefined(UndefinedValue("there is no last item: it is empty"))
    case .list:
      try arguments.expectNone(name)
      return try .list(try items(value))
    case .reverse:
      try arguments.expectNone(name)
      if case .string(let text) = value {
        return .string(try shown(try slice(.string(text), .none, .none, .integer(-1))))
      }
      if case .object(let object) = value, object is IteratorValue {
        return try .list(try items(value).reversed())
      }
      return try lazy(try reversedItems(value), reverseIteratorName(value))
    case .batch:
      let values = try arguments.bound(to: ["linecount", "fill_with"], required: 1, name)
      return try batches(value, values[0] ?? .none, values[1] ?? .none)
    case .slice:
      let values = try arguments.bound(to: ["slices", "fill_with"], required: 1, name)
      return try slices(value, values[0] ?? .none, values[1] ?? .none)
    case .dictsort: return try sortedDictionary(value, arguments)
    case .sort: return try sortedItems(value, arguments)
    case .unique: return try uniqueItems(value, arguments)
    case .min, .max: return try extreme(value, arguments, isLargest: filter == .max)
    case .groupby: return try groups(value, arguments)
    default: return try sum(value, arguments)
    }
  }

  private func joinedItems(
    _ value: Value, _ separator: Text, _ attribute: Value?
  ) throws(TemplateFault) -> Text {
    let getter =
      try attribute.flatMap { $0.isNone ? nil : $0 }.map { path throws(TemplateFault) in
        try AttributePath(path)
      }
    let next = try iterate(value)
    var builder = TextBuilder()
    var isFirst = true
    while let item = try next() {
      try spend()
      if !isFirst { builder.append(separator) }
      isFirst = false
      builder.append(try shown(try getter?.value(in: item, self) ?? item))
      guard builder.bytes.count <= limits.outputBytes else {
        throw TemplateFault(.limit, "a text has more than \(limits.outputBytes) bytes")
      }
    }
    try spend(bytes: builder.bytes.count)
    return builder.text()
  }

  /// The items backwards, as Python's `reversed` gives them.
  private func reversedItems(_ value: Value) throws(TemplateFault) -> [Value] {
    switch value {
    case .string, .list, .tuple, .dictionary, .undefined: return try items(value).reversed()
    case .object(let object) where object is RangeValue || object is DictionaryView:
      return try items(value).reversed()
    default: throw .failed("“\(value.typeName)” object is not reversible")
    }
  }

  private func reverseIteratorName(_ value: Value) -> String {
    switch value {
    case .list: "list_reverseiterator"
    case .dictionary: "dict_reversekeyiterator"
    default: "reversed"
    }
  }

  private func batches(
    _ value: Value, _ size: Value, _ fill: Value
  ) throws(TemplateFault) -> Value {
    let items = try items(value)
    guard let size = size.number else { throw .failed("batch needs a number") }
    var batches: [Value] = []
    var current: [Value] = []
    for item in items {
      if Double(current.count) == size {
        batches.append(try .list(current))
        current = []
      }
      current.append(item)
    }
    if !current.isEmpty {
      if !fill.isNone, Double(current.count) < size {
        guard let whole = Int(exactly: size) else { throw .failed("batch needs an integer") }
        try spend(items: min(whole, limits.steps + 1))
        current += repeatElement(fill, count: whole - current.count)
      }
      batches.append(try .list(current))
    }
    return try lazy(batches)
  }

  private func slices(
    _ value: Value, _ count: Value, _ fill: Value
  ) throws(TemplateFault) -> Value {
    let items = try items(value)
    guard let count = count.wholeNumber else { throw .failed("slice needs an integer") }
    guard count != 0 else { throw .failed("integer division or modulo by zero") }
    var slices: [Value] = []
    if count > 0 {
      try spend(items: min(count, limits.steps + 1))
      let size = items.count / count
      let longer = items.count % count
      var start = 0
      for number in 0..<count {
        let end = start + size + (number < longer ? 1 : 0)
        var slice = Array(items[start..<end])
        if !fill.isNone, number >= longer { slice.append(fill) }
        slices.append(try .list(slice))
        start = end
      }
    }
    return try lazy(slices)
  }

  private func sortedDictionary(
    _ value: Value, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    let values = try arguments.bound(to: ["case_sensitive", "by", "reverse"], "dictsort")
    let by = values[1].flatMap { $0.text?.string } ?? (values[1] == nil ? "key" : "")
    guard by == "key" || by == "value" else {
      throw .failed("dictsort sorts by “key” or by “value”")
    }
    if case .undefined(let undefined) = value { throw undefined.fault }
    guard case .dictionary(let dictionary) = value else {
      throw .failed("“\(value.typeName)” object has no attribute “items”")
    }
    let ignoresCase = !(values[0]?.isTrue ?? false)
    var pairs: [(key: Value, value: Value)] = []
    for (place, pair) in try dictionary.pairs().enumerated() {
      let key = by == "key" ? dictionary.keys[place] : dictionary.values[place]
      pairs.append((ignoresCase ? try caseIgnored(key) : key, pair))
    }
    return try .list(try sorted(pairs, descending: values[2]?.isTrue ?? false))
  }

  private func sortedItems(
    _ value: Value, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    let values = try arguments.bound(to: ["reverse", "case_sensitive", "attribute"], "sort")
    let ignoresCase = !(values[1]?.isTrue ?? false)
    var paths: [AttributePath] = []
    if case .string(let names)? = values[2] {
      for name in names.parts(separator: [UInt8(ascii: ",")], limit: -1) {
        paths.append(try AttributePath(.string(name)))
      }
    } else {
      paths.append(try AttributePath(values[2] ?? .none))
    }
    var entries: [(key: Value, value: Value)] = []
    for item in try items(value) {
      var keys: [Value] = []
      for path in paths {
        let key = try path.value(in: item, self)
        keys.append(ignoresCase ? try caseIgnored(key) : key)
      }
      entries.append((try .list(keys), item))
    }
    return try .list(try sorted(entries, descending: values[0]?.isTrue ?? false))
  }

  private func uniqueItems(
    _ value: Value, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    let values = try arguments.bound(to: ["case_sensitive", "attribute"], "unique")
    let ignoresCase = !(values[0]?.isTrue ?? false)
    let path = try AttributePath(values[1] ?? .none)
    let next = try iterate(value)
    var seen: Set<HashKey> = []
    return .object(
      try IteratorValue(over: [value]) { [unowned self] () throws(TemplateFault) -> Value? in
        while let item = try next() {
          try self.spend()
          let key = try path.value(in: item, self)
          let compared = try HashKey(ignoresCase ? try self.caseIgnored(key) : key)
          if seen.insert(compared).inserted { return item }
        }
        return nil
      })
  }

  private func extreme(
    _ value: Value, _ arguments: CallValues, isLargest: Bool
  ) throws(TemplateFault) -> Value {
    let values = try arguments.bound(to: ["case_sensitive", "attribute"], "min and max")
    let ignoresCase = !(values[0]?.isTrue ?? false)
    let path = try AttributePath(values[1] ?? .none)
    let next = try iterate(value)
    var best: (key: Value, item: Value)?
    while let item = try next() {
      try spend()
      let found = try path.value(in: item, self)
      let key = ignoresCase ? try caseIgnored(found) : found
      guard let current = best else {
        best = (key, item)
        continue
      }
      let isBetter =
        isLargest ? try isLess(current.key, key, ">") : try isLess(key, current.key, "<")
      if isBetter { best = (key, item) }
    }
    return best?.item ?? .undefined(UndefinedValue("no aggregated item: the sequence is empty"))
  }

  private func groups(
    _ value: Value, _ arguments: CallValues
  ) throws(TemplateFault) -> Value {
    let values = try arguments.bound(
      to: ["attribute", "default", "case_sensitive"], required: 1, "groupby")
    let ignoresCase = !(values[2]?.isTrue ?? false)
    let path = try AttributePath(values[0] ?? .none, fallback: values[1])
    var entries: [(key: Value, value: Value)] = []
    for item in try items(value) {
      let key = try path.value(in: item, self)
      entries.append((ignoresCase ? try caseIgnored(key) : key, try .tuple([key, item])))
    }
    var groups: [(key: Value, shown: Value, items: [Value])] = []
    for entry in try sorted(entries, descending: false) {
      guard let pair = entry.sequence?.items else { continue }
      let key = ignoresCase ? try caseIgnored(pair[0]) : pair[0]
      if let last = groups.last, try areEqual(last.key, key) {
        groups[groups.count - 1].items.append(pair[1])
      } else {
        groups.append((key, pair[0], [pair[1]]))
      }
    }
    var result: [Value] = []
    for group in groups {
      result.append(
        .tuple(
          try ListValue([group.shown, try .list(group.items)], names: ["grouper", "list"])))
    }
    return try .list(result)
  }

  private func sum(_ value: Value, _ arguments: CallValues) throws(TemplateFault) -> Value {
    let values = try arguments.bound(to: ["attribute", "start"], "sum")
    let path = try AttributePath(values[0] ?? .none)
    var total = values[1] ?? .integer(0)
    if case .string = total { throw .failed("sum() cannot sum strings; use “join”") }
    let next = try iterate(value)
    while let item = try next() {
      try spend()
      total = try calculate(total, .add, try path.value(in: item, self))
    }
    return total
  }

  /// A string in lower case; other values as they are.
  func caseIgnored(_ value: Value) throws(TemplateFault) -> Value {
    guard case .string(let text) = value else { return value }
    return .string(try recased(text, .lower))
  }
}
