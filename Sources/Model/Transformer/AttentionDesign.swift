/// How attention is built in all layers of a model.
public struct AttentionDesign: Sendable, Equatable {
  /// How many heads ask.
  public var heads: Int
  /// How many heads are asked: keys and values are shared by `heads / groups` heads.
  public var groups: Int
  /// The width of one head.
  public var headWidth: Int
  /// How queries, keys and values lie in their matrices.
  public var layout = QueryKeyValueLayout.separate
  /// Whether weights are stored `[inputs, outputs]`, as in GPT-2's files.
  public var isTransposed = false
  /// Whether queries, keys and values have biases.
  public var hasInputBias = false
  /// Whether the result has a bias.
  public var hasOutputBias = false
  /// How queries and keys are normalized before they turn.
  public var queryKeyNorm = QueryKeyNorm.none
  /// What scores are multiplied by.
  public var scale: Double
  /// Whether scores are also divided by the layer's number, from 1.
  public var dividesByLayer = false
  /// The bound of a soft clamp of scores, cap · tanh(score / cap); nil for none.
  public var softcap: Double?
  /// The bound of queries, keys and values; nil for none.
  public var clamp: Double?
  /// Whether a query sees only positions up to its own.
  public var isCausal = true

  /// Attention of these sizes; scores are divided by √headWidth.
  public init(heads: Int, groups: Int? = nil, headWidth: Int) {
    self.heads = heads
    self.groups = groups ?? heads
    self.headWidth = headWidth
    scale = 1 / Double(max(headWidth, 1)).squareRoot()
  }

  /// The width of all queries.
  public var queryWidth: Int { heads * headWidth }
  /// The width of all keys, and of all values.
  public var keyWidth: Int { groups * headWidth }
}

/// How queries, keys and values lie in their matrices.
public enum QueryKeyValueLayout: Sendable, Equatable {
  /// Three matrices.
  case separate
  /// One matrix: all queries, all keys, all values (GPT-2, MPT, Phi-3).
  case joined
  /// One matrix: for each head its query, key and value (GPT-NeoX, BLOOM).
  case byHead
}

/// How queries and keys are normalized before they turn.
public enum QueryKeyNorm: Sendable, Equatable {
  /// Not at all.
  case none
  /// Each head alone, with one weight for all heads: Qwen 3, Gemma 3, Phi.
  case perHead(NormDesign)
  /// All heads together: OLMo 2.
  case whole(NormDesign)
}

/// How the dense feed-forward layer is built.
public struct FeedForwardDesign: Sendable, Equatable {
  /// Its width inside.
  public var innerWidth: Int
  /// Its activation.
  public var activation: Activation
  /// Whether the activated half is multiplied by another (Shazeer 2020).
  public var isGated: Bool
  /// Whether gate and up are one matrix, the gate's rows first: Phi-3.
  public var isJoined = false
  /// Whether its matrices have biases.
  public var hasBias = false
  /// Whether weights are stored `[inputs, outputs]`, as in GPT-2's files.
  public var isTransposed = false

  /// A layer of this width.
  public init(innerWidth: Int, activation: Activation = .silu, isGated: Bool = true) {
    self.innerWidth = innerWidth
    self.activation = activation
    self.isGated = isGated
  }
}

/// A mixture of experts: a router sends each token to a few of many feed-forward layers.
public struct ExpertsDesign: Sendable, Equatable {
  /// How many there are.
  public var count: Int
  /// How many a token visits.
  public var perToken: Int
  /// The width inside each.
  public var innerWidth: Int
  /// Whether the weights of the visited ones are divided by their sum.
  public var normalizesWeights: Bool
  /// The width inside the expert that every token visits; nil for none.
  public var sharedInnerWidth: Int?

  /// Experts of this number and width.
  public init(
    count: Int, perToken: Int, innerWidth: Int, normalizesWeights: Bool,
    sharedInnerWidth: Int? = nil
  ) {
    self.count = count
    self.perToken = perToken
    self.innerWidth = innerWidth
    self.normalizesWeights = normalizesWeights
    self.sharedInnerWidth = sharedInnerWidth
  }
}
