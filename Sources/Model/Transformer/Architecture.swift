/// What a transformer is made of: everything in which families of models differ.
///
/// A family reads its configuration file into this value, and all that runs models (training,
/// inference, conversion, inspection) follows it alone.
public struct Architecture: Sendable, Equatable {
  /// How many tokens it knows.
  public var vocabularySize: Int
  /// The most positions it was made to see.
  public var contextLength: Int
  /// The width of the residual stream.
  public var width: Int
  /// Where the order of tokens comes from, apart from rotations, which layers have.
  public var positions = PositionDesign.none
  /// What the token vectors are multiplied by.
  public var embeddingScale = 1.0
  /// How many kinds of segments there are vectors for, as in BERT; 0 for none.
  public var segments = 0
  /// Whether the embeddings are normalized before the first block.
  public var normalizesEmbeddings = false
  /// The norms.
  public var norm = NormDesign.rms()
  /// Where norms stand in a block.
  public var arrangement = NormArrangement.before
  /// Whether the feed-forward layer reads what attention reads, instead of attention's result.
  public var parallel = false
  /// Attention, but for what differs between layers.
  public var attention: AttentionDesign
  /// The dense feed-forward layer.
  public var feedForward: FeedForwardDesign
  /// The experts of sparse layers.
  public var experts: ExpertsDesign?
  /// What differs between layers; as many as there are blocks.
  public var layers: [LayerDesign]
  /// Whether there is a norm before the head.
  public var normalizesFinally = true
  /// What makes logits of hidden states.
  public var head = HeadDesign()
  /// The token that starts a text.
  public var beginToken: Int?
  /// The tokens that end a text.
  public var endTokens: [Int] = []
  /// The token that fills shorter sequences of a batch.
  public var padToken: Int?
  /// The standard deviation of fresh weights.
  public var initializerRange = 0.02

  /// An architecture of these sizes; the rest as in Llama.
  public init(
    vocabularySize: Int, contextLength: Int, width: Int, attention: AttentionDesign,
    feedForward: FeedForwardDesign, layers: [LayerDesign]
  ) {
    self.vocabularySize = vocabularySize
    self.contextLength = contextLength
    self.width = width
    self.attention = attention
    self.feedForward = feedForward
    self.layers = layers
  }
}

extension Architecture {
  /// The most positions it can see with its rotations stretched: dynamic scaling goes beyond
  /// ``contextLength`` by its factor.
  public var reach: Int {
    var reach = contextLength
    for case .dynamic(let factor, let original) in layers.compactMap(\.rotary?.scaling) {
      reach = max(reach, Int(min(Double(original) * factor, 1e9)))
    }
    return reach
  }

  /// Whether keys that were turned at one length are right at another.
  func keepsCaches(growingFrom start: Int, to end: Int) -> Bool {
    for case .long(let scaling) in layers.compactMap(\.rotary?.scaling)
    where start > 0 && start <= scaling.original && end > scaling.original { return false }
    return true
  }
}

/// Where a model learns the order of its tokens, apart from rotations.
public enum PositionDesign: Sendable, Equatable {
  /// Nowhere, or from rotations.
  case none
  /// A trained vector a position, as in GPT-2 and BERT.
  case learned
  /// Sines and cosines of Vaswani and others 2017, added to the token vectors.
  case sinusoidal
  /// A penalty on attention that grows with the distance (Press and others 2022), with this
  /// largest exponent.
  case alibi(largest: Double)
}

/// Where norms stand in a block.
public enum NormArrangement: Sendable, Equatable {
  /// Before attention and before the feed-forward layer: GPT-2, Llama.
  case before
  /// One before both, which read the same: Phi-2.
  case shared
  /// After each, before its result is added: OLMo 2.
  case after
  /// Before and after each: Gemma 2 and 3.
  case around
  /// After the sum, as in the first transformers: BERT.
  case sum
  /// Before each, and what is added to is the normalized stream: BLOOM where its configuration
  /// says `apply_residual_connection_post_layernorm`.
  case beforeAndResidual
}

/// A normalization.
public enum NormDesign: Sendable, Equatable {
  /// Root mean square; `offset` is added to the weight (1 in Gemma).
  case rms(epsilon: Double = 1e-6, offset: Double = 0)
  /// Mean and variance, with a weight and perhaps a bias.
  case layer(epsilon: Double = 1e-5, bias: Bool = true)
  /// Mean and variance, without parameters: OLMo.
  case plain(epsilon: Double = 1e-5)
}

/// What one layer has that others may not.
public struct LayerDesign: Sendable, Equatable {
  /// How many positions a query sees at most, its own included; nil for all before it.
  public var window: Int?
  /// How queries and keys turn with their positions; nil where they do not.
  public var rotary: RotaryDesign?
  /// Whether the feed-forward layer is a mixture of experts.
  public var isSparse = false

  /// A layer.
  public init(window: Int? = nil, rotary: RotaryDesign? = nil, isSparse: Bool = false) {
    self.window = window
    self.rotary = rotary
    self.isSparse = isSparse
  }
}

/// What makes logits of hidden states.
public struct HeadDesign: Sendable, Equatable {
  /// Whether its matrix is the token embedding.
  public var isTied = false
  /// Whether a number is added to each logit.
  public var hasBias = false
  /// What logits are multiplied by.
  public var scale = 1.0
  /// The bound of a soft clamp, cap · tanh(logit / cap); nil for none.
  public var softcap: Double?
  /// The activation of a dense layer and a norm before the matrix, as BERT's head for masked words
  /// has; nil for none.
  public var transform: Activation?

  /// A matrix of its own, nothing else.
  public init() {}
}
