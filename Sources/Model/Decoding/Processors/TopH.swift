#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps the most probable tokens whose share of the entropy stays within a budget (Baghaei Potraghloo
/// and others, 2025, "Top-H decoding").
///
/// As in transformers, only the hundred most probable tokens are looked at, and their distribution is
/// the one whose entropy counts.
public struct TopH: LogitsProcessor {
  /// Which part of the entropy the kept tokens may have, above 0 and at most 1.
  public let share: Double
  private var largest = LargestTokens()
  private static let most = 100

  /// Keeps tokens within this share of the entropy.
  public init(_ share: Double) {
    precondition(share > 0 && share <= 1, "TopH: the share must be in 0 … 1, not \(share)")
    self.share = share
  }

  /// Sets the others to -∞.
  public mutating func process(_ logits: inout [Float], history: [Int32]) {
    largest.find(TopH.most, in: logits)
    largest.sort()
    guard let top = largest.entries.first?.logit, top > -.infinity else { return }
    var total = 0.0
    for entry in largest.entries { total += Double(exp(entry.logit - top)) }
    var entropy = 0.0
    for entry in largest.entries { entropy += term(entry.logit - top, total) }
    var kept = 0
    var sum = 0.0
    for entry in largest.entries {
      sum += term(entry.logit - top, total)
      if kept > 0 && sum > entropy * share { break }
      kept += 1
    }
    logits.withUnsafeMutableBufferPointer { $0.update(repeating: -.infinity) }
    for entry in largest.entries[..<kept] { logits[Int(entry.token)] = entry.logit }
  }

  /// -p log p of a token.
  private func term(_ shifted: Float, _ total: Double) -> Double {
    let probability = Double(exp(shifted)) / total
    return probability > 0 ? -probability * log(probability) : 0
  }
}
