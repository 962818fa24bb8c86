/// Forbids tokens below a probability (Hewitt and others, 2022, "Truncation sampling as language model
/// desmoothing").
public struct EpsilonCutoff: LogitsProcessor {
  /// Between 0 and 1.
  public let probability: Double
  /// How many tokens stay whatever their probability.
  public let least: Int
  private var largest = LargestTokens()

  /// Keeps tokens of at least this probability, and the `least` most probable ones in any case.
  public init(_ probability: Double, keepingAtLeast least: Int = 1) {
    precondition(
      probability > 0 && probability < 1,
      "EpsilonCutoff: the probability must be between 0 and 1, not \(probability)")
    precondition(least > 0, "EpsilonCutoff: at least one token must stay, not \(least)")
    self.probability = probability
    self.least = least
  }

  /// Sets the others to -∞.
  public mutating func process(_ logits: inout [Float], history: [Int32]) {
    let summary = SoftmaxSummary(logits)
    guard summary.top > -.infinity else { return }
    largest.find(least, in: logits)
    let threshold = min(summary.logit(ofProbability: probability), largest.threshold)
    for index in logits.indices where logits[index] < threshold { logits[index] = -.infinity }
  }
}
