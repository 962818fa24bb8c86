public import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One block of GPT-2: attention and a feed-forward layer, each added to the residual stream.
public struct GPT2Block: TensorTree {
  /// The norm before attention.
  public var attentionNorm: LayerNorm
  /// Queries, keys and values in one matrix, `[width, 3 · width]`.
  public var queryKeyValue: any Projection
  /// What attention adds to the residual stream, `[width, width]`.
  public var attentionOutput: any Projection
  /// The norm before the feed-forward layer.
  public var feedForwardNorm: LayerNorm
  /// `[width, innerWidth]`.
  public var up: any Projection
  /// `[innerWidth, width]`.
  public var down: any Projection
  let heads: Int
  let activation: Activation
  let residualDropout: Double
  let attentionDropout: Double

  /// A block with fresh weights.
  public init(_ c: GPT2Configuration, using initializer: inout WeightInitializer) {
    let deviation = c.initializerRange
    let residual = deviation / (2 * Double(c.layers)).squareRoot()
    let inner = c.innerWidth ?? 4 * c.width
    attentionNorm = LayerNorm(c.width, epsilon: c.normEpsilon)
    queryKeyValue = TransposedLinear(
      c.width, 3 * c.width, deviation: deviation, using: &initializer)
    attentionOutput = TransposedLinear(c.width, c.width, deviation: residual, using: &initializer)
    feedForwardNorm = LayerNorm(c.width, epsilon: c.normEpsilon)
    up = TransposedLinear(c.width, inner, deviation: deviation, using: &initializer)
    down = TransposedLinear(inner, c.width, deviation: residual, using: &initializer)
    heads = c.heads
    activation = c.activation
    residualDropout = c.residualDropout
    attentionDropout = c.attentionDropout
  }

  /// - Parameters:
  ///   - x: The residual stream, `[batch, time, width]`.
  ///   - scale: What attention scores are multiplied by.
  ///   - cache: Earlier keys and values, which it extends; nil where there are none to keep.
  ///   - stream: Where the random numbers of dropout come from; nil at inference.
  public func callAsFunction(
    _ x: Tensor, scale: Double, cache: inout KeyValueCache?, dropout stream: RandomStream? = nil
  ) -> Tensor {
    let y = x + dropped(attend(attentionNorm(x), scale, &cache, stream), stream, "attention")
    let inner = activation(up(feedForwardNorm(y)))  // [batch, time, innerWidth]
    return y + dropped(down(inner), stream, "feed-forward")
  }

  private func attend(
    _ x: Tensor, _ scale: Double, _ cache: inout KeyValueCache?, _ stream: RandomStream?
  ) -> Tensor {
    let (batch, time, width) = (x.shape[0], x.shape[1], x.shape[2])
    let joined = queryKeyValue(x)  // [batch, time, 3 · width]
    let dropping = stream.flatMap { stream in
      attentionDropout > 0
        ? AttentionDropout(rate: attentionDropout, stream: stream.stream("weights")) : nil
    }
    if cache == nil {
      return attentionOutput(
        selfAttention(joined: joined, heads: heads, scale: scale, mask: .causal, dropout: dropping))
    }
    let parts = joined.split(every: width, axis: -1).map {
      $0.reshaped(batch, time, heads, width / heads).transposed(1, 2)
    }  // three times [batch, heads, time, headWidth]
    let (key, value) = cache?.append(parts[1], parts[2]) ?? (parts[1], parts[2])
    let y = attention(
      query: parts[0], key: key, value: value, scale: scale, mask: .causal, dropout: dropping)
    return attentionOutput(y.transposed(1, 2).reshaped(batch, time, width))
  }

  private func dropped(_ x: Tensor, _ stream: RandomStream?, _ purpose: String) -> Tensor {
    guard var random = stream?.stream(purpose) else { return x }
    return dropout(x, rate: residualDropout, using: &random)
  }

  /// Shows the weights under their names in Hugging Face checkpoints.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor("ln_1", &attentionNorm)
    visitor("attn.c_attn", &queryKeyValue)
    visitor("attn.c_proj", &attentionOutput)
    visitor("ln_2", &feedForwardNorm)
    visitor("mlp.c_fc", &up)
    visitor("mlp.c_proj", &down)
  }
}
