extension Family {
  /// Gemma: norms whose weights count from one, embeddings times √width, wide heads
  /// (`GemmaForCausalLM`).
  public static let gemma = Family(
    modelType: "gemma", architectureName: "GemmaForCausalLM", names: .llama, ggufName: "gemma",
    ignores: llama.ignores
  ) { readGemma(&$0, contextLength: 8192) }

  /// Gemma 2: norms around each part, soft clamps, every other layer with a window
  /// (`Gemma2ForCausalLM`).
  public static let gemma2 = Family(
    modelType: "gemma2", architectureName: "Gemma2ForCausalLM", names: .gemma2,
    ggufName: "gemma2", ignores: llama.ignores
  ) { fields in
    var architecture = readGemma(&fields, contextLength: 8192, groups: 4)
    architecture.arrangement = .around
    // The clamps have defaults, so a null turns them off and an absent key does not.
    architecture.attention.softcap = fields.softcap("attn_logit_softcapping", default: 50)
    architecture.head.softcap = fields.softcap("final_logit_softcapping", default: 30)
    fields.readScale(into: &architecture)
    let window = fields.integer("sliding_window", atLeast: 1) ?? 4096
    let kinds = fields.layerKinds(count: architecture.layers.count)
    for index in architecture.layers.indices {
      let slides = kinds.map { $0[index] == "sliding_attention" } ?? (index % 2 == 0)
      if slides { architecture.layers[index].window = window }
    }
    return architecture
  }

  /// Gemma 3, the text model (`Gemma3ForCausalLM`): five layers with a window and short
  /// wavelengths to each layer without.
  public static let gemma3 = Family(
    modelType: "gemma3_text", architectureName: "Gemma3ForCausalLM", names: .gemma2,
    ggufName: "gemma3", ignores: llama.ignores
  ) { fields in
    var architecture = readGemma(&fields, contextLength: 131_072, groups: 4, base: 1_000_000)
    architecture.arrangement = .around
    architecture.attention.queryKeyNorm = .perHead(architecture.norm)
    architecture.attention.softcap = fields.softcap("attn_logit_softcapping", default: nil)
    architecture.head.softcap = fields.softcap("final_logit_softcapping", default: nil)
    fields.readScale(into: &architecture)
    let window = fields.integer("sliding_window", atLeast: 1) ?? 4096
    let pattern = fields.integer("sliding_window_pattern", atLeast: 1) ?? 6
    let kinds = fields.layerKinds(count: architecture.layers.count)
    let local = fields.localRotary(headWidth: architecture.attention.headWidth)
    let global = fields.rotary(
      headWidth: architecture.attention.headWidth, base: 1_000_000,
      contextLength: architecture.contextLength, kind: "full_attention")
    for index in architecture.layers.indices {
      let slides =
        kinds.map { $0[index] == "sliding_attention" } ?? ((index + 1) % pattern != 0)
      architecture.layers[index].window = slides ? window : nil
      architecture.layers[index].rotary = slides ? local : global
    }
    return architecture
  }

  private static func readGemma(
    _ fields: inout ConfigurationFields, contextLength: Int, groups: Int? = nil,
    base: Double = 10_000
  ) -> Architecture {
    var architecture = readLlama(
      &fields, contextLength: contextLength, groups: groups, headWidth: 256, base: base,
      tied: true, activation: .geluTanh)
    // Early files say `gelu`, which was trained, and is run, as the tanh form.
    if !fields.has("hidden_activation") { architecture.feedForward.activation = .geluTanh }
    architecture.norm = .rms(epsilon: fields.number("rms_norm_eps") ?? 1e-6, offset: 1)
    architecture.embeddingScale = Double(architecture.width).squareRoot()
    return architecture
  }
}

extension PartNames {
  static let gemma2 = PartNames.llama.replacing([
    .attentionPostNorm: "post_attention_layernorm", .feedForwardNorm: "pre_feedforward_layernorm",
    .feedForwardPostNorm: "post_feedforward_layernorm",
  ])
}

extension ConfigurationFields {
  /// A soft clamp: absent means `default`, null means none.
  mutating func softcap(_ key: String, default value: Double?) -> Double? {
    if isNull(key) { return nil }
    return number(key) ?? value
  }

  /// What scores are multiplied by: 1 / √query_pre_attn_scalar.
  mutating func readScale(into architecture: inout Architecture) {
    let scalar = number("query_pre_attn_scalar") ?? 256
    architecture.attention.scale = 1 / scalar.squareRoot()
  }

  /// How layers with a window turn.
  mutating func localRotary(headWidth: Int) -> RotaryDesign {
    let base = number("rope_local_base_freq")
    let inner = within("rope_parameters") { fields in
      fields.within("sliding_attention") { $0.number("rope_theta") }
    }
    return RotaryDesign(width: headWidth, base: base ?? inner?.flatMap { $0 } ?? 10_000)
  }
}
