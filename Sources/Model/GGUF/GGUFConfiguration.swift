import Checkpoint
import GGUF
import JSON
import Tensor

/// The `config.json` that transformers would have for a GGUF model: llama.cpp's keys in the words of
/// Hugging Face.
struct GGUFConfiguration {
  let metadata: GGUFMetadata
  let checkpoint: CheckpointReader
  var object: JSONObject = [:]

  /// `model_type` for each of llama.cpp's architectures.
  static let modelTypes: [String: String] = [
    "llama": "llama", "qwen2": "qwen2", "qwen2moe": "qwen2_moe", "qwen3": "qwen3",
    "qwen3moe": "qwen3_moe", "phi2": "phi", "phi3": "phi3", "gemma": "gemma", "gemma2": "gemma2",
    "gemma3": "gemma3_text", "smollm3": "smollm3", "olmo": "olmo", "olmo2": "olmo2",
    "gptneox": "gpt_neox", "bloom": "bloom", "mpt": "mpt", "gpt2": "gpt2", "bert": "bert",
  ]

  /// The architectures whose queries and keys llama.cpp stores with the two numbers that turn
  /// together side by side.
  static let pairedArchitectures: Set<String> = ["llama", "olmo", "smollm3"]

  /// Reads the metadata; sizes that are missing are found wrong when the configuration is read.
  init(_ metadata: GGUFMetadata, _ checkpoint: CheckpointReader) throws(ModelError) {
    self.metadata = metadata
    self.checkpoint = checkpoint
    guard let type = GGUFConfiguration.modelTypes[metadata.architecture] else {
      let known = GGUFConfiguration.modelTypes.keys.sorted().joined(separator: ", ")
      throw .configuration(
        path: metadata.file.path,
        problems: ["general.architecture ‘\(metadata.architecture)’ is none of \(known)"])
    }
    object["model_type"] = .string(type)
    switch type {
    case "gpt2": readGPT2()
    case "bloom": readBLOOM()
    case "mpt": readMPT()
    case "bert", "gpt_neox": readShared()
    default: readLlama()
    }
    readDifferences(type)
    set("bos_token_id", metadata.token("bos"))
    set("pad_token_id", metadata.token("padding"))
    let ends = [metadata.token("eos"), metadata.token("eot"), metadata.token("eom")]
      .compactMap { $0 }
    var different: [Int] = []
    for end in ends where !different.contains(end) { different.append(end) }
    if different.count == 1 {
      set("eos_token_id", different[0])
    } else if !different.isEmpty {
      object["eos_token_id"] = .array(different.map { .integer(Int64($0)) })
    }
    object["tie_word_embeddings"] = .bool(checkpoint["output.weight"] == nil)
    readRareKeys()
  }

  mutating func set(_ key: String, _ value: Int?) {
    if let value { object[key] = .integer(Int64(value)) }
  }

  mutating func set(_ key: String, _ value: Double?) {
    if let value { object[key] = .number(value) }
  }

  /// A float32 as the shortest decimal that means it: 1e-05 instead of 9.99999974737875e-06.
  func exact(_ value: Double?) -> Double? {
    value.flatMap { Double("\(Float($0))") }
  }

  private var vocabularySize: Int? {
    checkpoint["token_embd.weight"]?.info.shape.first ?? metadata.integer("vocab_size")
      ?? metadata.tokenCount
  }

  /// The sizes that most families spell alike.
  private mutating func readShared() {
    set("vocab_size", vocabularySize)
    set("hidden_size", metadata.integer("embedding_length"))
    set("num_hidden_layers", metadata.integer("block_count"))
    set("num_attention_heads", metadata.uniform("attention.head_count"))
    set("intermediate_size", metadata.uniform("feed_forward_length"))
    set("max_position_embeddings", metadata.integer("context_length"))
    set("rms_norm_eps", exact(metadata.number("attention.layer_norm_rms_epsilon")))
    set("layer_norm_eps", exact(metadata.number("attention.layer_norm_epsilon")))
    set("rope_theta", exact(metadata.number("rope.freq_base")))
  }

  private mutating func readLlama() {
    readShared()
    set("num_key_value_heads", metadata.uniform("attention.head_count_kv"))
    set("head_dim", metadata.integer("attention.key_length"))
    set("sliding_window", metadata.integer("attention.sliding_window"))
    if let scaling { object["rope_scaling"] = .object(scaling) }
  }

  private mutating func readGPT2() {
    set("vocab_size", vocabularySize)
    set("n_positions", metadata.integer("context_length"))
    set("n_embd", metadata.integer("embedding_length"))
    set("n_layer", metadata.integer("block_count"))
    set("n_head", metadata.uniform("attention.head_count"))
    set("n_inner", metadata.uniform("feed_forward_length"))
    set("layer_norm_epsilon", exact(metadata.number("attention.layer_norm_epsilon")))
  }

  private mutating func readBLOOM() {
    set("vocab_size", vocabularySize)
    set("hidden_size", metadata.integer("embedding_length"))
    set("n_layer", metadata.integer("block_count"))
    set("n_head", metadata.uniform("attention.head_count"))
    set("seq_length", metadata.integer("context_length"))
    set("layer_norm_epsilon", exact(metadata.number("attention.layer_norm_epsilon")))
  }

