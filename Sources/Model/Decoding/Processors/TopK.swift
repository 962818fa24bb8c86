/// Forbids all but the `count` most probable tokens (Fan and others, 2018).
///
/// Ties with the last one stay, as in transformers.
public struct TopK: LogitsProcessor {
  /// How many tokens stay.
  public let count: Int
  private var largest = LargestTokens()

  /// Keeps this many tokens.
  public init(_ count: Int) {
    precondition(count > 0, "TopK: the count must be positive, not \(count)")
    self.count = count
  }

  /// Sets the others to -∞.
  public mutating func process(_ logits: inout [Float], history: [Int32]) {
    guard count < logits.count else { return }
    largest.find(count, in: logits)
    let threshold = largest.threshold
    for index in logits.indices where logits[index] < threshold { logits[index] = -.infinity }
  }
}
