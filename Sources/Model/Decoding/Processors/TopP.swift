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
/// As in transformers, the token that crosses the limit stays.
public struct TopP: LogitsProcessor {
  /// In 0 … 1.
  public let mass: Double
  /// How many tokens stay whatever their probability.
  public let least: Int
  private var selection = MassSelection()

  /// Keeps this much probability, and the `least` most probable tokens in any case.
  public init(_ mass: Double, keepingAtLeast least: Int = 1) {
    precondition(mass >= 0 && mass <= 1, "TopP: the mass must be in 0 … 1, not \(mass)")
    precondition(least > 0, "TopP: at least one token must stay, not \(least)")
    self.mass = mass
    self.least = least
  }

  /// Sets the others to -∞.
  public mutating func process(_ logits: inout [Float], history: [Int32]) {
    guard mass < 1 else { return }
    let summary = SoftmaxSummary(logits)
    guard summary.top > -.infinity else { return }
    selection.entries.removeAll(keepingCapacity: true)
    for index in logits.indices where logits[index] > -.infinity {
      let weight = exp(logits[index] - summary.top)
      selection.entries.append(.init(key: logits[index], weight: weight, token: Int32(index)))
    }
    // From the least probable on, tokens go while what went stays within 1 - mass.
    let gone = selection.split(at: (1 - mass) * summary.total, including: true)
    let count = selection.entries.count
    // What the minimum calls back stands before the place, in no order.
    for place in stride(from: gone - 1, through: max(0, count - least), by: -1) {
      var best = place
      for other in 0..<place
      where selection.entries[best].isBefore(selection.entries[other]) { best = other }
      selection.entries.swapAt(best, place)
    }
    for entry in selection.entries[..<min(gone, max(0, count - least))] {
      logits[Int(entry.token)] = -.infinity
    }
  }
}
