public import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How the next token is chosen.
public struct Sampling: Sendable {
  /// What changes the logits first, in order.
  public var processors: [any LogitsProcessor]
  /// The source of chance; nil takes the most probable token.
  public var random: RandomStream?

  /// A way to choose.
  public init(_ processors: [any LogitsProcessor] = [], random: RandomStream? = nil) {
    self.processors = processors
    self.random = random
  }

  /// The most probable token, the first of equals.
  public static let greedy = Sampling()

  /// A random token, after temperature, top-k and top-p, in transformers' order.
  public static func random(
    seed: UInt64, temperature: Double = 1, topK: Int? = nil, topP: Double? = nil
  ) -> Sampling {
    var processors: [any LogitsProcessor] = []
    if temperature != 1 { processors.append(Temperature(temperature)) }
    if let topK { processors.append(TopK(topK)) }
    if let topP, topP < 1 { processors.append(TopP(topP)) }
    return Sampling(processors, random: RandomStream(seed: seed).stream("sampling"))
  }

  /// The token chosen from logits after these tokens.
  public mutating func choose(from logits: [Float], history: [Int32]) -> Int32 {
    var logits = logits
    for processor in processors { processor.process(&logits, history: history) }
    var best = 0
    for index in logits.indices where logits[index] > logits[best] { best = index }
    guard var stream = random.take() else { return Int32(best) }
    let top = logits[best]
    let weights = logits.map { exp(Double($0 - top)) }
    var place = Double.random(in: 0..<1, using: &stream) * weights.reduce(0, +)
    random = stream
    for (index, weight) in weights.enumerated() {
      place -= weight
      if place < 0 { return Int32(index) }
    }
    return Int32(best)
  }
}
