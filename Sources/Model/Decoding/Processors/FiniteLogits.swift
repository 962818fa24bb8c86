/// Makes every logit finite: 0 for not-a-number, the largest and smallest numbers for infinities.
///
/// This is transformers' `remove_invalid_values`.
public struct FiniteLogits: LogitsProcessor {
  /// A processor without settings.
  public init() {}

  /// Replaces in place.
  public func process(_ logits: inout [Float], history: [Int32]) {
    let most = Float.greatestFiniteMagnitude
    for index in logits.indices where !logits[index].isFinite {
      logits[index] = logits[index].isNaN ? 0 : logits[index] > 0 ? most : -most
    }
  }
}
