/// A part of a transformer that has a name in checkpoints.
public enum Part: String, Sendable, CaseIterable {
  /// What stands around the blocks.
  case tokens, positions, segments, embeddingNorm, layers, finalNorm, head
  /// The parts of BERT's head.
  case headDense, headNorm
  /// Attention, under the layer's name.
  case attentionNorm, query, key, value, queryKeyValue, attentionOutput, queryNorm, keyNorm
  case attentionPostNorm
  /// The feed-forward layer.
  case feedForwardNorm, gate, up, gateUp, down, feedForwardPostNorm
  /// Experts: the router, what stands before an expert's number, and an expert's own matrices.
  case router, experts, expertGate, expertUp, expertDown
  /// The expert that every token visits, its matrices under it, and its own gate.
  case sharedExpert, sharedGate, sharedUp, sharedDown, sharedRouter
}

/// Under which names the parts of a transformer stand in a kind of checkpoint.
///
/// The names are those of modules, `self_attn.q_proj`; `weight` and `bias` come after them.
public struct PartNames: Sendable, Equatable, ExpressibleByDictionaryLiteral {
  private var names: [Part: String]

  /// Names for parts.
  public init(dictionaryLiteral elements: (Part, String)...) {
    names = Dictionary(elements) { _, last in last }
  }

  /// The name of a part; a part without one goes by its own.
  public subscript(part: Part) -> String {
    get { names[part] ?? part.rawValue }
    set { names[part] = newValue }
  }

  /// These names with some others instead.
  public func replacing(_ others: PartNames) -> PartNames {
    var result = self
    result.names.merge(others.names) { _, new in new }
    return result
  }

  /// The names of a feed-forward layer among them.
  var feedForward: FeedForwardNames {
    FeedForwardNames(gate: self[.gate], up: self[.up], gateUp: self[.gateUp], down: self[.down])
  }

  /// The names of one expert's matrices.
  var expert: FeedForwardNames {
    FeedForwardNames(
      gate: self[.expertGate], up: self[.expertUp], gateUp: "gate_up", down: self[.expertDown])
  }

  /// The names of the matrices of the expert that all tokens visit.
  var shared: FeedForwardNames {
    FeedForwardNames(
      gate: self[.sharedGate], up: self[.sharedUp], gateUp: "gate_up", down: self[.sharedDown])
  }
}

/// The names of a feed-forward layer's matrices.
struct FeedForwardNames: Sendable, Equatable {
  var gate, up, gateUp, down: String
}
