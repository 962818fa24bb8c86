/// What llama.cpp takes for granted about the files of an architecture, because no metadata says it.
struct GGUFTraits: Sendable {
  /// `general.architecture`.
  let architecture: String

  /// The names of its weights.
  var names: PartNames { architecture == "bert" ? .ggufBERT : .gguf }

  /// Whether queries and keys turn in neighbouring pairs, so that their rows are in another order.
  var interleavesPairs: Bool { ["llama", "olmo", "smollm3"].contains(architecture) }

  /// Whether the file must have a head even if it is the token embedding.
  var needsHead: Bool { ["gptneox", "olmo2", "phi2", "qwen2moe"].contains(architecture) }

  /// Whether queries, keys, values and the result of attention must have biases.
  var needsAttentionBias: Bool { architecture == "gptneox" }

  /// Whether the result of attention may have a bias.
  var allowsOutputBias: Bool {
    ["llama", "gpt2", "gptneox", "bloom", "bert", "phi2"].contains(architecture)
  }

  /// Whether the matrices of the feed-forward layer may have biases.
  var allowsFeedForwardBias: Bool { allowsOutputBias }

  /// Whether it has divisors of rotations (`rope_freqs`).
  var allowsDivisors: Bool { architecture == "llama" }

  /// Whether it has the two sets of divisors of LongRoPE.
  var allowsLongRoPE: Bool { architecture == "llama" || architecture == "phi3" }

  /// Whether queries and keys may be normalized.
  var allowsQueryKeyNorm: Bool {
    ["olmo2", "qwen3", "qwen3moe", "gemma3"].contains(architecture)
  }

  /// Whether llama.cpp heeds a window.
  var heedsWindow: Bool { ["gemma2", "gemma3", "olmo2"].contains(architecture) }

  /// Whether a layer has a window where the file does not say which have.
  func slides(_ layer: Int) -> Bool {
    switch architecture {
    case "gemma2": layer % 2 == 0
    case "gemma3": (layer + 1) % 6 != 0
    case "olmo2": (layer + 1) % 4 != 0
    default: true
    }
  }

  /// Whether a layer turns where the file does not say which do.
  func turns(_ layer: Int) -> Bool { architecture != "smollm3" || (layer + 1) % 4 != 0 }

  /// What scores are multiplied by.
  func attentionScale(_ model: Architecture) -> Double {
    let isLargest =
      architecture == "gemma2" && model.layers.count == 46
      || architecture == "gemma3" && model.layers.count == 62
    let width =
      isLargest ? model.width / max(model.attention.heads, 1) : model.attention.headWidth
    return 1 / Double(max(width, 1)).squareRoot()
  }

  /// The activation of the feed-forward layer.
  var activation: Activation {
    switch architecture {
    case "gpt2", "phi2": .geluNew
    case "bloom", "gemma", "gemma2", "gemma3": .geluTanh
    case "gptneox", "mpt", "bert": .gelu
    default: .silu
    }
  }

  /// Whether the weights of the visited experts are divided by their sum.
  var normalizesExperts: Bool { architecture != "qwen2moe" }
}

extension Activation {
  /// Whether both are the same function, whatever they are called.
  func isSame(as other: Activation) -> Bool {
    func canonical(_ one: Activation) -> Activation {
      switch one {
      case .geluNew, .geluFast: .geluTanh
      case .swish: .silu
      default: one
      }
    }
    return canonical(self) == canonical(other)
  }
}
