/// A change of the next token's logits before one is chosen.
///
/// Processors are small values, composed in an array and applied in order.
public protocol LogitsProcessor: Sendable {
  /// - Parameters:
  ///   - logits: One number a token of the vocabulary, changed in place; -∞ forbids a token.
  ///   - history: The tokens so far, prompt included.
  func process(_ logits: inout [Float], history: [Int32])
}
