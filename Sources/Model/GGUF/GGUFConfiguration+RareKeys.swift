import Checkpoint
import JSON
import Tensor

/// What few files say: settings that llama.cpp takes for granted, and biases, which files have
/// without saying so.
extension GGUFConfiguration {
  mutating func readRareKeys() {
    let type = object["model_type"]?.string ?? ""
    readWindows(type)
    readScale(type)
    readRotations(type)
    readBiases(type)
    if let name = metadata.text("hidden_activation") {
      object[type == "gpt2" ? "activation_function" : "hidden_act"] = .string(name)
    }
    if let normalizes = metadata.flag("expert_weights_norm"), object["norm_topk_prob"] != nil {
      object["norm_topk_prob"] = .bool(normalizes)
    }
  }

  /// Which layers have a window.
  private mutating func readWindows(_ type: String) {
    guard let window = metadata.integer("attention.sliding_window"), window > 0 else {
      object["sliding_window"] = nil  // Phi 3 says 0 for none
      return
    }
    let layers = min(metadata.integer("block_count") ?? 0, 4096)
    let pattern = metadata.integers("attention.sliding_window_pattern").flatMap {
      $0.count == layers ? $0 : nil
    }
    switch type {
    case "qwen2", "qwen2_moe", "qwen3", "smollm3":
      object["use_sliding_window"] = true
      let slides = pattern ?? Array(repeating: 1, count: layers)
      object["layer_types"] = .array(
        slides.map { $0 != 0 ? "sliding_attention" : "full_attention" })
    case "qwen3_moe": object["use_sliding_window"] = true
    case "gemma2":
      guard let pattern else { return }
      object["layer_types"] = .array(
        pattern.map { $0 != 0 ? "sliding_attention" : "full_attention" })
    default: break
    }
  }

  /// What scores are multiplied by, where it is not what llama.cpp takes for granted.
  private mutating func readScale(_ type: String) {
    guard let scale = metadata.number("attention.scale"), scale > 0 else { return }
    switch type {
    case "gemma2", "gemma3_text":
      let scalar = 1 / (scale * scale)
      let whole = scalar.rounded()
      set("query_pre_attn_scalar", abs(scalar / whole - 1) < 1e-6 ? whole : scalar)
    case "mpt":
      var attention = object["attn_config"]?.object ?? [:]
      attention["softmax_scale"] = exact(scale).map { .number($0) }
      object["attn_config"] = .object(attention)
    case "gpt2": object["scale_attn_weights"] = .bool(scale != 1)
    default: break
    }
  }

  private mutating func readRotations(_ type: String) {
    if type == "smollm3", let pattern = metadata.integers("attention.rope_pattern") {
      object["no_rope_layers"] = .array(pattern.map { .integer($0 != 0 ? 1 : 0) })
    }
    if type == "phi3", let turned = metadata.integer("rope.dimension_count"),
      let width = metadata.integer("embedding_length"),
      let heads = metadata.uniform("attention.head_count"), heads > 0, width / heads > turned
    {
      set("partial_rotary_factor", Double(turned) / Double(width / heads))
    }
    if var scaling = object["rope_scaling"]?.object, scaling["rope_type"]?.string == "yarn" {
      for (key, name) in [
        ("yarn_attn_factor", "attention_factor"), ("yarn_beta_fast", "beta_fast"),
        ("yarn_beta_slow", "beta_slow"),
      ] {
        if let number = exact(metadata.number("rope.scaling.\(key)")) {
          scaling[name] = .number(number)
        }
      }
      object["rope_scaling"] = .object(scaling)
    }
    leaveOutUsualFactor()
    if let scaling = dividedScaling { object["rope_scaling"] = .object(scaling) }
  }

  /// Removes LongRoPE's factor of attention where it is the usual one, which files round.
  private mutating func leaveOutUsualFactor() {
    guard var scaling = object["rope_scaling"]?.object,
      scaling["rope_type"]?.string == "longrope",
      let given = scaling["attention_factor"]?.double,
      let original = scaling["original_max_position_embeddings"]?.integer, original > 0,
      let context = metadata.integer("context_length")
    else { return }
    let usual = LongRoPE(
      short: [], long: [], original: original, factor: Double(context) / Double(original))
    if Float(usual.attentionFactor) == Float(given) { scaling["attention_factor"] = nil }
    object["rope_scaling"] = .object(scaling)
  }

  /// The scaling that divides angles by the numbers of `rope_freqs`: Llama 3.1's if it has
  /// parameters that give these numbers, else LongRoPE with the same divisors for all lengths.
  private var dividedScaling: JSONObject? {
    guard let stored = checkpoint["rope_freqs.weight"], stored.info.elementCount <= 4096,
      let divisors = Tensor(stored)?.scalars(as: Float.self), !divisors.isEmpty
    else { return nil }
    let context = metadata.integer("context_length") ?? 2048
    let design = RotaryDesign(
      width: 2 * divisors.count, base: exact(metadata.number("rope.freq_base")) ?? 10_000)
    if let llama = Llama3Scaling(
      divisors: divisors, angles: design.plainAngles, contextLength: context)
    {
      return [
        "rope_type": "llama3", "factor": .number(llama.factor),
        "low_freq_factor": .number(llama.low), "high_freq_factor": .number(llama.high),
        "original_max_position_embeddings": .integer(Int64(llama.original)),
      ]
    }
    let numbers = divisors.map { JSONValue.number(Double("\($0)") ?? Double($0)) }
    return [
      "rope_type": "longrope", "short_factor": .array(numbers), "long_factor": .array(numbers),
      "factor": 1, "attention_factor": 1,
      "original_max_position_embeddings": .integer(Int64(context)),
    ]
  }

  private mutating func readBiases(_ type: String) {
    let hasInput =
      checkpoint["blk.0.attn_q.bias"] != nil || checkpoint["blk.0.attn_qkv.bias"] != nil
    switch type {
    case "llama", "olmo", "olmo2", "gemma", "gemma2", "gemma3_text", "qwen3", "qwen3_moe",
      "smollm3", "gpt_neox":
      object["attention_bias"] = .bool(hasInput)
    case "qwen2_moe": object["qkv_bias"] = .bool(hasInput)
    default: break
    }
    if type == "llama" || type == "smollm3" {
      object["mlp_bias"] = .bool(checkpoint["blk.0.ffn_up.bias"] != nil)
    }
  }
}
