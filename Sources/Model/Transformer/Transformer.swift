package import JSON
public import Tensor

/// A transformer of any family: GPT-2, Llama, Mistral, Qwen, Phi, Gemma, OLMo, GPT-NeoX, BLOOM, MPT,
/// mixtures of experts, BERT.
///
/// What it is made of is its ``Architecture``; under which names its weights stand in files, its
/// ``PartNames``. Load one with ``init(contentsOf:families:changing:)``; run it fast with
/// ``Engine``; train it as any ``LanguageModel``.
public struct Transformer: LanguageModel {
  /// What it is made of.
  public let architecture: Architecture
  /// One vector a token, `[vocabulary, width]`; the head too where tied.
  public var tokens: Embedding
  /// One vector a position where they are learned, `[context, width]`.
  public var positions: Embedding?
  /// One vector a kind of segment, `[segments, width]`.
  public var segments: Embedding?
  /// The norm of the embeddings.
  public var embeddingNorm: AnyNorm?
  /// The blocks in order.
  public var blocks: [TransformerBlock]
  /// The norm before the head.
  public var finalNorm: AnyNorm?
  /// A dense layer before the head, as BERT has it for masked words.
  public var headDense: Linear?
  /// The norm after that.
  public var headNorm: AnyNorm?
  /// The head's matrix where it is not tied, `[vocabulary, width]`.
  public var separateHead: Tensor?
  /// What is added to the logits, `[vocabulary]`.
  public var headBias: Tensor?
  /// Under which names its weights stand in files.
  public var names: PartNames {
    didSet { for index in blocks.indices { blocks[index].rename(names) } }
  }

  /// The configuration file that it was loaded with, to be written again.
  package var configuration: JSONObject?

  /// A model with fresh weights: normal matrices, biases of zero, norms that change nothing.
  public init(
    _ architecture: Architecture, names: PartNames = [:], using stream: inout RandomStream
  ) {
    var initializer = WeightInitializer(stream)
    self.init(architecture, names: names, using: &initializer)
    stream = initializer.stream ?? stream
  }

  /// A model whose weights come from an initializer.
  public init(
    _ architecture: Architecture, names: PartNames, using initializer: inout WeightInitializer
  ) {
    let a = architecture
    let range = a.initializerRange
    self.architecture = a
    self.names = names
    tokens = Embedding(a.vocabularySize, a.width, deviation: range, using: &initializer)
    if a.positions == .learned {
      positions = Embedding(a.contextLength, a.width, deviation: range, using: &initializer)
    }
    if a.segments > 0 {
      segments = Embedding(a.segments, a.width, deviation: range, using: &initializer)
    }
    embeddingNorm = a.normalizesEmbeddings ? AnyNorm(a.width, a.norm) : nil
    blocks = []
    for index in a.layers.indices {
      blocks.append(TransformerBlock(a, layer: index, names: names, using: &initializer))
    }
    finalNorm = a.normalizesFinally ? AnyNorm(a.width, a.norm) : nil
    if a.head.transform != nil {
      headDense = Linear(a.width, a.width, bias: true, deviation: range, using: &initializer)
      headNorm = AnyNorm(a.width, a.norm)
    }
    separateHead =
      a.head.isTied ? nil : initializer.normal([a.vocabularySize, a.width], deviation: range)
    headBias = a.head.hasBias ? .zeros([a.vocabularySize]) : nil
  }

  /// How many tokens it knows.
  public var vocabularySize: Int { architecture.vocabularySize }
  /// The most positions it can see.
  public var contextLength: Int { architecture.reach }
  /// How many blocks.
  public var layerCount: Int { blocks.count }
  /// `[vocabulary, width]`.
  public var head: Tensor { separateHead ?? tokens.weight }

  /// Shows the weights under their names in files.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor(names[.tokens], &tokens)
    visitor(names[.positions], &positions)
    visitor(names[.segments], &segments)
    visitor(names[.embeddingNorm], &embeddingNorm)
    visitor(names[.layers], &blocks)
    visitor(names[.finalNorm], &finalNorm)
    visitor(names[.headDense], &headDense)
    visitor(names[.headNorm], &headNorm)
    visitor(names[.head] + ".weight", &separateHead)
    visitor(names[.head] + ".bias", &headBias)
  }
}

extension TransformerBlock {
  /// Lets the parts go by other names.
  mutating func rename(_ names: PartNames) {
    self.names = names
    attention.names = names
    feedForward?.names = names.feedForward
    experts?.rename(names)
  }
}

extension Experts {
  mutating func rename(_ names: PartNames) {
    self.names = names
    for index in experts.indices { experts[index].names = names.expert }
    shared?.names = names.shared
  }
}
