/// A change of the next token's logits before one is chosen.
///
/// Processors are small values, composed in an array and applied in order. The result depends on
/// logits, history and the length of the prompt only, never on which histories were seen before:
/// beams and speculation ask about many. What a processor stores besides is memory to reuse.
///
/// ```swift
/// /// Forbids a token that is a multiple of three.
/// struct NoThirds: LogitsProcessor {
///   func process(_ logits: inout [Float], history: [Int32]) {
///     for token in stride(from: 0, to: logits.count, by: 3) { logits[token] = -.infinity }
///   }
/// }
/// ```
public protocol LogitsProcessor: Sendable {
  /// Says how many tokens the prompt has, before the first call of ``process(_:history:)``.
  ///
  /// The default does nothing.
  mutating func begin(promptLength: Int)

  /// Changes the logits in place.
  ///
  /// - Parameters:
  ///   - logits: One number a token of the vocabulary; -∞ forbids a token. Their number is not to be
  ///     changed.
  ///   - history: The tokens so far, prompt included.
  mutating func process(_ logits: inout [Float], history: [Int32])
}

extension LogitsProcessor {
  /// Does nothing.
  public mutating func begin(promptLength: Int) {}
}

/// A point in a text, counted in tokens.
public enum TokenCount: Sendable, Hashable {
  /// Tokens after the prompt.
  case new(Int)
  /// All tokens, prompt included.
  case total(Int)

  /// As a number of all tokens.
  func total(promptLength: Int) -> Int {
    switch self {
    case .new(let count):
      // A limit may be the greatest number that there is.
      count > Int.max - promptLength ? .max : promptLength + count
    case .total(let count): count
    }
  }
}
