/// Divides logits by a temperature: below 1 sharper, above 1 flatter.
public struct Temperature: LogitsProcessor {
  /// A positive number.
  public let value: Double

  /// A temperature.
  public init(_ value: Double) {
    precondition(
      value > 0, "Temperature: must be positive, not \(value); use greedy decoding for 0")
    self.value = value
  }

  /// Divides in place.
  public func process(_ logits: inout [Float], history: [Int32]) {
    let factor = max(Float(value), .leastNonzeroMagnitude)
    // Quotients by so little would be infinite: below the largest logit they mean the same.
    let shift = value < 1e-30 ? logits.max() ?? 0 : 0
    for index in logits.indices { logits[index] = (logits[index] - shift) / factor }
  }
}
