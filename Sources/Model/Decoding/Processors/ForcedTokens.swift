/// Forces the next token to be one of some tokens when the text has a given length.
///
/// That is `forced_bos_token_id` for a length of 1, and `forced_eos_token_id` for one less than the
/// greatest length.
public struct ForcedTokens: LogitsProcessor {
  /// The length of the text before the forced token.
  public let length: TokenCount
  /// What may follow.
  public let tokens: [Int32]
  private var promptLength = 0

  /// Forces one of these tokens at this length.
  public init(_ tokens: some Sequence<Int32>, atLength length: TokenCount) {
    self.tokens = Array(tokens)
    self.length = length
  }

  /// Remembers where new tokens begin.
  public mutating func begin(promptLength: Int) { self.promptLength = promptLength }

  /// At the length, sets the logits of the tokens to 0, all others to -∞.
  public func process(_ logits: inout [Float], history: [Int32]) {
    guard history.count == length.total(promptLength: promptLength) else { return }
    logits.withUnsafeMutableBufferPointer { $0.update(repeating: -.infinity) }
    for token in tokens where logits.indices.contains(Int(token)) { logits[Int(token)] = 0 }
  }
}
