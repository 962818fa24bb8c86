public import Tensor

extension Transformer {
  /// The hidden states before the head; see ``LanguageModel/hidden(_:caches:dropout:)``.
  ///
  /// None of these models was trained with dropout worth keeping, so there is none.
  public func hidden(
    _ ids: Tensor, caches: inout [KeyValueCache], dropout stream: RandomStream?
  ) -> Tensor {
    hidden(ids, segments: nil, visible: nil, caches: &caches)
  }

  /// The hidden states before the head.
  ///
  /// - Parameters:
  ///   - ids: Token ids, `[batch, time]`.
  ///   - kinds: The kind of segment of each token, `[batch, time]`; all of kind 0 where nil.
  ///   - visible: Which positions are no padding, truth values `[batch, start + time]`; all where nil.
  ///   - caches: One a layer, or none; where there are, `ids` continue what they hold.
  /// - Returns: `[batch, time, width]`.
  public func hidden(
    _ ids: Tensor, segments kinds: Tensor?, visible: Tensor?, caches: inout [KeyValueCache]
  ) -> Tensor {
    let time = ids.shape[1]
    let start = caches.first?.length ?? 0
    var slopes: [Float]?
    if case .alibi(let largest) = architecture.positions {
      slopes = alibiSlopes(heads: architecture.attention.heads, largest: largest)
    }
    let context = AttentionContext(start: start, time: time, slopes: slopes, visible: visible)
    var x = embedded(ids, kinds, start)
    for (index, block) in blocks.enumerated() {
      var cache: KeyValueCache? = caches.isEmpty ? nil : caches[index]
      if !caches.isEmpty { caches[index] = KeyValueCache() }  // so that the cache grows in place
      x = block(x, context, cache: &cache)
      if let cache { caches[index] = cache }
    }
    x = finalNorm?(x) ?? x
    guard let headDense, let headNorm, let activation = architecture.head.transform else {
      return x
    }
    return headNorm(activation(headDense(x)))
  }

  /// The embeddings, `[batch, time, width]`.
  private func embedded(_ ids: Tensor, _ kinds: Tensor?, _ start: Int) -> Tensor {
    let time = ids.shape[1]
    var x = tokens(ids)
    if architecture.embeddingScale != 1 { x = x * architecture.embeddingScale }
    if let segments { x = x + segments(kinds ?? .zeros(ids.shape, dtype: .int64)) }
    switch architecture.positions {
    case .learned:
      precondition(
        start + time <= contextLength,
        "Transformer: \(start + time) positions exceed the context of \(contextLength)")
      let places = Tensor.arange(Double(start), Double(start + time), dtype: .int64)
      if let positions { x = x + positions(places) }
    case .sinusoidal:
      x = x + sinusoidalPositions(start..<start + time, width: architecture.width)
    case .none, .alibi: break
    }
    return embeddingNorm?(x) ?? x
  }

  /// Whether no rotation changes its set of divisors on the way.
  public func keepsCaches(growingFrom start: Int, to end: Int) -> Bool {
    architecture.keepsCaches(growingFrom: start, to: end)
  }

  /// The logits of hidden states, `[…, vocabulary]`.
  public func logits(of hidden: Tensor) -> Tensor {
    var logits = linear(hidden, head, headBias)
    if architecture.head.scale != 1 { logits = logits * architecture.head.scale }
    guard let cap = architecture.head.softcap else { return logits }
    return (logits / cap).tanh() * cap
  }
}
