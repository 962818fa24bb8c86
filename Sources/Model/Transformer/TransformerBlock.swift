public import Tensor

/// One block: attention and a feed-forward layer, with norms where the ``NormArrangement`` has them.
public struct TransformerBlock: TensorTree {
  /// The norm before attention.
  public var attentionNorm: AnyNorm?
  /// Attention.
  public var attention: SelfAttention
  /// The norm after attention.
  public var attentionPostNorm: AnyNorm?
  /// The norm before the feed-forward layer.
  public var feedForwardNorm: AnyNorm?
  /// The feed-forward layer of a dense block.
  public var feedForward: FeedForward?
  /// The experts of a sparse one.
  public var experts: Experts?
  /// The norm after the feed-forward layer.
  public var feedForwardPostNorm: AnyNorm?
  /// Where the norms stand.
  public let arrangement: NormArrangement
  /// Whether both parts read the same.
  public let isParallel: Bool
  var names: PartNames

  init(
    _ architecture: Architecture, layer index: Int, names: PartNames,
    using initializer: inout WeightInitializer
  ) {
    let norm = AnyNorm(architecture.width, architecture.norm)
    arrangement = architecture.arrangement
    isParallel = architecture.parallel
    let before = arrangement != .after && arrangement != .sum
    let after = arrangement == .after || arrangement == .sum || arrangement == .around
    attentionNorm = before ? norm : nil
    feedForwardNorm = before && arrangement != .shared ? norm : nil
    attentionPostNorm = after ? norm : nil
    feedForwardPostNorm = after ? norm : nil
    attention = SelfAttention(architecture, layer: index, names: names, using: &initializer)
    if let design = architecture.experts, architecture.layers[index].isSparse {
      experts = Experts(architecture, design, names: names, using: &initializer)
    } else {
      feedForward = FeedForward(
        architecture.width, architecture.feedForward, names: names.feedForward,
        deviation: architecture.initializerRange, using: &initializer)
    }
    self.names = names
  }

  /// - Parameters:
  ///   - x: The residual stream, `[batch, time, width]`.
  ///   - context: Which positions these are and what they see.
  ///   - cache: Earlier keys and values, which it extends; nil where there are none to keep.
  public func callAsFunction(
    _ x: Tensor, _ context: AttentionContext, cache: inout KeyValueCache?
  ) -> Tensor {
    let read = attentionNorm?(x) ?? x
    var attended = attention(read, context, cache: &cache)
    if arrangement != .sum { attended = attentionPostNorm?(attended) ?? attended }
    if isParallel {
      return x + attended + transformed(feedForwardNorm?(x) ?? read)
    }
    var y = (arrangement == .beforeAndResidual ? read : x) + attended
    if arrangement == .sum { y = attentionPostNorm?(y) ?? y }
    let inner = feedForwardNorm?(y) ?? y
    var added = transformed(inner)
    if arrangement == .sum { return feedForwardPostNorm?(y + added) ?? y + added }
    added = feedForwardPostNorm?(added) ?? added
    return (arrangement == .beforeAndResidual ? inner : y) + added
  }

  private func transformed(_ x: Tensor) -> Tensor { experts?(x) ?? feedForward?(x) ?? x }

  /// Shows the parts under the names of the model's checkpoints.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor(names[.attentionNorm], &attentionNorm)
    attention.visit(&visitor)
    visitor(names[.attentionPostNorm], &attentionPostNorm)
    visitor(names[.feedForwardNorm], &feedForwardNorm)
    feedForward.visit(&visitor)
    experts.visit(&visitor)
    visitor(names[.feedForwardPostNorm], &feedForwardPostNorm)
  }
}
