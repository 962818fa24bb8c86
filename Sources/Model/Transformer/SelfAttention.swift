public import Tensor

/// The attention of one block, as its ``AttentionDesign`` says.
public struct SelfAttention: TensorTree {
  /// Queries, where they have a matrix of their own: `[width, heads · headWidth]`.
  public var query: (any Projection)?
  /// Keys, `[width, groups · headWidth]`.
  public var key: (any Projection)?
  /// Values, `[width, groups · headWidth]`.
  public var value: (any Projection)?
  /// All three in one matrix, where they have one.
  public var queryKeyValue: (any Projection)?
  /// What attention adds to the residual stream, `[heads · headWidth, width]`.
  public var output: any Projection
  /// The norm of queries.
  public var queryNorm: AnyNorm?
  /// The norm of keys.
  public var keyNorm: AnyNorm?
  /// How it is built.
  public let design: AttentionDesign
  /// What this layer has that others may not.
  public let layer: LayerDesign
  /// What scores are multiplied by in this layer.
  public let scale: Double
  var names: PartNames

  init(
    _ architecture: Architecture, layer index: Int, names: PartNames,
    using initializer: inout WeightInitializer
  ) {
    let design = architecture.attention
    let (width, range) = (architecture.width, architecture.initializerRange)
    func matrix(_ inputs: Int, _ outputs: Int, _ bias: Bool) -> any Projection {
      makeProjection(
        inputs, outputs, bias: bias, transposed: design.isTransposed, deviation: range,
        using: &initializer)
    }
    if design.layout == .separate {
      query = matrix(width, design.queryWidth, design.hasInputBias)
      key = matrix(width, design.keyWidth, design.hasInputBias)
      value = matrix(width, design.keyWidth, design.hasInputBias)
    } else {
      queryKeyValue = matrix(
        width, design.queryWidth + 2 * design.keyWidth, design.hasInputBias)
    }
    output = matrix(design.queryWidth, width, design.hasOutputBias)
    switch design.queryKeyNorm {
    case .none: break
    case .perHead(let norm):
      queryNorm = AnyNorm(design.headWidth, norm)
      keyNorm = AnyNorm(design.headWidth, norm)
    case .whole(let norm):
      queryNorm = AnyNorm(design.queryWidth, norm)
      keyNorm = AnyNorm(design.keyWidth, norm)
    }
    self.design = design
    layer = architecture.layers[index]
    scale = design.dividesByLayer ? design.scale / Double(index + 1) : design.scale
    self.names = names
  }

  /// - Parameters:
  ///   - x: What is attended from and to, `[batch, time, width]`.
  ///   - context: Which positions these are and what they see.
  ///   - cache: Earlier keys and values, which it extends; nil where there are none to keep.
  /// - Returns: `[batch, time, width]`.
  public func callAsFunction(
    _ x: Tensor, _ context: AttentionContext, cache: inout KeyValueCache?
  ) -> Tensor {
    let (batch, time) = (x.shape[0], x.shape[1])
    var (query, key, value) = projected(x)
    if case .whole = design.queryKeyNorm, let queryNorm, let keyNorm {
      (query, key) = (queryNorm(query), keyNorm(key))
    }
    if let clamp = design.clamp {
      (query, key, value) = (
        query.clamped(min: -clamp, max: clamp), key.clamped(min: -clamp, max: clamp),
        value.clamped(min: -clamp, max: clamp)
      )
    }
    func heads(_ x: Tensor, _ count: Int) -> Tensor {
      x.reshaped(batch, time, count, design.headWidth).transposed(1, 2)
    }  // [batch, count, time, headWidth]
    var q = heads(query, design.heads)
    var k = heads(key, design.groups)
    var v = heads(value, design.groups)
    if case .perHead = design.queryKeyNorm, let queryNorm, let keyNorm {
      (q, k) = (queryNorm(q), keyNorm(k))
    }
    if let rotary = layer.rotary {
      let (cosines, sines) = rotary.tables(
        at: context.start..<context.start + time, seeing: context.start + time)
      q = Tensor::rotary(q, cosines: cosines, sines: sines, pairing: rotary.pairing)
      k = Tensor::rotary(k, cosines: cosines, sines: sines, pairing: rotary.pairing)
    }
    if cache != nil { (k, v) = cache?.append(k, v) ?? (k, v) }
    let y = attention(
      query: q, key: k, value: v, scale: scale, mask: design.isCausal ? .causal : .none,
      bias: context.bias(window: layer.window, keys: k.shape[2]), softcap: design.softcap)
    return output(y.transposed(1, 2).reshaped(batch, time, design.queryWidth))
  }

