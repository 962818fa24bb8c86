extension Family {
  /// Phi 1, 1.5 and 2: attention and feed-forward layer read one norm; part of a head turns
  /// (`PhiForCausalLM`).
  public static let phi = Family(
    modelType: "phi", architectureName: "PhiForCausalLM",
    names: PartNames.llama.replacing([
      .attentionOutput: "self_attn.dense", .queryNorm: "self_attn.q_layernorm",
      .keyNorm: "self_attn.k_layernorm", .up: "mlp.fc1", .down: "mlp.fc2",
      .finalNorm: "model.final_layernorm",
    ]),
    ggufName: "phi2", ignores: llama.ignores
  ) { fields in
    let epsilon = fields.number("layer_norm_eps") ?? 1e-5
    let share = fields.number("partial_rotary_factor") ?? 0.5
    var architecture = readLlama(&fields, activation: .geluNew)
    let rotary = fields.rotary(
      headWidth: architecture.attention.headWidth, base: 10_000, share: share,
      contextLength: architecture.contextLength)
    for index in architecture.layers.indices { architecture.layers[index].rotary = rotary }
    architecture.norm = .layer(epsilon: epsilon)
    architecture.arrangement = .shared
    architecture.parallel = true
    architecture.attention.hasInputBias = true
    architecture.attention.hasOutputBias = true
    if fields.flag("qk_layernorm") ?? false {
      architecture.attention.queryKeyNorm = .perHead(architecture.norm)
    }
    architecture.feedForward.isGated = false
    architecture.feedForward.hasBias = true
    architecture.head.hasBias = true
    return architecture
  }

  /// Phi 3 and 3.5: Llama with joined matrices (`Phi3ForCausalLM`).
  public static let phi3 = Family(
    modelType: "phi3", architectureName: "Phi3ForCausalLM", names: .llama, ggufName: "phi3",
    ignores: llama.ignores
  ) { fields in
    var architecture = readLlama(&fields, contextLength: 4096)
    if !fields.has("rms_norm_eps") { architecture.norm = .rms(epsilon: 1e-5) }
    architecture.attention.layout = .joined
    architecture.feedForward.isJoined = true
    let window = fields.integer("sliding_window", atLeast: 1)
    for index in architecture.layers.indices { architecture.layers[index].window = window }
    return architecture
  }
}
