extension Family {
  /// OLMo: norms without parameters, queries, keys and values clamped (`OlmoForCausalLM`).
  public static let olmo = Family(
    modelType: "olmo", architectureName: "OlmoForCausalLM", names: .llama, ggufName: "olmo",
    ignores: llama.ignores
  ) { fields in
    var architecture = readLlama(&fields)
    architecture.norm = .plain(epsilon: 1e-5)
    architecture.attention.clamp = fields.number("clip_qkv")
    return architecture
  }

  /// OLMo 2: norms after each part, queries and keys normalized over all heads
  /// (`Olmo2ForCausalLM`).
  public static let olmo2 = Family(
    modelType: "olmo2", architectureName: "Olmo2ForCausalLM",
    names: PartNames.llama.replacing([
      .attentionPostNorm: "post_attention_layernorm",
      .feedForwardPostNorm: "post_feedforward_layernorm",
    ]),
    ggufName: "olmo2", ignores: llama.ignores
  ) { fields in
    var architecture = readLlama(&fields)
    if !fields.has("rms_norm_eps") { architecture.norm = .rms(epsilon: 1e-5) }
    architecture.arrangement = .after
    architecture.attention.queryKeyNorm = .whole(architecture.norm)
    return architecture
  }
}
