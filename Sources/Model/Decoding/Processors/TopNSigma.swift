/// Forbids tokens whose logit is more than `count` standard deviations below the largest (Tang and
/// others, 2024, "Top-nσ: not all logits are you need").
///
/// Mean and deviation are those of the tokens that are not forbidden yet, as in llama.cpp. A
/// temperature before or after makes no difference.
public struct TopNSigma: LogitsProcessor {
  /// How many deviations; 0 or less changes nothing, as in llama.cpp.
  public let count: Double

  /// Keeps tokens within so many deviations.
  public init(_ count: Double) { self.count = count }

  /// Sets the others to -∞.
  public func process(_ logits: inout [Float], history: [Int32]) {
    guard count > 0 else { return }
    var top = -Float.infinity
    var sum = 0.0
    var allowed = 0
    for logit in logits where logit > -.infinity {
      top = max(top, logit)
      sum += Double(logit)
      allowed += 1
    }
    guard allowed > 0 else { return }
    let mean = sum / Double(allowed)
    var squares = 0.0
    for logit in logits where logit > -.infinity {
      squares += (Double(logit) - mean) * (Double(logit) - mean)
    }
    let deviation = (squares / Double(allowed)).squareRoot()
    let threshold = Float(Double(top) - count * deviation)
    for index in logits.indices where logits[index] < threshold { logits[index] = -.infinity }
  }
}
