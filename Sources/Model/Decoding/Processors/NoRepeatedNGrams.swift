/// Forbids the token that would complete a run of `length` tokens that occurred before.
///
/// The prompt counts, as in transformers (`no_repeat_ngram_size`).
public struct NoRepeatedNGrams: LogitsProcessor {
  /// How many tokens may not be repeated in a row.
  public let length: Int

  /// Forbids runs of this length.
  public init(_ length: Int) {
    precondition(length > 0, "NoRepeatedNGrams: the length must be positive, not \(length)")
    self.length = length
  }

  /// Sets tokens that would complete a run to -∞.
  public func process(_ logits: inout [Float], history: [Int32]) {
    guard history.count >= length else { return }
    let prefix = length - 1
    let end = history.count - prefix
    history.withUnsafeBufferPointer { tokens in
      for start in 0...(tokens.count - length) {
        var equal = 0
        while equal < prefix && tokens[start + equal] == tokens[end + equal] { equal += 1 }
        let next = Int(tokens[start + prefix])
        if equal == prefix && logits.indices.contains(next) { logits[next] = -.infinity }
      }
    }
  }
}
