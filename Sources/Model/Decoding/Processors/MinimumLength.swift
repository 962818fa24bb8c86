/// Forbids the tokens that end a text until it is long enough.
public struct MinimumLength: LogitsProcessor {
  /// How long a text must be.
  public let count: TokenCount
  /// The tokens that end a text.
  public let ends: [Int32]
  private var promptLength = 0

  /// A length, in new or in all tokens.
  public init(_ count: TokenCount, ends: some Sequence<Int32>) {
    self.count = count
    self.ends = ends.sorted()
  }

  /// Remembers where new tokens begin.
  public mutating func begin(promptLength: Int) { self.promptLength = promptLength }

  /// Sets end tokens to -∞ while the text is too short.
  public func process(_ logits: inout [Float], history: [Int32]) {
    guard history.count < count.total(promptLength: promptLength) else { return }
    for end in ends where logits.indices.contains(Int(end)) { logits[Int(end)] = -.infinity }
  }
}
