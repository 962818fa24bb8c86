#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Forbids tokens below a probability that depends on the entropy: min(ε, √ε · e^-entropy) (Hewitt and
/// others, 2022, "Truncation sampling as language model desmoothing").
public struct EtaCutoff: LogitsProcessor {
  /// ε, between 0 and 1.
  public let epsilon: Double
  /// How many tokens stay whatever their probability.
  public let least: Int
  private var largest = LargestTokens()

  /// Keeps tokens above the limit, and the `least` most probable ones in any case.
  public init(_ epsilon: Double, keepingAtLeast least: Int = 1) {
    precondition(
      epsilon > 0 && epsilon < 1, "EtaCutoff: epsilon must be between 0 and 1, not \(epsilon)")
    precondition(least > 0, "EtaCutoff: at least one token must stay, not \(least)")
    self.epsilon = epsilon
    self.least = least
  }

  /// Sets the others to -∞.
  public mutating func process(_ logits: inout [Float], history: [Int32]) {
    let summary = SoftmaxSummary(logits)
    guard summary.top > -.infinity else { return }
    largest.find(least, in: logits)
    let eta = min(epsilon, epsilon.squareRoot() * exp(-summary.entropy(of: logits)))
    let threshold = min(summary.logit(ofProbability: eta), largest.threshold)
    for index in logits.indices where logits[index] < threshold { logits[index] = -.infinity }
  }
}
