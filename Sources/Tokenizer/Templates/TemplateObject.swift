/// A dictionary from strings to values that keeps its order.
public struct TemplateObject: Sendable {
  /// The keys in order.
  public private(set) var keys: [String] = []
  /// The values in the order of their keys.
  public private(set) var values: [TemplateValue] = []
  /// The positions of the keys, by their bytes, where there are many.
  private var index: [[UInt8]: Int] = [:]

  private static let fewKeys = 8

  /// A dictionary without members.
  public init() {}

  /// The members in their order; of a repeated key the last value stands, in the first place.
  public init(_ members: some Sequence<(String, TemplateValue)>) {
    for (key, value) in members { self[key] = value }
  }

  /// How many members there are.
  public var count: Int { keys.count }

  /// The value of a key; setting a new key appends it, setting nil removes it.
  public subscript(key: String) -> TemplateValue? {
    get { position(of: key).map { values[$0] } }
    set {
      switch (position(of: key), newValue) {
      case (let position?, let value?): values[position] = value
      case (nil, let value?):
        keys.append(key)
        values.append(value)
        if keys.count == Self.fewKeys + 1 {
          rebuild()
        } else if keys.count > Self.fewKeys {
          index[Array(key.utf8)] = keys.count - 1
        }
      case (let position?, nil):
        keys.remove(at: position)
        values.remove(at: position)
        rebuild()
      case (nil, nil): break
      }
    }
  }

  private mutating func rebuild() {
    index = [:]
    if keys.count <= Self.fewKeys { return }
    for (position, key) in keys.enumerated() { index[Array(key.utf8)] = position }
  }

  /// Where a key stands; keys are compared by their bytes, as in Python by their characters.
  private func position(of key: String) -> Int? {
    if keys.count > Self.fewKeys { return index[Array(key.utf8)] }
    return keys.firstIndex { $0.utf8.elementsEqual(key.utf8) }
  }
}

extension TemplateObject: Equatable {
  /// Whether both have the same members in the same order.
  public static func == (left: TemplateObject, right: TemplateObject) -> Bool {
    left.keys.elementsEqual(right.keys) { $0.utf8.elementsEqual($1.utf8) }
      && left.values == right.values
  }
}

extension TemplateObject: ExpressibleByDictionaryLiteral {
  /// A dictionary in the order written; of a repeated key the last value stands.
  public init(dictionaryLiteral elements: (String, TemplateValue)...) { self.init(elements) }
}