  /// Queries, keys and values, heads side by side: `[batch, time, heads · headWidth]`.
  private func projected(_ x: Tensor) -> (Tensor, Tensor, Tensor) {
    if let query, let key, let value { return (query(x), key(x), value(x)) }
    guard let joined = queryKeyValue?(x) else { preconditionFailure("attention without matrices") }
    let (batch, time) = (x.shape[0], x.shape[1])
    if design.layout == .byHead {
      let parts = joined.reshaped(batch, time, design.heads, 3, design.headWidth)
      func part(_ index: Int) -> Tensor {
        parts[.all, .all, .all, index].reshaped(batch, time, design.queryWidth)
      }
      return (part(0), part(1), part(2))
    }
    let parts = joined.split([design.queryWidth, design.keyWidth, design.keyWidth], axis: -1)
    return (parts[0], parts[1], parts[2])
  }

  /// Shows the weights.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor(names[.queryKeyValue], &queryKeyValue)
    visitor(names[.query], &query)
    visitor(names[.key], &key)
    visitor(names[.value], &value)
    visitor(names[.attentionOutput], &output)
    visitor(names[.queryNorm], &queryNorm)
    visitor(names[.keyNorm], &keyNorm)
  }
}

/// Which positions are being computed, and what they may see beside the causal order.
public struct AttentionContext: Sendable {
  /// The first position.
  public let start: Int
  /// How many positions.
  public let time: Int
  /// Added to all scores: penalties on distance and on padding.
  let bias: Tensor?

  /// - Parameters:
  ///   - start: The first position.
  ///   - time: How many.
  ///   - slopes: The penalty of each head on distance, or nil.
  ///   - visible: Which keys may be seen, `[batch, start + time]` of truth values, or nil for all.
  init(start: Int, time: Int, slopes: [Float]?, visible: Tensor?) {
    self.start = start
    self.time = time
    var bias: Tensor?
    if let slopes {
      let keys = Tensor.arange(0, Double(start + time)).reshaped(1, 1, 1, start + time)
      let queries = Tensor.arange(Double(start), Double(start + time)).reshaped(1, 1, time, 1)
      bias = Tensor(slopes, shape: [1, slopes.count, 1, 1]) * (keys - queries)
    }
    if let visible {
      let hidden = Tensor.zeros(visible.shape).maskedFill(visible .== 0, with: -.infinity)
        .reshaped(visible.shape[0], 1, 1, visible.shape[1])
      bias = bias.map { $0 + hidden } ?? hidden
    }
    self.bias = bias
  }

  /// What is added to the scores of a layer with this window.
  func bias(window: Int?, keys: Int) -> Tensor? {
    guard let window, window < keys else { return bias }
    let distances =
      Tensor.arange(Double(start), Double(start + time)).reshaped(1, 1, time, 1)
      - Tensor.arange(0, Double(keys)).reshaped(1, 1, 1, keys)
    let far = Tensor.zeros(distances.shape)
      .maskedFill(distances .>= Double(window), with: -.infinity)
    return bias.map { $0 + far } ?? far
  }
}

/// A matrix as a model's files store it.
func makeProjection(
  _ inputs: Int, _ outputs: Int, bias: Bool, transposed: Bool, deviation: Double,
  using initializer: inout WeightInitializer
) -> any Projection {
  transposed
    ? TransposedLinear(inputs, outputs, deviation: deviation, using: &initializer)
    : Linear(inputs, outputs, bias: bias, deviation: deviation, using: &initializer)
}
