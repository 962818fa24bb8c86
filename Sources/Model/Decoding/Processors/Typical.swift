#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Keeps the tokens whose surprise is nearest to the entropy, until they have a probability of `mass`
/// together (Meister and others, 2022, "Locally typical sampling").
///
/// As in transformers, the token that crosses the limit stays, and so do its equals.
public struct Typical: LogitsProcessor {
  /// Above 0 and at most 1.
  public let mass: Double
  /// How many tokens stay, the most typical first, whatever their probability.
  public let least: Int
  private var selection = MassSelection()

  /// Keeps this much probability, and the `least` most typical tokens in any case.
  public init(_ mass: Double, keepingAtLeast least: Int = 1) {
    precondition(mass > 0 && mass <= 1, "Typical: the mass must be in 0 … 1, not \(mass)")
    precondition(least > 0, "Typical: at least one token must stay, not \(least)")
    self.mass = mass
    self.least = least
  }

  /// Sets the others to -∞.
  public mutating func process(_ logits: inout [Float], history: [Int32]) {
    guard mass < 1 else { return }
    let summary = SoftmaxSummary(logits)
    guard summary.top > -.infinity else { return }
    let entropy = Float(summary.entropy(of: logits))
    selection.entries.removeAll(keepingCapacity: true)
    for index in logits.indices where logits[index] > -.infinity {
      let distance = abs(-summary.logProbability(logits[index]) - entropy)
      let weight = exp(logits[index] - summary.top)
      selection.entries.append(.init(key: distance, weight: weight, token: Int32(index)))
    }
    let place = selection.split(at: mass * summary.total, including: false)
    let last = min(max(place, least - 1), selection.entries.count - 1)
    for start in stride(from: place + 1, through: last, by: 1) { bringNearest(to: start) }
    let limit = selection.entries[last].key
    for entry in selection.entries where entry.key > limit {
      logits[Int(entry.token)] = -.infinity
    }
  }

  /// Exchanges the entry at a place with the nearest one from there on.
  private mutating func bringNearest(to place: Int) {
    var best = place
    for other in selection.entries.indices[place...]
    where selection.entries[other].isBefore(selection.entries[best]) { best = other }
    selection.entries.swapAt(best, place)
  }
}
