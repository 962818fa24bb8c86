import GGUF
import JSON

/// What the metadata of a GGUF file say about a model, and what they cannot.
///
/// Keys and values are those of llama.cpp's converter. Where a model has something that the keys can
/// say but llama.cpp takes for granted otherwise, the key is written all the same, for readers that
/// heed it, and a note tells the user; what no key can say is a problem.
struct ArchitectureMetadata {
  /// The keys that begin with the name of the architecture, and BERT's count of segments.
  private(set) var entries = GGUFEntries()
  /// What llama.cpp would compute in another way.
  private(set) var notes: [String] = []
  /// What cannot be said.
  private(set) var problems: [String] = []

  private let model: Architecture
  private let traits: GGUFTraits

  /// - Parameters:
  ///   - model: The model as its checkpoint describes it.
  ///   - configuration: `config.json`, for the few values that shape no computation.
  init(_ model: Architecture, _ traits: GGUFTraits, configuration: JSONObject) {
    self.model = model
    self.traits = traits
    writeSizes(configuration)
    writeNorms()
    writeAttention()
    writeWindows()
    writeRotations(configuration)
    writeExperts()
    checkParts()
  }

  private mutating func set(_ key: String, _ content: GGUFContent) {
    entries["\(traits.architecture).\(key)"] = content
  }

  /// Sets a float32, which must not become zero or infinite.
  private mutating func set(_ key: String, number: Double) {
    let rounded = Float(number)
    if !rounded.isFinite || (rounded == 0) != (number == 0) {
      problems.append("\(key) is \(number), which is not a float32 number")
    }
    set(key, .float32(rounded))
  }

  private func isOne(of names: String...) -> Bool { names.contains(traits.architecture) }

  // MARK: Sizes

  private mutating func writeSizes(_ configuration: JSONObject) {
    set("block_count", .uint32(model.layers.count))
    set("context_length", .uint32(model.contextLength))
    set("embedding_length", .uint32(model.width))
    set("feed_forward_length", .uint32(model.feedForward.innerWidth))
    if isOne(of: "llama", "smollm3") { set("vocab_size", .uint32(model.vocabularySize)) }
    if model.segments > 0 {
      entries["tokenizer.ggml.token_type_count"] = .uint32(model.segments)
    }
  }

  private mutating func writeNorms() {
    switch model.norm {
    case .rms(let epsilon, _):
      set("attention.layer_norm_rms_epsilon", number: epsilon)
    case .layer(let epsilon, _), .plain(let epsilon):
      set("attention.layer_norm_epsilon", number: epsilon)
    }
    if model.normalizesEmbeddings != isOne(of: "bloom", "bert") {
      problems.append("the embeddings are \(model.normalizesEmbeddings ? "" : "not ")normalized")
    }
  }

  // MARK: Attention

  private mutating func writeAttention() {
    let attention = model.attention
    set("attention.head_count", .uint32(attention.heads))
    if attention.groups != attention.heads || !isOne(of: "gpt2", "gptneox", "mpt", "bert") {
      set("attention.head_count_kv", .uint32(attention.groups))
    }
    let hasOwnWidth =
      attention.heads * attention.headWidth != model.width
      || isOne(of: "llama", "gemma", "gemma2", "gemma3", "qwen3", "qwen3moe")
    if hasOwnWidth {
      set("attention.key_length", .uint32(attention.headWidth))
      set("attention.value_length", .uint32(attention.headWidth))
    }
    if !attention.isCausal { set("attention.causal", .bool(false)) }
    if let clamp = attention.clamp {
      set("attention.clamp_kqv", number: clamp)
      if !isOne(of: "mpt", "olmo") { notes.append("llama.cpp does not clamp queries and keys") }
    }
    if case .alibi(let largest) = model.positions {
      if isOne(of: "mpt") { set("attention.max_alibi_bias", number: largest) }
      if isOne(of: "bloom"), largest != 8 {
        problems.append("penalties on distance have the largest exponent \(largest), not 8")
      }
    }
    if let cap = attention.softcap {
      set("attn_logit_softcapping", number: cap)
      if !isOne(of: "gemma2") { notes.append("llama.cpp does not clamp the scores of attention") }
    }
    if let cap = model.head.softcap {
      set("final_logit_softcapping", number: cap)
      if !isOne(of: "gemma2", "gemma3") { notes.append("llama.cpp does not clamp the logits") }
    }
    if isOne(of: "gptneox") { set("use_parallel_residual", .bool(model.parallel)) }
    if abs(attention.scale / traits.attentionScale(model) - 1) > 1e-6 {
      set("attention.scale", number: attention.scale)
      notes.append(
        "scores of attention are multiplied by \(Float(attention.scale)), where llama.cpp takes "
          + "\(Float(traits.attentionScale(model)))")
    }
    if attention.dividesByLayer { problems.append("scores are divided by the layer's number") }
  }

  private mutating func writeWindows() {
    let windows = Set(model.layers.compactMap(\.window))
    guard let window = windows.first else {
      if isOne(of: "phi3") { set("attention.sliding_window", .uint32(0)) }
      return
    }
    guard windows.count == 1 else {
      return problems.append("layers have windows of \(windows.sorted()) positions")
    }
    set("attention.sliding_window", .uint32(window))
    let slides = model.layers.map { $0.window != nil }
    if slides != model.layers.indices.map(traits.slides) {
      set("attention.sliding_window_pattern", .bools(slides))
    }
    if !traits.heedsWindow {
      notes.append("llama.cpp sees all positions, not a window of \(window)")
    }
  }

