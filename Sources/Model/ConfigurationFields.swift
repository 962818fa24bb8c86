import JSON

/// Reads typed values out of a configuration object and collects everything that is wrong.
///
/// A value that is absent or null gives nil; one of another type or out of range gives nil too and
/// adds a sentence to ``problems``. Families read their `config.json` with it.
public struct ConfigurationFields: Sendable {
  private let object: JSONObject
  /// What stands before the keys in sentences, for an object within another.
  private let prefix: String
  /// Everything that is wrong so far, each a sentence.
  public private(set) var problems: [String] = []

  init(_ value: JSONValue, prefix: String = "") {
    object = value.object ?? JSONObject([])
    self.prefix = prefix
    if value.object == nil {
      problems.append((prefix.isEmpty ? "it" : String(prefix.dropLast())) + " is not a JSON object")
    }
  }

  /// Adds a sentence to what is wrong; what is read twice is complained of once.
  public mutating func problem(_ sentence: String) {
    if !problems.contains(sentence) { problems.append(sentence) }
  }

  /// Whether one of the keys has a value that is not null.
  public func has(_ keys: String...) -> Bool { found(keys) != nil }

  /// Whether the key is there and null, which some families tell from an absent one.
  public func isNull(_ key: String) -> Bool { object[key] == .null }

  /// The value under the first of the keys that is there and not null.
  private func found(_ keys: [String]) -> (key: String, value: JSONValue)? {
    for key in keys {
      if let value = object[key], value != .null { return (prefix + key, value) }
    }
    return nil
  }

  /// A string.
  public mutating func text(_ keys: String...) -> String? {
    guard let (key, value) = found(keys) else { return nil }
    if let string = value.string { return string }
    problem("\(key) must be a string")
    return nil
  }

  /// A truth value.
  public mutating func flag(_ keys: String...) -> Bool? {
    guard let (key, value) = found(keys) else { return nil }
    if let flag = value.bool { return flag }
    problem("\(key) must be true or false")
    return nil
  }

  /// A whole number; the bound above keeps hostile sizes from overflowing later sums.
  public mutating func integer(_ keys: String..., atLeast least: Int) -> Int? {
    guard let (key, value) = found(keys) else { return nil }
    if let number = whole(value), number >= least, number <= 1 << 31 { return number }
    problem("\(key) must be a whole number from \(least) to \(1 << 31)")
    return nil
  }

  /// A whole number that must be there.
  public mutating func required(_ keys: String..., atLeast least: Int) -> Int {
    guard let (key, value) = found(keys) else {
      problem("\(prefix)\(keys.first ?? "") is missing")
      return max(least, 1)
    }
    if let number = whole(value), number >= least, number <= 1 << 31 { return number }
    problem("\(key) must be a whole number from \(least) to \(1 << 31)")
    return max(least, 1)
  }

  /// Some files write whole numbers as 8.0.
  private func whole(_ value: JSONValue) -> Int? {
    if let number = value.integer { return number }
    guard let double = value.double, double.rounded() == double, abs(double) < 1e15 else {
      return nil
    }
    return Int(double)
  }

  /// A positive number.
  public mutating func number(_ keys: String...) -> Double? {
    guard let (key, value) = found(keys) else { return nil }
    if let number = value.double, number > 0, number.isFinite { return number }
    problem("\(key) must be a positive number")
    return nil
  }

  /// A number from 0 up to 1, but not 1.
  public mutating func share(_ keys: String...) -> Double? {
    guard let (key, value) = found(keys) else { return nil }
    if let number = value.double, number >= 0, number < 1 { return number }
    problem("\(key) must be a number from 0 up to 1")
    return nil
  }

  /// A list of whole numbers; a single number is a list of one.
  public mutating func integers(_ keys: String...) -> [Int]? {
    guard let (key, value) = found(keys) else { return nil }
    if let number = value.integer { return [number] }
    if let array = value.array {
      let numbers = array.compactMap(\.integer)
      if numbers.count == array.count { return numbers }
    }
    problem("\(key) must be a whole number or a list of whole numbers")
    return nil
  }

  /// A list of finite numbers.
  public mutating func numbers(_ keys: String...) -> [Double]? {
    guard let (key, value) = found(keys) else { return nil }
    if let array = value.array {
      // Numbers that no JSON can write come from the tensors of GGUF files.
      let numbers = array.compactMap(\.double).filter(\.isFinite)
      if numbers.count == array.count { return numbers }
    }
    problem("\(key) must be a list of finite numbers")
    return nil
  }

  /// A list of strings.
  public mutating func texts(_ keys: String...) -> [String]? {
    guard let (key, value) = found(keys) else { return nil }
    if let array = value.array {
      let texts = array.compactMap(\.string)
      if texts.count == array.count { return texts }
    }
    problem("\(key) must be a list of strings")
    return nil
  }

  /// An activation by its name.
  public mutating func activation(_ keys: String...) -> Activation? {
    guard let (key, value) = found(keys) else { return nil }
    if let name = value.string, let known = Activation(rawValue: name) { return known }
    let names = Activation.allCases.map(\.rawValue).joined(separator: ", ")
    problem("\(key) ‘\(value.string ?? value.serialized())’ is none of \(names)")
    return nil
  }

  /// Reads an object within this one; what is wrong in it is added here.
  public mutating func within<Result>(
    _ keys: String..., read: (inout ConfigurationFields) -> Result
  ) -> Result? {
    guard let (key, value) = found(keys) else { return nil }
    var inner = ConfigurationFields(value, prefix: key + ".")
    let result = read(&inner)
    for sentence in inner.problems { problem(sentence) }
    return result
  }
}
