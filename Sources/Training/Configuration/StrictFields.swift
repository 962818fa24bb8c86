import JSON

/// Reads a configuration object key by key.
///
/// Whatever was not asked for in the end is a mistake of the user's, and is reported with the
/// nearest key that exists.
struct StrictFields {
  private let object: JSONObject
  private let path: String
  private var known: [String] = []
  private(set) var problems: [String] = []

  init(_ value: JSONValue?, path: String = "") {
    self.path = path
    object = value?.object ?? JSONObject([])
    if let value, value.object == nil, value != .null {
      problems.append("\(path.isEmpty ? "the file" : path) must hold keys and values")
    }
  }

  private mutating func value(_ key: String) -> JSONValue? {
    known.append(key)
    return object[key].flatMap { $0 == .null ? nil : $0 }
  }

  func name(_ key: String) -> String { path.isEmpty ? key : path + "." + key }

  mutating func problem(_ key: String, _ sentence: String) {
    problems.append("\(name(key)) \(sentence)")
  }

  mutating func text(_ key: String, _ fallback: String) -> String { optionalText(key) ?? fallback }

  mutating func optionalText(_ key: String) -> String? {
    guard let value = value(key) else { return nil }
    if let text = value.string { return text }
    problem(key, "must be a text, not \(value.serialized())")
    return nil
  }

  mutating func texts(_ key: String) -> [String] {
    guard let value = value(key) else { return [] }
    if let text = value.string { return [text] }
    if let list = value.array, list.allSatisfy({ $0.string != nil }) {
      return list.compactMap(\.string)
    }
    problem(key, "must be a list of texts")
    return []
  }

  mutating func flag(_ key: String, _ fallback: Bool) -> Bool {
    guard let value = value(key) else { return fallback }
    if let flag = value.bool { return flag }
    problem(key, "must be true or false, not \(value.serialized())")
    return fallback
  }

  mutating func integer(
    _ key: String, _ fallback: Int, in range: ClosedRange<Int> = 0...Int(Int32.max)
  ) -> Int {
    guard let value = value(key) else { return fallback }
    if let number = value.integer, range.contains(number) { return number }
    problem(
      key,
      "must be a whole number from \(range.lowerBound) to \(range.upperBound), not \(value.serialized())"
    )
    return fallback
  }

  mutating func number(
    _ key: String, _ fallback: Double, in range: ClosedRange<Double> = 0...Double.infinity
  ) -> Double {
    guard let value = value(key) else { return fallback }
    if let number = value.double, range.contains(number) { return number }
    problem(
      key,
      "must be a number from \(range.lowerBound) to \(range.upperBound), not \(value.serialized())")
    return fallback
  }

  /// One of the cases of an enumeration by raw value.
  mutating func choice<Choice: RawRepresentable<String> & CaseIterable>(
    _ key: String, _ fallback: Choice
  ) -> Choice {
    guard let value = value(key) else { return fallback }
    if let choice = value.string.flatMap(Choice.init(rawValue:)) { return choice }
    let names = Choice.allCases.map(\.rawValue).joined(separator: ", ")
    problem(key, "must be one of \(names), not \(value.serialized())")
    return fallback
  }

  /// Reads a nested object with `body`.
  mutating func section(_ key: String, _ body: (inout StrictFields) -> Void) {
    var fields = StrictFields(value(key), path: name(key))
    body(&fields)
    problems += fields.finished()
  }

  /// All problems, those keys included that nothing asked for.
  func finished() -> [String] {
    problems
      + object.keys.filter { !known.contains($0) }.map { key in
        let nearest = known.min { distance($0, key) < distance($1, key) }
        let hint = nearest.map { "; did you mean \(name($0))?" } ?? ""
        return "\(name(key)) is not a known key\(hint)"
      }
  }
}

/// The number of insertions, deletions and changes between two words (Levenshtein 1965).
private func distance(_ left: String, _ right: String) -> Int {
  let (a, b) = (Array(left), Array(right))
  var row = Array(0...b.count)
  for i in a.indices {
    var diagonal = row[0]
    row[0] = i + 1
    for j in b.indices {
      let above = row[j + 1]
      row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a[i] == b[j] ? 0 : 1))
      diagonal = above
    }
  }
  return row[b.count]
}
