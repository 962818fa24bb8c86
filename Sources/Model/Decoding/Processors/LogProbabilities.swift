/// Turns logits into log-probabilities, as transformers' `renormalize_logits` does at the end.
///
/// Choosing a token does not need it; beam search compares what it makes.
public struct LogProbabilities: LogitsProcessor {
  /// A processor without settings.
  public init() {}

  /// Replaces in place.
  public func process(_ logits: inout [Float], history: [Int32]) {
    let summary = SoftmaxSummary(logits)
    guard summary.top > -.infinity else { return }
    let shift = summary.logProbability(0)
    for index in logits.indices { logits[index] += shift }
  }
}
