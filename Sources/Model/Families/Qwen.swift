extension Family {
  /// Qwen 2 and 2.5: Llama with biases of queries, keys and values (`Qwen2ForCausalLM`).
  public static let qwen2 = Family(
    modelType: "qwen2", architectureName: "Qwen2ForCausalLM", names: .llama, ggufName: "qwen2",
    ignores: llama.ignores
  ) { fields in
    var architecture = readLlama(&fields, contextLength: 32_768)
    architecture.attention.hasInputBias = true
    architecture.attention.hasOutputBias = false
    fields.readWindows(into: &architecture) { index, first in index >= first }
    return architecture
  }

  /// Qwen 3: heads of a width of their own, each query and key normalized (`Qwen3ForCausalLM`).
  public static let qwen3 = Family(
    modelType: "qwen3", architectureName: "Qwen3ForCausalLM", names: .llama, ggufName: "qwen3",
    ignores: llama.ignores
  ) { fields in
    var architecture = readLlama(&fields, contextLength: 32_768, headWidth: 128)
    architecture.attention.queryKeyNorm = .perHead(architecture.norm)
    fields.readWindows(into: &architecture) { index, first in index >= first }
    return architecture
  }

  /// Qwen 1.5 and 2 with experts and one that every token visits (`Qwen2MoeForCausalLM`).
  public static let qwen2MoE = Family(
    modelType: "qwen2_moe", architectureName: "Qwen2MoeForCausalLM", names: .qwenExperts,
    ggufName: "qwen2moe", ignores: llama.ignores
  ) { fields in
    var architecture = readLlama(&fields, contextLength: 32_768)
    architecture.attention.hasInputBias = fields.flag("qkv_bias") ?? true
    architecture.attention.hasOutputBias = false
    fields.readWindows(into: &architecture) { index, first in index % 2 == 0 && index < first }
    fields.readExperts(
      into: &architecture, count: 60, perToken: 4, innerWidth: 1408,
      sharedInnerWidth: fields.integer("shared_expert_intermediate_size", atLeast: 1) ?? 5632)
    return architecture
  }

  /// Qwen 3 with experts (`Qwen3MoeForCausalLM`).
  public static let qwen3MoE = Family(
    modelType: "qwen3_moe", architectureName: "Qwen3MoeForCausalLM", names: .qwenExperts,
    ggufName: "qwen3moe", ignores: llama.ignores
  ) { fields in
    var architecture = readLlama(&fields, contextLength: 32_768)
    architecture.attention.queryKeyNorm = .perHead(architecture.norm)
    if fields.flag("use_sliding_window") == true {
      let window = fields.integer("sliding_window", atLeast: 1)
      for index in architecture.layers.indices { architecture.layers[index].window = window }
    }
    fields.readExperts(
      into: &architecture, count: 128, perToken: 8, innerWidth: 768, sharedInnerWidth: nil)
    return architecture
  }
}

extension PartNames {
  static let qwenExperts = PartNames.llama.replacing([
    .router: "mlp.gate", .experts: "mlp.experts", .expertGate: "gate_proj", .expertUp: "up_proj",
    .expertDown: "down_proj", .sharedExpert: "mlp.shared_expert", .sharedGate: "gate_proj",
    .sharedUp: "up_proj", .sharedDown: "down_proj", .sharedRouter: "mlp.shared_expert_gate",
  ])
}

extension ConfigurationFields {
  /// The window of each layer: as `layer_types` says, or else by its position.
  mutating func readWindows(
    into architecture: inout Architecture, slides: (_ index: Int, _ first: Int) -> Bool
  ) {
    guard flag("use_sliding_window") ?? false else { return }
    guard let window = integer("sliding_window", atLeast: 1) else { return }
    let first = integer("max_window_layers", atLeast: 0) ?? 28
    let kinds = layerKinds(count: architecture.layers.count)
    for index in architecture.layers.indices {
      if kinds.map({ $0[index] == "sliding_attention" }) ?? slides(index, first) {
        architecture.layers[index].window = window
      }
    }
  }

  /// `layer_types`, checked.
  mutating func layerKinds(count: Int) -> [String]? {
    guard let kinds = texts("layer_types") else { return nil }
    guard kinds.count == count else {
      problem("layer_types has \(kinds.count) entries for \(count) layers")
      return nil
    }
    for kind in Set(kinds).sorted() where kind != "full_attention" && kind != "sliding_attention" {
      problem("layer_types has ‘\(kind)’; full_attention and sliding_attention are known")
    }
    return kinds
  }

  /// The experts of Qwen's mixtures, and which layers have them.
  mutating func readExperts(
    into architecture: inout Architecture, count: Int, perToken: Int, innerWidth: Int,
    sharedInnerWidth: Int?
  ) {
    let design = ExpertsDesign(
      count: integer("num_experts", "num_local_experts", atLeast: 1) ?? count,
      perToken: integer("num_experts_per_tok", atLeast: 1) ?? perToken,
      innerWidth: integer("moe_intermediate_size", atLeast: 1) ?? innerWidth,
      normalizesWeights: flag("norm_topk_prob") ?? false, sharedInnerWidth: sharedInnerWidth)
    checkExperts(design)
    architecture.experts = design
    let step = integer("decoder_sparse_step", atLeast: 1) ?? 1
    let dense = Set(integers("mlp_only_layers") ?? [])
    for index in architecture.layers.indices {
      architecture.layers[index].isSparse = !dense.contains(index) && (index + 1) % step == 0
    }
  }

  /// Complains of experts that cannot be.
  mutating func checkExperts(_ design: ExpertsDesign) {
    if design.count > 4096 { problem("\(design.count) experts are not believed") }
    if design.perToken > design.count {
      problem("a token cannot visit \(design.perToken) of \(design.count) experts")
    }
  }
}
