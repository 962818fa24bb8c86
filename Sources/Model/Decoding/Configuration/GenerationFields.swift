import JSON

/// Reads the values of a generation configuration and collects everything that is wrong.
struct GenerationFields {
  private let object: JSONObject
  private(set) var problems: [String] = []

  init(_ value: JSONValue) {
    object = value.object ?? JSONObject()
    if value.object == nil { problems.append("it is not a JSON object") }
  }

  mutating func problem(_ sentence: String) { problems.append(sentence) }

  private func value(_ key: String) -> JSONValue? {
    guard let value = object[key], !value.isNull else { return nil }
    return value
  }

  /// A value that `convert` understands, or a problem.
  private mutating func read<Value>(
    _ key: String, _ expected: String, _ convert: (JSONValue) -> Value?
  ) -> Value? {
    guard let value = value(key) else { return nil }
    if let converted = convert(value) { return converted }
    problems.append("\(key) must be \(expected), not \(shortened(value))")
    return nil
  }

  private func shortened(_ value: JSONValue) -> String {
    let text = value.serialized()
    return text.count <= 40 ? text : "\(text.prefix(40))…"
  }

  mutating func flag(_ key: String) -> Bool? { read(key, "true or false", \.bool) }

  mutating func integer(_ key: String, atLeast least: Int? = nil) -> Int? {
    let expected = least.map { "a whole number of at least \($0)" } ?? "a whole number"
    return read(key, expected) { value in
      // Files that went through other tools say 50.0.
      guard let number = wholeNumber(value), number.magnitude <= 1 << 31 else { return nil }
      return number >= least ?? number ? number : nil
    }
  }

  mutating func number(_ key: String, in range: ClosedRange<Double>? = nil) -> Double? {
    var expected = "a number"
    if let range {
      let least = range.lowerBound == 0 ? "at least 0" : "above 0"
      expected += range.upperBound == .infinity ? " \(least)" : " \(least) and at most 1"
    }
    return read(key, expected) { value in
      guard let number = value.double, number.isFinite else { return nil }
      return range.map { $0.contains(number) } ?? true ? number : nil
    }
  }

  /// One token or several; negative ids, with which some files say “none”, are left out.
  mutating func tokens(_ key: String) -> [Int32] {
    let ids = read(key, "a token id or a list of them") { value in
      all(value.array ?? [value]) { wholeNumber($0).flatMap { Int32(exactly: $0) } }
    }
    return (ids ?? []).filter { $0 >= 0 }
  }

  mutating func texts(_ key: String) -> [String] {
    read(key, "a text or a list of texts") { value in
      let texts = value.string.map { [$0] } ?? all(value.array) { $0.string }
      return texts.flatMap { $0.contains("") ? nil : $0 }
    } ?? []
  }

  mutating func sequences(_ key: String) -> [[Int32]] {
    read(key, "a list of lists of token ids, none of them empty") { value in
      all(value.array) { element in
        tokenList(element).flatMap { $0.isEmpty ? nil : $0 }
      }
    } ?? []
  }

  mutating func biases(_ key: String) -> [(tokens: [Int32], bias: Double)] {
    read(key, "a list of pairs of a list of token ids and a number") { value in
      all(value.array) { element in
        guard let pair = element.array, pair.count == 2, let tokens = tokenList(pair[0]),
          !tokens.isEmpty, let bias = pair[1].double
        else { return nil }
        return (tokens, bias)
      }
    } ?? []
  }

  mutating func decay(_ key: String) -> (start: Int, factor: Double)? {
    read(key, "a pair of a whole number and a number") { value in
      guard let pair = value.array, pair.count == 2, let start = wholeNumber(pair[0]),
        start.magnitude <= 1 << 31, let factor = pair[1].double, factor.isFinite
      else { return nil }
      return (start, factor)
    }
  }

  mutating func earlyStopping(_ key: String) -> EarlyStopping? {
    read(key, #"true, false or "never""#) { value in
      if let flag = value.bool { return flag ? .whenFull : .whenUnlikely }
      return value.string == "never" ? .never : nil
    }
  }
}

/// A whole number, written with or without a fraction of zero.
private func wholeNumber(_ value: JSONValue) -> Int? {
  value.integer ?? value.double.flatMap { Int(exactly: $0) }
}

private func token(_ value: JSONValue) -> Int32? {
  wholeNumber(value).flatMap { $0 < 0 ? nil : Int32(exactly: $0) }
}

private func tokenList(_ value: JSONValue) -> [Int32]? { all(value.array, token) }

/// Every element converted, or nil if one cannot be.
private func all<Value>(
  _ elements: [JSONValue]?, _ convert: (JSONValue) -> Value?
) -> [Value]? {
  guard let elements else { return nil }
  var values: [Value] = []
  for element in elements {
    guard let value = convert(element) else { return nil }
    values.append(value)
  }
  return values
}
