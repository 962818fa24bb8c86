public import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// GPT-2: learned positions, layer norm before each part, GELU, a head tied to the embedding.
///
/// Radford et al. 2019, "Language Models are Unsupervised Multitask Learners"; names and numbers as
/// `GPT2LMHeadModel` of transformers.
public struct GPT2: LanguageModel {
  /// Its shape.
  public let configuration: GPT2Configuration
  /// One vector a token, `[vocabulary, width]`; the head too where tied.
  public var tokens: Embedding
  /// One vector a position, `[context, width]`.
  public var positions: Embedding
  /// The blocks in order.
  public var blocks: [GPT2Block]
  /// The norm before the head.
  public var finalNorm: LayerNorm
  /// The head where it is not tied.
  public var separateHead: Tensor?

  /// A model with fresh weights: normal, those that add to the residual stream smaller by
  /// √(2 · layers), biases zero.
  public init(_ configuration: GPT2Configuration, using stream: inout RandomStream) {
    var initializer = WeightInitializer(stream)
    self.init(configuration, using: &initializer)
    stream = initializer.stream ?? stream
  }

  /// A model whose weights come from an initializer.
  public init(_ configuration: GPT2Configuration, using initializer: inout WeightInitializer) {
    let c = configuration
    self.configuration = c
    let deviation = c.initializerRange
    tokens = Embedding(c.vocabularySize, c.width, deviation: deviation, using: &initializer)
    positions = Embedding(c.contextLength, c.width, deviation: deviation, using: &initializer)
    blocks = []
    for _ in 0..<c.layers { blocks.append(GPT2Block(c, using: &initializer)) }
    finalNorm = LayerNorm(c.width, epsilon: c.normEpsilon)
    separateHead =
      c.tiesHead
      ? nil : initializer.normal([c.vocabularySize, c.width], deviation: deviation)
  }

  /// How many tokens it knows.
  public var vocabularySize: Int { configuration.vocabularySize }
  /// The most positions it can see.
  public var contextLength: Int { configuration.contextLength }
  /// How many blocks.
  public var layerCount: Int { blocks.count }
  /// `[vocabulary, width]`.
  public var head: Tensor { separateHead ?? tokens.weight }

  /// The hidden states after the final norm; see ``LanguageModel/hidden(_:caches:dropout:)``.
  public func hidden(
    _ ids: Tensor, caches: inout [KeyValueCache], dropout stream: RandomStream?
  ) -> Tensor {
    let time = ids.shape[1]
    let start = caches.first?.length ?? 0
    precondition(
      start + time <= contextLength,
      "GPT2: \(start + time) positions exceed the context of \(contextLength)")
    let places = Tensor.arange(Double(start), Double(start + time), dtype: .int64)
    var x = tokens(ids) + positions(places)  // [batch, time, width]
    if var random = stream?.stream("embedding") {
      x = dropout(x, rate: configuration.embeddingDropout, using: &random)
    }
    for (index, block) in blocks.enumerated() {
      let scale = attentionScale(layer: index)
      let random = stream?.stream("block", index)
      if caches.isEmpty {
        var none: KeyValueCache?
        x = block(x, scale: scale, cache: &none, dropout: random)
      } else {
        var cache: KeyValueCache? = caches[index]
        caches[index] = KeyValueCache()  // so that the cache grows in place
        x = block(x, scale: scale, cache: &cache, dropout: random)
        caches[index] = cache ?? KeyValueCache()
      }
    }
    return finalNorm(x)
  }

  private func attentionScale(layer: Int) -> Double {
    let width = configuration.scalesAttention ? Double(configuration.headWidth).squareRoot() : 1
    return 1 / (configuration.scalesAttentionByLayer ? width * Double(layer + 1) : width)
  }

  /// Shows the weights under their names in Hugging Face checkpoints.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor("transformer.wte", &tokens)
    visitor("transformer.wpe", &positions)
    visitor("transformer.h", &blocks)
    visitor("transformer.ln_f", &finalNorm)
    visitor("lm_head.weight", &separateHead)
  }
}