  // MARK: Rotations

  private mutating func writeRotations(_ configuration: JSONObject) {
    let turns = model.layers.map { $0.rotary != nil }
    guard turns.contains(true) else { return }
    if turns != model.layers.indices.map(traits.turns) {
      set("attention.rope_pattern", .bools(turns))
      notes.append("llama.cpp turns queries and keys in other layers")
    }
    let local = model.layers.first { $0.window != nil }?.rotary
    guard
      let global = model.layers.first(where: { $0.window == nil && $0.rotary != nil })?.rotary
        ?? model.layers.lazy.compactMap(\.rotary).first
    else { return }
    let width = global.width
    if isOne(of: "llama", "smollm3", "gptneox", "phi2", "phi3")
      || width != model.attention.headWidth
    {
      set("rope.dimension_count", .uint32(width))
    }
    set("rope.freq_base", number: global.base)
    if let local, isOne(of: "gemma3") {
      set("rope.freq_base_swa", number: local.base)
    } else if model.layers.contains(where: { $0.rotary != nil && $0.rotary != global }) {
      problems.append("layers turn in different ways")
    }
    writeScaling(global.scaling)
    if isOne(of: "phi3") {
      let original =
        if case .long(let long) = global.scaling { long.original } else {
          configuration["original_max_position_embeddings"]?.integer ?? model.contextLength
        }
      set("rope.scaling.original_context_length", .uint32(original))
    }
  }

  private mutating func writeScaling(_ scaling: RotaryScaling) {
    switch scaling {
    case .none: break
    case .linear(let factor):
      set("rope.scaling.type", .string("linear"))
      set("rope.scaling.factor", number: factor)
    case .dynamic(_, let original):
      notes.append(
        "dynamic scaling of rotations is left out: beyond \(original) tokens the numbers differ")
    case .yarn(let yarn):
      set("rope.scaling.type", .string("yarn"))
      set("rope.scaling.factor", number: yarn.factor)
      set("rope.scaling.original_context_length", .uint32(yarn.original))
      if abs(yarn.attentionFactor - YaRN.magnitude(yarn.factor)) > 1e-9 {
        set("rope.scaling.yarn_attn_factor", number: yarn.attentionFactor)
      }
      if yarn.fast != 32 {
        set("rope.scaling.yarn_beta_fast", number: yarn.fast)
      }
      if yarn.slow != 1 {
        set("rope.scaling.yarn_beta_slow", number: yarn.slow)
      }
      if !yarn.truncates { problems.append("the bounds of YaRN are not rounded (truncate)") }
    case .llama3, .divided:
      if !traits.allowsDivisors {
        problems.append("rotations are scaled as in Llama 3.1, which its files cannot say")
      }
    case .long(let long):
      if !isOne(of: "phi3") {
        set("rope.scaling.type", .string("longrope"))
        set("rope.scaling.original_context_length", .uint32(long.original))
      }
      set("rope.scaling.attn_factor", number: long.attentionFactor)
      if !traits.allowsLongRoPE {
        problems.append("rotations are scaled by LongRoPE, which its files cannot say")
      }
    }
  }

  // MARK: Experts and what cannot be said

  private mutating func writeExperts() {
    let isSparse = model.layers.map(\.isSparse)
    guard let experts = model.experts, isSparse.contains(true) else { return }
    if isSparse.contains(false) { problems.append("only some layers have experts") }
    set("expert_count", .uint32(experts.count))
    set("expert_used_count", .uint32(experts.perToken))
    if isOne(of: "qwen2moe", "qwen3moe") {
      set("expert_feed_forward_length", .uint32(experts.innerWidth))
    }
    if let shared = experts.sharedInnerWidth {
      set("expert_shared_feed_forward_length", .uint32(shared))
    }
    if experts.normalizesWeights != traits.normalizesExperts {
      set("expert_weights_norm", .bool(experts.normalizesWeights))
      notes.append(
        "the weights of the visited experts are \(experts.normalizesWeights ? "" : "not ")divided "
          + "by their sum, where llama.cpp does the opposite")
    }
  }

  private mutating func checkParts() {
    let attention = model.attention
    if attention.hasOutputBias && !traits.allowsOutputBias {
      problems.append("the result of attention has a bias")
    }
    if model.feedForward.hasBias && !traits.allowsFeedForwardBias && !isOne(of: "mpt") {
      problems.append("the matrices of the feed-forward layer have biases")
    }
    if attention.queryKeyNorm != .none && !traits.allowsQueryKeyNorm {
      problems.append("queries and keys are normalized")
    }
    if model.arrangement == .beforeAndResidual {
      problems.append("what is added to is the normalized stream")
    }
    if model.head.scale != 1 {
      set("logit_scale", number: model.head.scale)
      notes.append("llama.cpp does not multiply the logits by \(Float(model.head.scale))")
    }
    let activation = model.feedForward.activation
    if !activation.isSame(as: traits.activation) {
      let isGELU = [Activation.gelu, .geluTanh].contains { activation.isSame(as: $0) }
      let expectsGELU = [Activation.gelu, .geluTanh].contains { $0.isSame(as: traits.activation) }
      if isGELU && expectsGELU {
        set("hidden_activation", .string(activation.rawValue))
        notes.append("llama.cpp takes another form of GELU than \(activation.rawValue)")
      } else {
        problems.append("the activation is \(activation.rawValue)")
      }
    }
  }
}
