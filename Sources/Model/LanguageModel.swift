public import Tensor

/// A decoder that predicts the next token.
public protocol LanguageModel: TensorTree {
  /// How many tokens it knows.
  var vocabularySize: Int { get }
  /// The most positions it can see at once.
  var contextLength: Int { get }
  /// How many layers keep keys and values.
  var layerCount: Int { get }
  /// The matrix that turns hidden states into logits, `[vocabulary, width]`.
  var head: Tensor { get }

  /// The hidden states before the head.
  ///
  /// - Parameters:
  ///   - ids: Token ids, `[batch, time]`.
  ///   - caches: One a layer, or none; where there are, `ids` continue what they hold.
  ///   - dropout: Where the random numbers of dropout come from; nil at inference.
  /// - Returns: `[batch, time, width]`.
  func hidden(_ ids: Tensor, caches: inout [KeyValueCache], dropout: RandomStream?) -> Tensor

  /// Whether caches stay right when they grow from so many positions to so many; where they do not,
  /// all tokens are to be seen again, as with LongRoPE beyond the original context.
  func keepsCaches(growingFrom start: Int, to end: Int) -> Bool

  /// The logits of hidden states: their product with ``head``, unless a model does more.
  ///
  /// - Parameter hidden: `[…, width]`.
  /// - Returns: `[…, vocabulary]`.
  func logits(of hidden: Tensor) -> Tensor
}

extension LanguageModel {
  /// The logits of every position.
  ///
  /// - Parameter ids: `[batch, time]`.
  /// - Returns: `[batch, time, vocabulary]`.
  public func callAsFunction(_ ids: Tensor) -> Tensor {
    var none: [KeyValueCache] = []
    return logits(of: hidden(ids, caches: &none, dropout: nil))
  }

  /// Always.
  public func keepsCaches(growingFrom start: Int, to end: Int) -> Bool { true }

  /// The product with ``head``.
  public func logits(of hidden: Tensor) -> Tensor { linear(hidden, head) }

  /// The cross-entropy of the next tokens.
  ///
  /// - Parameters:
  ///   - ids: `[batch, time]`.
  ///   - targets: `[batch, time]`, the token after each of `ids`, or the ignore index.
  ///   - options: Smoothing, z-loss, and how the losses of tokens become one number.
  ///   - dropout: Where the random numbers of dropout come from; nil for evaluation.
  public func loss(
    _ ids: Tensor, _ targets: Tensor, options: CrossEntropyOptions = .init(),
    dropout: RandomStream? = nil
  ) -> Tensor {
    var none: [KeyValueCache] = []
    return crossEntropy(
      hidden: hidden(ids, caches: &none, dropout: dropout), weight: head, targets, options)
  }

  /// Empty caches, one a layer.
  public func makeCaches() -> [KeyValueCache] {
    Array(repeating: KeyValueCache(), count: layerCount)
  }
}
