#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps the most probable tokens whose probabilities add up to at least `mass` (Holtzman and
/// others, 2020, "nucleus sampling").
///
/// As in transformers, the token that crosses the limit stays, and so does at least one.
public struct TopP: LogitsProcessor {
  /// In 0 … 1.
  public let mass: Double

  /// Keeps this much probability.
  public init(_ mass: Double) {
    precondition(mass > 0 && mass <= 1, "TopP: the mass must be in 0 … 1, not \(mass)")
    self.mass = mass
  }

  /// Sets the others to -∞.
  public func process(_ logits: inout [Float], history: [Int32]) {
    guard mass < 1 else { return }
    // From the least probable on, tokens go while what went stays within 1 - mass.
    let order = logits.indices.sorted { logits[$0] < logits[$1] }
    guard let last = order.last, logits[last] > -.infinity else { return }
    let top = logits[last]
    let total = logits.reduce(0.0) { $0 + exp(Double($1 - top)) }
    var gone = 0.0
    for index in order.dropLast() {
      gone += exp(Double(logits[index] - top)) / total
      if gone > 1 - mass { break }
      logits[index] = -.infinity
    }
  }
}
