import JSON

/// An end of a text.
public enum Direction: String, CaseIterable, Sendable, Equatable {
  /// The beginning.
  case left = "Left"
  /// The end.
  case right = "Right"
}

/// How an encoding that is too long is shortened: the `truncation` of a tokenizer.json.
public struct Truncation: Sendable, Equatable {
  /// Which of two texts are shortened.
  public enum Strategy: String, CaseIterable, Sendable, Equatable {
    /// The longer one until they are equally long, then both.
    case longestFirst = "LongestFirst"
    /// The first one.
    case onlyFirst = "OnlyFirst"
    /// The second one; a single text is left as it is.
    case onlySecond = "OnlySecond"
  }

  /// The largest number of tokens, those of the post-processor included.
  public var longest: Int
  /// How many tokens the parts that are cut off share with the part before.
  public var stride: Int
  /// Which of two texts are shortened.
  public var strategy: Strategy
  /// At which end tokens are cut off.
  public var direction: Direction

  /// Makes a truncation.
  public init(
    to longest: Int, stride: Int = 0, strategy: Strategy = .longestFirst,
    direction: Direction = .right
  ) {
    self.longest = longest
    self.stride = stride
    self.strategy = strategy
    self.direction = direction
  }

  /// Reads the `truncation` of a tokenizer.json; nil if there is none.
  static func read(_ json: JSONValue, path: String) throws(TokenizerError) -> Truncation? {
    if json.isNull { return nil }
    guard let object = json.object else {
      throw .invalid(path: path, field: "truncation", reason: "must be an object or null")
    }
    let reader = FieldReader(object, name: "truncation", path: path)
    let longest = try reader.integer("max_length")
    let stride = try reader.integer("stride")
    guard longest >= 0 else { throw reader.wrong("max_length", "must not be negative") }
    guard stride >= 0, stride < max(1, longest) else {
      throw reader.wrong("stride", "must be at least 0 and less than max_length")
    }
    return Truncation(
      to: longest, stride: stride,
      strategy: try reader.choice("strategy"),
      direction: try reader.choice("direction", default: .right))
  }

  var json: JSONValue {
    [
      "direction": .string(direction.rawValue),
      "max_length": .integer(Int64(longest)),
      "strategy": .string(strategy.rawValue),
      "stride": .integer(Int64(stride)),
    ]
  }

  /// Shortens one text or two so that `around` more tokens still fit.
  func apply(to texts: inout [Encoding], around: Int) throws(TokenizerError) {
    let limit = max(0, longest - around)
    let total = texts.reduce(0) { $0 + $1.ids.count }
    guard total > limit else { return }
    if limit == 0 {
      for index in texts.indices { texts[index].truncate(to: 0, stride: 0, from: direction) }
      return
    }
    var lengths = texts.map(\.ids.count)
    switch strategy {
    case .longestFirst where texts.count > 1: lengths = shared(lengths, limit)
    case .longestFirst: lengths = [limit]
    case .onlyFirst, .onlySecond:
      let target = strategy == .onlyFirst ? 0 : 1
      guard target < texts.count else { return }
      lengths[target] -= total - limit
      guard lengths[target] > 0 else {
        throw .impossibleOption(
          name: "truncation.longest",
          reason: "is \(longest), which the text that is not shortened already fills")
      }
    }
    for (index, length) in lengths.enumerated() {
      guard length == 0 || length >= texts[index].ids.count || stride < length else {
        throw .impossibleOption(
          name: "truncation.stride",
          reason: "is \(stride), but only \(length) tokens of a text fit beside the others")
      }
      texts[index].truncate(to: length, stride: stride, from: direction)
    }
  }

  /// The lengths of two texts that fit together, the shorter one kept whole if that is possible.
  private func shared(_ lengths: [Int], _ limit: Int) -> [Int] {
    let shorter = min(lengths[0], lengths[1])
    var result = [shorter, shorter > limit ? shorter : max(shorter, limit - shorter)]
    if result[0] + result[1] > limit { result = [limit / 2, limit / 2 + limit % 2] }
    return lengths[0] > lengths[1] ? result.reversed() : result
  }
}
