/// Forbids the token that would complete one of some sequences.
public struct BadWords: LogitsProcessor {
  private let bias: SequenceBias

  /// Forbids sequences.
  ///
  /// As in transformers, one that is nothing but an end token is passed over: texts must end.
  public init(_ words: [[Int32]], ends: Set<Int32> = []) {
    let forbidden = words.filter { word in !(word.count == 1 && ends.contains(word[0])) }
    bias = SequenceBias(forbidden.map { (tokens: $0, bias: -Double.infinity) })
  }

  /// The sequences that are forbidden.
  public var words: [[Int32]] { bias.biases.map(\.tokens) }

  /// Sets the last tokens of sequences to -∞.
  public func process(_ logits: inout [Float], history: [Int32]) {
    bias.process(&logits, history: history)
  }
}
