import Tensor

/// One block as the engine runs it; objects, because copies of so many parts would cost more than
/// some of the work on a token.
final class EngineLayer: Sendable {
  let attentionNorm: EngineNorm?
  let attentionPostNorm: EngineNorm?
  let feedForwardNorm: EngineNorm?
  let feedForwardPostNorm: EngineNorm?
  /// Queries, keys and values; one matrix for all three where they lie head by head.
  let inputs: [EngineMatrix]
  let output: EngineMatrix
  let queryNorm: EngineNorm?
  let keyNorm: EngineNorm?
  let scale: Float
  let window: Int?
  /// Which of the model's rotations it uses.
  let rotary: Int?
  let feedForward: EngineFeedForward?
  let experts: EngineExperts?

  init(_ block: TransformerBlock, rotary: Int?) {
    attentionNorm = block.attentionNorm.map(EngineNorm.init)
    attentionPostNorm = block.attentionPostNorm.map(EngineNorm.init)
    feedForwardNorm = block.feedForwardNorm.map(EngineNorm.init)
    feedForwardPostNorm = block.feedForwardPostNorm.map(EngineNorm.init)
    let attention = block.attention
    let design = attention.design
    if let joined = attention.queryKeyValue {
      let matrix = EngineMatrix(joined)
      let (queries, keys) = (design.queryWidth, design.keyWidth)
      inputs =
        design.layout == .byHead
        ? [matrix]
        : [
          matrix.part(0..<queries), matrix.part(queries..<queries + keys),
          matrix.part(queries + keys..<queries + 2 * keys),
        ]
    } else {
      inputs = [attention.query, attention.key, attention.value].compactMap { $0 }
        .map { EngineMatrix($0) }
    }
    output = EngineMatrix(attention.output)
    queryNorm = attention.queryNorm.map(EngineNorm.init)
    keyNorm = attention.keyNorm.map(EngineNorm.init)
    scale = Float(attention.scale)
    window = attention.layer.window
    self.rotary = rotary
    feedForward = block.feedForward.map(EngineFeedForward.init)
    experts = block.experts.map(EngineExperts.init)
  }
}

/// A feed-forward layer as the engine runs it.
final class EngineFeedForward: Sendable {
  let gate: EngineMatrix?
  let up: EngineMatrix
  let down: EngineMatrix
  let activation: Activation

  init(_ layer: FeedForward) {
    let design = layer.design
    let upper = EngineMatrix(layer.up)
    if design.isGated && layer.gate == nil {
      gate = upper.part(0..<design.innerWidth)
      up = upper.part(design.innerWidth..<2 * design.innerWidth)
    } else {
      gate = layer.gate.map { EngineMatrix($0) }
      up = upper
    }
    down = EngineMatrix(layer.down)
    activation = design.activation
  }

  /// The width inside.
  var innerWidth: Int { up.rows }
}

/// A mixture of experts as the engine runs it.
struct EngineExperts: Sendable {
  let router: EngineMatrix
  let experts: [EngineFeedForward]
  let shared: EngineFeedForward?
  let sharedRouter: EngineMatrix?
  let design: ExpertsDesign

  init(_ layer: Experts) {
    router = EngineMatrix(layer.router)
    experts = layer.experts.map(EngineFeedForward.init)
    shared = layer.shared.map(EngineFeedForward.init)
    sharedRouter = layer.sharedRouter.map { EngineMatrix($0) }
    design = layer.design
  }
}
