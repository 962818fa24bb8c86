/// Makes tokens that occurred less probable, once whatever their number: a positive logit is divided
/// by the penalty, a negative one multiplied (Keskar and others, 2019, "CTRL").
///
/// The prompt counts, as in transformers.
public struct RepetitionPenalty: LogitsProcessor {
  /// Above 1 discourages, below 1 encourages repetition.
  public let penalty: Double
  private var seen: [Bool] = []

  /// A positive penalty.
  public init(_ penalty: Double) {
    precondition(penalty > 0, "RepetitionPenalty: must be positive, not \(penalty)")
    self.penalty = penalty
  }

  /// Changes the logits of tokens in `history`.
  public mutating func process(_ logits: inout [Float], history: [Int32]) {
    let factor = Float(penalty)
    if seen.count != logits.count { seen = Array(repeating: false, count: logits.count) }
    for token in history {
      let index = Int(token)
      guard logits.indices.contains(index), !seen[index] else { continue }
      seen[index] = true
      logits[index] = logits[index] < 0 ? logits[index] * factor : logits[index] / factor
    }
    for token in history where seen.indices.contains(Int(token)) { seen[Int(token)] = false }
  }
}
