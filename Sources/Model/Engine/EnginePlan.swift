import CKernels
import Tensor

/// A model as the engine runs it: addresses and numbers, made once.
final class EnginePlan: Sendable {
  let architecture: Architecture
  let tokens: EngineMatrix
  let positions: EngineMatrix?
  let segments: EngineMatrix?
  let embeddingNorm: EngineNorm?
  let layers: [EngineLayer]
  let finalNorm: EngineNorm?
  let headDense: EngineMatrix?
  let headNorm: EngineNorm?
  let head: EngineMatrix
  /// The different rotations of the layers.
  let rotaries: [RotaryDesign]
  /// A head's penalty on distance.
  let slopes: [Float]
  /// Layers that keep the same positions share pages.
  let pageKinds: [PageKind]
  /// For each layer the kind of its pages, and where it begins in them.
  let places: [(kind: Int, offset: Int)]
  let cacheShape: apus_cache_shape
  /// The largest width inside a feed-forward layer.
  let innerWidth: Int
  /// The most positions the model can see.
  let reach: Int
  /// Whether some rotation depends on how many positions are seen.
  private let changesWithLength: Bool

  init(_ model: Transformer, cache format: CacheFormat) {
    let a = model.architecture
    architecture = a
    tokens = EngineMatrix(model.tokens.weight)
    positions = model.positions.map { EngineMatrix($0.weight) }
    segments = model.segments.map { EngineMatrix($0.weight) }
    embeddingNorm = model.embeddingNorm.map(EngineNorm.init)
    var rotaries: [RotaryDesign] = []
    layers = model.blocks.map { block in
      let number = block.attention.layer.rotary.map { design in
        if let known = rotaries.firstIndex(of: design) { return known }
        rotaries.append(design)
        return rotaries.count - 1
      }
      return EngineLayer(block, rotary: number)
    }
    self.rotaries = rotaries
    finalNorm = model.finalNorm.map(EngineNorm.init)
    headDense = model.headDense.map { EngineMatrix($0) }
    headNorm = model.headNorm.map(EngineNorm.init)
    head = EngineMatrix(model.head, bias: model.headBias)
    if case .alibi(let largest) = a.positions {
      slopes = alibiSlopes(heads: a.attention.heads, largest: largest)
    } else {
      slopes = []
    }
    var shape = apus_cache_shape(
      groups: Int64(a.attention.groups), width: Int64(a.attention.headWidth),
      format: format.kernel)
    let layerBytes = Int(apus_cache_layer_bytes(&shape))
    cacheShape = shape
    var kinds: [PageKind] = []
    places = layers.map { layer in
      let kind = kinds.firstIndex { $0.window == layer.window } ?? kinds.count
      if kind == kinds.count { kinds.append(PageKind(window: layer.window, byteCount: 0)) }
      defer { kinds[kind].byteCount += layerBytes }
      return (kind, kinds[kind].byteCount)
    }
    pageKinds = kinds
    innerWidth = EnginePlan.innerWidth(layers)
    reach = a.reach
    changesWithLength = rotaries.contains(where: \.dependsOnLength)
  }

  /// The largest width inside a feed-forward layer.
  private static func innerWidth(_ layers: [EngineLayer]) -> Int {
    layers.reduce(1) { width, layer in
      let experts = layer.experts.map { ($0.experts + [$0.shared].compactMap { $0 }) } ?? []
      return (experts + [layer.feedForward].compactMap { $0 })
        .reduce(width) { max($0, $1.innerWidth) }
    }
  }

  /// Whether keys that were turned at one length are right at another.
  func keepsCaches(growingFrom start: Int, to end: Int) -> Bool {
    !changesWithLength || architecture.keepsCaches(growingFrom: start, to: end)
  }
}

/// Layers that keep the same positions.
struct PageKind: Sendable {
  /// How many positions they see; nil for all.
  let window: Int?
  /// The bytes of a page for all of them together.
  var byteCount: Int
}

/// How keys and values of earlier positions are kept.
public enum CacheFormat: String, Sendable, CaseIterable {
  /// As they are computed.
  case float32
  /// Rounded to 16 bits: half the memory, and what llama.cpp does unless told otherwise.
  case float16
  /// Rounded to 8 bits with a scale for 32 numbers, as GGUF's Q8_0; heads must be a multiple of 32
  /// wide.
  case q8_0

  var kernel: apus_cache_format {
    switch self {
    case .float32: apus_cache_f32
    case .float16: apus_cache_f16
    case .q8_0: apus_cache_q8
    }
  }
}
