/// The shape of a GPT-2 model and how it is trained; defaults are those of the 124 M model.
public struct GPT2Configuration: Sendable, Equatable {
  /// How many tokens it knows.
  public var vocabularySize = 50257
  /// The most positions it can see.
  public var contextLength = 1024
  /// The width of the residual stream.
  public var width = 768
  /// How many blocks.
  public var layers = 12
  /// How many attention heads.
  public var heads = 12
  /// The width inside the feed-forward layer; four times `width` where nil.
  public var innerWidth: Int?
  /// The feed-forward layer's activation.
  public var activation = Activation.geluNew
  /// Dropout of what each layer adds to the residual stream, in training.
  public var residualDropout = 0.1
  /// Dropout of the embeddings, in training.
  public var embeddingDropout = 0.1
  /// Dropout of attention weights, in training.
  public var attentionDropout = 0.1
  /// What layer norms add to the variance.
  public var normEpsilon = 1e-5
  /// The standard deviation of fresh weights.
  public var initializerRange = 0.02
  /// Whether scores are divided by √headWidth.
  public var scalesAttention = true
  /// Whether scores are divided by the layer's number, from 1, as well.
  public var scalesAttentionByLayer = false
  /// Whether the head is the token embedding itself.
  public var tiesHead = true
  /// The token that starts a text.
  public var beginToken: Int? = 50256
  /// The token that ends a text.
  public var endToken: Int? = 50256

  /// The 124 M model.
  public init() {}

  /// A model of this size, without dropout.
  public init(vocabularySize: Int, contextLength: Int, width: Int, layers: Int, heads: Int) {
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.width = width
    self.layers = layers
    self.heads = heads
    (residualDropout, embeddingDropout, attentionDropout) = (0, 0, 0)
    (beginToken, endToken) = (nil, nil)
  }

  /// The width of one head.
  public var headWidth: Int { width / max(heads, 1) }
}
