public import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the next token is chosen: processors in order, then the most probable token or a random one.
public struct Sampling: Sendable {
  /// What changes the logits first, in order.
  public var processors: [any LogitsProcessor]
  /// The source of chance; nil takes the most probable token.
  public var random: RandomStream?
  /// The processed logits; memory that is used again for each token.
  private var processed: [Float] = []

  /// A way to choose.
  public init(_ processors: [any LogitsProcessor] = [], random: RandomStream? = nil) {
    self.processors = processors
    self.random = random
  }

  /// The most probable token, the first of equals.
  public static let greedy = Sampling()

  /// A random token, after temperature, top-k and top-p, in transformers' order; a temperature of 0 is
  /// greedy.
  public static func random(
    seed: UInt64, temperature: Double = 1, topK: Int? = nil, topP: Double? = nil
  ) -> Sampling {
    if temperature == 0 { return .greedy }
    var processors: [any LogitsProcessor] = []
    if temperature != 1 { processors.append(Temperature(temperature)) }
    if let topK { processors.append(TopK(topK)) }
    if let topP, topP < 1 { processors.append(TopP(topP)) }
    return Sampling(processors, random: RandomStream(seed: seed).stream("sampling"))
  }

  /// Whether logits alone, unchanged, decide.
  var isPlain: Bool { processors.isEmpty && random == nil }

  /// Tells the processors how many tokens the prompt has.
  public mutating func begin(promptLength: Int) {
    for index in processors.indices { processors[index].begin(promptLength: promptLength) }
  }

  /// The token chosen from logits after these tokens.
  public mutating func choose(
    from logits: UnsafeBufferPointer<Float>, history: [Int32]
  ) -> Int32 {
    if isPlain { return Int32(indexOfLargest(logits)) }
    process(logits, history: history)
    return draw()
  }

  /// The token chosen from logits after these tokens.
  public mutating func choose(from logits: [Float], history: [Int32]) -> Int32 {
    logits.withUnsafeBufferPointer { choose(from: $0, history: history) }
  }

  /// Runs the processors on a copy of the logits and calls `body` with the result.
  public mutating func withProcessed<Result>(
    _ logits: UnsafeBufferPointer<Float>, history: [Int32],
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    process(logits, history: history)
    return try processed.withUnsafeBufferPointer(body)
  }

  /// Makes `probabilities` what tokens are drawn with after these; 1 for one token where chance has no
  /// part.
  mutating func distribute(
    _ logits: UnsafeBufferPointer<Float>, history: [Int32], into probabilities: inout [Float]
  ) {
    process(logits, history: history)
    if probabilities.count != processed.count {
      probabilities = Array(repeating: 0, count: processed.count)
    }
    let summary = SoftmaxSummary(processed)
    guard random != nil, summary.top > -.infinity else {
      probabilities.withUnsafeMutableBufferPointer { $0.update(repeating: 0) }
      probabilities[processed.withUnsafeBufferPointer { indexOfLargest($0) }] = 1
      return
    }
    let scale = Float(1 / summary.total)
    for index in processed.indices {
      let logit = processed[index]
      probabilities[index] = logit > -.infinity ? exp(logit - summary.top) * scale : 0
    }
  }

  private mutating func process(_ logits: UnsafeBufferPointer<Float>, history: [Int32]) {
    if processed.count != logits.count {
      processed = Array(logits)
    } else {
      processed.withUnsafeMutableBufferPointer { _ = $0.update(fromContentsOf: logits) }
    }
    for index in processors.indices {
      processors[index].process(&processed, history: history)
    }
  }

  /// Draws from the processed logits.
  private mutating func draw() -> Int32 {
    guard random != nil else {
      return Int32(processed.withUnsafeBufferPointer { indexOfLargest($0) })
    }
    let share = uniform()
    return processed.withUnsafeMutableBufferPointer { logits in
      var top = -Float.infinity
      var best = 0
      for index in logits.indices where logits[index] > top {
        top = logits[index]
        best = index
      }
      guard top > -.infinity else { return Int32(best) }
      // The logits become weights, so that each exponential is taken once.
      var total = 0.0
      for index in logits.indices {
        let weight = logits[index] > -.infinity ? exp(logits[index] - top) : 0
        logits[index] = weight
        total += Double(weight)
      }
      return Int32(place(in: UnsafeBufferPointer(logits), at: share * total) ?? best)
    }
  }

  /// Draws a token with these weights, which need not add up to one.
  mutating func draw(from weights: [Float]) -> Int32 {
    var total = 0.0
    for weight in weights { total += Double(weight) }
    let share = uniform()
    return weights.withUnsafeBufferPointer { weights in
      Int32(place(in: weights, at: share * total) ?? indexOfLargest(weights))
    }
  }

  /// A number in [0, 1) from the source of chance.
  mutating func uniform() -> Double {
    guard var stream = random.take() else { return 0 }
    defer { random = stream }
    return Double.random(in: 0..<1, using: &stream)
  }
}

/// The first index up to which the weights add up to more than `sum`; nil if rounding left none.
func place(in weights: UnsafeBufferPointer<Float>, at sum: Double) -> Int? {
  var rest = sum
  for index in weights.indices where weights[index] > 0 {
    rest -= Double(weights[index])
    if rest < 0 { return index }
  }
  return nil
}