  private mutating func readMPT() {
    set("vocab_size", vocabularySize)
    set("d_model", metadata.integer("embedding_length"))
    set("n_layers", metadata.integer("block_count"))
    set("n_heads", metadata.uniform("attention.head_count"))
    set("max_seq_len", metadata.integer("context_length"))
    set("layer_norm_epsilon", exact(metadata.number("attention.layer_norm_epsilon")))
    var attention: JSONObject = [:]
    attention["alibi"] = .bool((metadata.number("attention.max_alibi_bias") ?? 0) > 0)
    let largest = metadata.number("attention.max_alibi_bias") ?? 8
    // transformers wants a whole number there.
    attention["alibi_bias_max"] =
      Int(exactly: largest).map { .integer(Int64($0)) } ?? .number(largest)
    if let clamp = exact(metadata.number("attention.clamp_kqv")), clamp > 0 {
      attention["clip_qkv"] = .number(clamp)
    }
    object["attn_config"] = .object(attention)
  }

  /// What single families have besides.
  private mutating func readDifferences(_ type: String) {
    switch type {
    case "llama":
      if let experts = metadata.integer("expert_count"), experts > 0 {
        object["model_type"] = "mixtral"
        set("num_local_experts", experts)
        set("num_experts_per_tok", metadata.integer("expert_used_count"))
      } else if metadata.integer("attention.sliding_window") != nil {
        object["model_type"] = "mistral"
      }
    case "qwen2_moe", "qwen3_moe": readQwenExperts(type)
    case "phi", "gpt_neox": readPartialRotation()
    case "phi3": object["original_max_position_embeddings"] = originalContext
    case "gemma2", "gemma3_text": readGemma(type)
    case "olmo": set("clip_qkv", exact(metadata.number("attention.clamp_kqv")))
    case "bert": object["type_vocab_size"] = segments
    default: break
    }
    if type == "gpt_neox" {
      object["use_parallel_residual"] = .bool(metadata.flag("use_parallel_residual") ?? true)
    }
  }

  private var segments: JSONValue {
    .integer(Int64(checkpoint["token_types.weight"]?.info.shape.first ?? 2))
  }

  private var originalContext: JSONValue? {
    metadata.integer("rope.scaling.original_context_length").map { .integer(Int64($0)) }
  }

  private mutating func readQwenExperts(_ type: String) {
    set("num_experts", metadata.integer("expert_count"))
    set("num_experts_per_tok", metadata.integer("expert_used_count"))
    set("moe_intermediate_size", metadata.uniform("expert_feed_forward_length"))
    set(
      "shared_expert_intermediate_size", metadata.integer("expert_shared_feed_forward_length"))
    // llama.cpp divides by the sum in Qwen 3 and never in Qwen 2.
    object["norm_topk_prob"] = .bool(type == "qwen3_moe")
  }

  private mutating func readPartialRotation() {
    guard let turned = metadata.integer("rope.dimension_count"),
      let width = metadata.integer("embedding_length"),
      let heads = metadata.uniform("attention.head_count"), heads > 0, width >= heads
    else { return }
    set("partial_rotary_factor", Double(turned) / Double(width / heads))
  }

  private mutating func readGemma(_ type: String) {
    object["attn_logit_softcapping"] = .null
    object["final_logit_softcapping"] = .null
    if type == "gemma2" {
      set(
        "attn_logit_softcapping", exact(metadata.number("attn_logit_softcapping")) ?? 50)
      set(
        "final_logit_softcapping", exact(metadata.number("final_logit_softcapping")) ?? 30)
    } else {
      set("final_logit_softcapping", exact(metadata.number("final_logit_softcapping")))
      set("rope_local_base_freq", exact(metadata.number("rope.freq_base_swa")) ?? 10_000)
      if let pattern = metadata.integers("attention.sliding_window_pattern") {
        object["layer_types"] = .array(
          pattern.map { $0 != 0 ? "sliding_attention" : "full_attention" })
      } else {
        set("sliding_window_pattern", metadata.integer("attention.sliding_window_pattern"))
      }
    }
    // The largest of each divides by the square root of width / heads instead of the head's width.
    let layers = metadata.integer("block_count") ?? 0
    let isLargest = layers == (type == "gemma2" ? 46 : 62)
    let width = metadata.integer("embedding_length") ?? 0
    let heads = max(metadata.uniform("attention.head_count") ?? 1, 1)
    let headWidth = metadata.integer("attention.key_length") ?? (width / heads)
    set("query_pre_attn_scalar", isLargest ? width / heads : headWidth)
  }

  /// The scaling of rotations.
  private var scaling: JSONObject? {
    var scaling: JSONObject = [:]
    let original = metadata.integer("rope.scaling.original_context_length")
    if let short = factors("rope_factors_short.weight"),
      let long = factors("rope_factors_long.weight")
    {
      scaling["rope_type"] = "longrope"
      scaling["short_factor"] = .array(short.map { .number($0) })
      scaling["long_factor"] = .array(long.map { .number($0) })
      if let original { scaling["original_max_position_embeddings"] = .integer(Int64(original)) }
      if let factor = exact(metadata.number("rope.scaling.attn_factor")) {
        scaling["attention_factor"] = .number(factor)
      }
      return scaling
    }
    let stated = metadata.number("rope.scaling.factor") ?? metadata.number("rope.scale_linear")
    guard let factor = exact(stated), factor > 0, factor != 1
    else { return nil }
    let type = metadata.text("rope.scaling.type") ?? "linear"
    if type == "none" { return nil }
    scaling["rope_type"] = .string(type)
    scaling["factor"] = .number(factor)
    if let original { scaling["original_max_position_embeddings"] = .integer(Int64(original)) }
    return scaling
  }

  /// The numbers of a small float32 tensor.
  private func factors(_ name: String) -> [Double]? {
    guard let stored = checkpoint[name], stored.info.elementCount <= 4096,
      let tensor = Tensor(stored)
    else { return nil }
    return tensor.scalars(as: Float.self).map { Double("\($0)") ?? Double($0) }
  }
}
