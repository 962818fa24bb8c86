import JSON

/// Reads typed values out of a configuration object and collects everything that is wrong.
struct ConfigurationFields {
  private let object: JSONObject
  private(set) var problems: [String] = []

  init(_ value: JSONValue) {
    object = value.object ?? JSONObject([])
    if value.object == nil { problems.append("it is not a JSON object") }
  }

  mutating func problem(_ sentence: String) { problems.append(sentence) }

  /// The value under the first of the keys that is there and not null.
  private func found(_ keys: [String]) -> (key: String, value: JSONValue)? {
    for key in keys {
      if let value = object[key], value != .null { return (key, value) }
    }
    return nil
  }

  mutating func text(_ keys: String...) -> String? {
    guard let (key, value) = found(keys) else { return nil }
    if let string = value.string { return string }
    problems.append("\(key) must be a string")
    return nil
  }

  mutating func flag(_ keys: String...) -> Bool? {
    guard let (key, value) = found(keys) else { return nil }
    if let flag = value.bool { return flag }
    problems.append("\(key) must be true or false")
    return nil
  }

  /// A whole number; the bound above keeps hostile sizes from overflowing later sums.
  mutating func integer(_ keys: String..., atLeast least: Int) -> Int? {
    guard let (key, value) = found(keys) else { return nil }
    if let number = value.integer, number >= least, number <= 1 << 31 { return number }
    problems.append("\(key) must be a whole number of at least \(least)")
    return nil
  }

  mutating func number(_ keys: String...) -> Double? {
    guard let (key, value) = found(keys) else { return nil }
    if let number = value.double, number > 0, number.isFinite { return number }
    problems.append("\(key) must be a positive number")
    return nil
  }

  mutating func share(_ keys: String...) -> Double? {
    guard let (key, value) = found(keys) else { return nil }
    if let number = value.double, number >= 0, number < 1 { return number }
    problems.append("\(key) must be a number from 0 up to 1")
    return nil
  }
}
