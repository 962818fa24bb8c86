/// A value by which a dictionary finds its entries: equal where Python's keys are.
enum HashKey: Hashable {
  case undefined
  case none
  case integer(Int)
  case float(Double)
  case string([UInt8])
  case tuple([HashKey])
  case object(ObjectIdentifier)

  init(_ value: Value) throws(TemplateFault) {
    switch value {
    case .undefined: self = .undefined
    case .none: self = .none
    case .boolean(let value, _): self = .integer(value ? 1 : 0)
    case .integer(let value, _): self = .integer(value)
    case .float(let value, _):
      if let whole = Int(exactly: value) { self = .integer(whole) } else { self = .float(value) }
    case .string(let text): self = .string(text.bytes)
    case .tuple(let list):
      var keys: [HashKey] = []
      for item in list.items { keys.append(try HashKey(item)) }
      self = .tuple(keys)
    case .list, .dictionary: throw .failed("unhashable type: “\(value.typeName)”")
    case .object(let object): self = .object(ObjectIdentifier(object))
    }
  }
}

/// A dictionary, in the order of its entries.
final class DictionaryValue {
  let keys: [Value]
  let values: [Value]
  let source: Source
  let depth: Int
  /// The positions of the keys, where they are many or not all strings.
  private let index: [HashKey: Int]?

  private static let fewKeys = 8

  /// A dictionary; of equal keys the first stays, with the value of the last.
  init(
    _ entries: [(key: Value, value: Value)], source: Source = .computed
  ) throws(TemplateFault) {
    var keys: [Value] = []
    var values: [Value] = []
    keys.reserveCapacity(entries.count)
    values.reserveCapacity(entries.count)
    var index: [HashKey: Int] = [:]
    for entry in entries {
      let key = try HashKey(entry.key)
      if let position = index[key] {
        values[position] = entry.value
      } else {
        index[key] = keys.count
        keys.append(entry.key)
        values.append(entry.value)
      }
    }
    self.keys = keys
    self.values = values
    self.source = source
    depth = max(try nestingDepth(keys), try nestingDepth(values))
    let isSmall =
      keys.count <= Self.fewKeys && keys.allSatisfy { if case .string = $0 { true } else { false } }
    self.index = isSmall ? nil : index
  }

  /// A dictionary of different strings.
  init(keys: [Value], values: [Value], source: Source) throws(TemplateFault) {
    self.keys = keys
    self.values = values
    self.source = source
    depth = try nestingDepth(values)
    if keys.count <= Self.fewKeys {
      index = nil
    } else {
      var index: [HashKey: Int] = [:]
      index.reserveCapacity(keys.count)
      for (position, key) in keys.enumerated() { index[try HashKey(key)] = position }
      self.index = index
    }
  }

  /// The value of a string key.
  func value(forBytes name: [UInt8]) -> Value? {
    if let index { return index[.string(name)].map { values[$0] } }
    for (position, key) in keys.enumerated() {
      if case .string(let text) = key, text.bytes == name { return values[position] }
    }
    return nil
  }

  func value(for key: Value) throws(TemplateFault) -> Value? {
    if case .string(let text) = key { return value(forBytes: text.bytes) }
    let hash = try HashKey(key)
    return index?[hash].map { values[$0] }
  }

  /// The entries as pairs.
  func pairs() throws(TemplateFault) -> [Value] {
    var pairs: [Value] = []
    pairs.reserveCapacity(keys.count)
    for (position, key) in keys.enumerated() {
      pairs.append(try .tuple([key, values[position]]))
    }
    return pairs
  }
}
