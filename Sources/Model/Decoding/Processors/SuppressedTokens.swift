/// Forbids tokens, everywhere or as the first of the text that is added.
public struct SuppressedTokens: LogitsProcessor {
  /// What is forbidden.
  public let tokens: [Int32]
  /// The only length of the text at which they are forbidden; nil for all.
  public let length: TokenCount?
  private var promptLength = 0

  /// Forbids these tokens, at this length only if one is given.
  public init(_ tokens: some Sequence<Int32>, atLength length: TokenCount? = nil) {
    self.tokens = Array(tokens)
    self.length = length
  }

  /// Remembers where new tokens begin.
  public mutating func begin(promptLength: Int) { self.promptLength = promptLength }

  /// Sets them to -∞.
  public func process(_ logits: inout [Float], history: [Int32]) {
    if let length, history.count != length.total(promptLength: promptLength) { return }
    for token in tokens where logits.indices.contains(Int(token)) {
      logits[Int(token)] = -.infinity
    }
  }
}
