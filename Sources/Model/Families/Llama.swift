extension Family {
  /// Llama 1, 2 and 3, SmolLM, TinyLlama, Vicuna (`LlamaForCausalLM`).
  public static let llama = Family(
    modelType: "llama", architectureName: "LlamaForCausalLM", names: .llama, ggufName: "llama",
    ignores: { $0.hasSuffix("rotary_emb.inv_freq") }, read: { readLlama(&$0) })

  /// Mistral: Llama with a sliding window in its first version (`MistralForCausalLM`).
  public static let mistral = Family(
    modelType: "mistral", architectureName: "MistralForCausalLM", names: .llama,
    ggufName: "llama", ignores: llama.ignores
  ) { fields in
    var architecture = readLlama(&fields, contextLength: 131_072, groups: 8)
    let window = fields.integer("sliding_window", atLeast: 1)
    for index in architecture.layers.indices { architecture.layers[index].window = window }
    return architecture
  }

  /// Reads the keys that Llama and its many relatives share.
  ///
  /// - Parameters:
  ///   - fields: The configuration.
  ///   - contextLength: The default of `max_position_embeddings`.
  ///   - groups: The default of `num_key_value_heads`; as many as heads where nil.
  ///   - headWidth: The default of `head_dim`; width / heads where nil.
  ///   - base: The default of `rope_theta`.
  ///   - tied: The default of `tie_word_embeddings`.
  ///   - activation: The default of `hidden_act`.
  public static func readLlama(
    _ fields: inout ConfigurationFields, contextLength: Int = 2048, groups: Int? = nil,
    headWidth: Int? = nil, base: Double = 10_000, tied: Bool = false,
    activation: Activation = .silu
  ) -> Architecture {
    let width = fields.required("hidden_size", atLeast: 1)
    let heads = fields.required("num_attention_heads", atLeast: 1)
    var attention = AttentionDesign(
      heads: heads, groups: fields.integer("num_key_value_heads", atLeast: 1) ?? groups ?? heads,
      headWidth: fields.integer("head_dim", atLeast: 1) ?? headWidth ?? max(width / heads, 1))
    if heads % attention.groups != 0 {
      fields.problem(
        "num_attention_heads \(heads) is not a multiple of num_key_value_heads "
          + "\(attention.groups)")
    }
    let bias = fields.flag("attention_bias", "qkv_bias") ?? false
    (attention.hasInputBias, attention.hasOutputBias) = (bias, bias)
    var inner = FeedForwardDesign(
      innerWidth: fields.required("intermediate_size", atLeast: 1),
      activation: fields.activation("hidden_activation", "hidden_act") ?? activation)
    inner.hasBias = fields.flag("mlp_bias") ?? false
    let context = fields.integer("max_position_embeddings", atLeast: 1) ?? contextLength
    let rotary = fields.rotary(headWidth: attention.headWidth, base: base, contextLength: context)
    var architecture = Architecture(
      vocabularySize: fields.required("vocab_size", atLeast: 1), contextLength: context,
      width: width, attention: attention, feedForward: inner,
      layers: Array(
        repeating: LayerDesign(rotary: rotary),
        count: fields.layerCount("num_hidden_layers")))
    architecture.norm = .rms(epsilon: fields.number("rms_norm_eps") ?? 1e-6)
    architecture.head.isTied = fields.flag("tie_word_embeddings") ?? tied
    fields.readTokens(into: &architecture)
    return architecture
  }
}

extension PartNames {
  /// The names of Llama, which most later models took over.
  public static let llama: PartNames = [
    .tokens: "model.embed_tokens", .layers: "model.layers", .finalNorm: "model.norm",
    .head: "lm_head",
    .attentionNorm: "input_layernorm", .query: "self_attn.q_proj", .key: "self_attn.k_proj",
    .value: "self_attn.v_proj", .attentionOutput: "self_attn.o_proj",
    .queryNorm: "self_attn.q_norm", .keyNorm: "self_attn.k_norm",
    .feedForwardNorm: "post_attention_layernorm", .gate: "mlp.gate_proj", .up: "mlp.up_proj",
    .down: "mlp.down_proj", .queryKeyValue: "self_attn.qkv_proj", .gateUp: "mlp.gate_up_proj",
  ]
}
