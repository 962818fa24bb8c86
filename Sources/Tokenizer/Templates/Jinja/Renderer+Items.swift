extension Renderer {
  /// The items of a value one after another.
  ///
  /// - Parameter unpacking: whether a failure is about unpacking it.
  func iterate(
    _ value: Value, unpacking: Bool = false
  ) throws(TemplateFault) -> () throws(TemplateFault) -> Value? {
    switch value {
    case .undefined: return { nil }
    case .list(let list), .tuple(let list): return iterate(list.items)
    case .dictionary(let dictionary): return iterate(dictionary.keys)
    case .string(let text):
      var place = 0
      return { () throws(TemplateFault) -> Value? in
        guard place < text.bytes.count else { return nil }
        let end = place + scalarLength(text.bytes[place])
        defer { place = end }
        return .string(text.slice(place..<end))
      }
    case .object(let object):
      switch object {
      case let iterator as IteratorValue:
        return { [unowned self] () throws(TemplateFault) -> Value? in
          try self.descend()
          defer { self.ascend() }
          return try iterator.next()
        }
      case let view as DictionaryView: return iterate(try view.items())
      case let range as RangeValue:
        var position = 0
        return {
          guard position < range.count else { return nil }
          defer { position += 1 }
          return .integer(range[position])
        }
      case let loop as LoopValue:
        return { () throws(TemplateFault) -> Value? in
          guard let item = try loop.advance() else { return nil }
          return try .tuple([item, value])
        }
      default: break
      }
    default: break
    }
    throw .failed(
      unpacking
        ? "cannot unpack non-iterable “\(value.typeName)” object"
        : "“\(value.typeName)” object is not iterable")
  }

  private func iterate(_ items: [Value]) -> () throws(TemplateFault) -> Value? {
    var place = 0
    return {
      guard place < items.count else { return nil }
      defer { place += 1 }
      return items[place]
    }
  }

  /// All items of a value.
  func items(_ value: Value) throws(TemplateFault) -> [Value] {
    if let list = value.sequence {
      try spend(items: list.items.count)
      return list.items
    }
    var items: [Value] = []
    let next = try iterate(value)
    while let item = try next() {
      try spend()
      items.append(item)
    }
    return items
  }

  /// What `len` gives, nil for a value that has no length.
  func length(of value: Value) -> Int? {
    switch value {
    case .undefined: 0
    case .string(let text): text.count
    case .list(let list), .tuple(let list): list.items.count
    case .dictionary(let dictionary): dictionary.keys.count
    case .object(let object): object.length
    default: nil
    }
  }

  /// What `len` gives.
  func count(_ value: Value) throws(TemplateFault) -> Int {
    if let length = length(of: value) { return length }
    if case .object(let object) = value, let loop = object as? LoopValue { return try loop.count() }
    throw .failed("object of type “\(value.typeName)” has no len()")
  }

  /// `value[key]`, or an attribute of that name, or undefined.
  func item(_ key: Value, of value: Value) throws(TemplateFault) -> Value {
    if case .undefined(let undefined) = value { throw undefined.fault }
    if let found = try element(key, of: value) { return found }
    if case .string(let name) = key { return try attributeOnly(AttributeName(name), of: value) }
    let shownKey = try represented(key).string
    return .undefined(
      UndefinedValue("“\(value.typeName) object” has no element \(shownKey)"))
  }

  /// `value[key]` by Python's rules, nil where it raises a TypeError or a LookupError.
  private func element(_ key: Value, of value: Value) throws(TemplateFault) -> Value? {
    switch value {
    case .dictionary(let dictionary):
      switch key {
      case .list, .dictionary: return nil
      default: return try dictionary.value(for: key)
      }
    case .list(let list), .tuple(let list):
      guard let place = position(key, in: list.items.count) else { return nil }
      return list.items[place]
    case .string(let text):
      guard let place = position(key, in: text.count) else { return nil }
      if !text.isASCII { try spend(bytes: text.bytes.count) }
      let start = text.byteOffset(ofCharacter: place)
      return .string(text.slice(start..<start + scalarLength(text.bytes[start])))
    case .object(let object):
      if let range = object as? RangeValue, let place = position(key, in: range.count) {
        return .integer(range[place])
      }
      return nil
    default: return nil
    }
  }

  private func position(_ key: Value, in count: Int) -> Int? {
    guard let number = key.wholeNumber else { return nil }
    let place = number < 0 ? number &+ count : number
    return place >= 0 && place < count ? place : nil
  }

  /// `value[start:stop:step]`.
  func slice(
    _ value: Value, _ start: Value, _ stop: Value, _ step: Value
  ) throws(TemplateFault) -> Value {
    if case .undefined(let undefined) = value { throw undefined.fault }
    guard let count = length(of: value) else {
      throw .failed("“\(value.typeName)” object is not subscriptable")
    }
    switch value {
    case .dictionary: throw .failed("unhashable type: “slice”")
    case .object(let object) where !(object is RangeValue):
      throw .failed("“\(value.typeName)” object is not subscriptable")
    default: break
    }
    func bound(_ value: Value) throws(TemplateFault) -> Int? {
      if value.isNone { return nil }
      if case .undefined = value {
        throw .failed("slice indices must be integers or None, not undefined")
      }
      guard let number = value.wholeNumber else {
        throw .failed("slice indices must be integers or None")
      }
      return number
    }
    let (start, stop) = (try bound(start), try bound(stop))
    let step = try bound(step) ?? 1
    guard step != 0 else { throw .failed("slice step cannot be zero") }
    func clamp(_ bound: Int, _ lowest: Int, _ highest: Int) -> Int {
      let place = bound < 0 ? max(bound &+ count, lowest) : bound
      return min(max(place, lowest), highest)
    }
    let first: Int
    let end: Int
    if step > 0 {
      first = start.map { clamp($0, 0, count) } ?? 0
      end = stop.map { clamp($0, 0, count) } ?? count
    } else {
      first = start.map { clamp($0, -1, count - 1) } ?? count - 1
      end = stop.map { clamp($0, -1, count - 1) } ?? -1
    }
    let length = sliceLength(first, end, step)
    try spend(items: length)
    switch value {
    case .string(let text): return .string(try slice(text, first, length, step))
    case .list(let list):
      return try .list((0..<length).map { list.items[first + $0 * step] })
    case .tuple(let list):
      return try .tuple((0..<length).map { list.items[first + $0 * step] })
    case .object(let object):
      guard let range = object as? RangeValue else { return value }
      let (newStep, overflow) = range.step.multipliedReportingOverflow(by: step)
      return .object(
        RangeValue(start: range[first], step: overflow ? range.step : newStep, count: length))
    default: return value
    }
  }

  private func sliceLength(_ first: Int, _ end: Int, _ step: Int) -> Int {
    if step > 0 { return end > first ? (end - first - 1) / step + 1 : 0 }
    guard first > end else { return 0 }
    let (size, overflow) = (0).subtractingReportingOverflow(step)
    return overflow ? 1 : (first - end - 1) / size + 1
  }

  private func slice(
    _ text: Text, _ first: Int, _ length: Int, _ step: Int
  ) throws(TemplateFault) -> Text {
    try spend(bytes: text.bytes.count)
    if length == 0 { return Text.empty.marked(text.isMarkup) }
    if step == 1 {
      let start = text.byteOffset(ofCharacter: first)
      let end = text.isASCII ? first + length : text.byteOffset(ofCharacter: first + length)
      return text.slice(start..<end)
    }
    var builder = TextBuilder()
    if text.isASCII {
      for number in 0..<length {
        let place = first + number * step
        builder.append(text, place..<place + 1)
      }
    } else {
      let characters = text.characters()
      for number in 0..<length { builder.append(characters[first + number * step]) }
    }
    return builder.text(isMarkup: text.isMarkup)
  }
}
