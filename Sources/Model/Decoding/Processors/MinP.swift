#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Forbids tokens whose probability is less than a share of the most probable token's (Nguyen and
/// others, 2024, "Min-p sampling").
public struct MinP: LogitsProcessor {
  /// In 0 … 1.
  public let share: Double
  /// How many tokens stay whatever their probability.
  public let least: Int
  private var largest = LargestTokens()

  /// Keeps tokens of at least this share, and the `least` most probable ones in any case.
  public init(_ share: Double, keepingAtLeast least: Int = 1) {
    precondition(share >= 0 && share <= 1, "MinP: the share must be in 0 … 1, not \(share)")
    precondition(least > 0, "MinP: at least one token must stay, not \(least)")
    self.share = share
    self.least = least
  }

  /// Sets the others to -∞.
  public mutating func process(_ logits: inout [Float], history: [Int32]) {
    guard share > 0 else { return }
    largest.find(least, in: logits)
    // The most probable token is among them.
    var top = -Float.infinity
    for entry in largest.entries { top = max(top, entry.logit) }
    let threshold = min(top + Float(log(share)), largest.threshold)
    for index in logits.indices where logits[index] < threshold { logits[index] = -.infinity }
  }
}
