extension Family {
  /// BLOOM: penalties on distance instead of positions, embeddings normalized
  /// (`BloomForCausalLM`).
  public static let bloom = Family(
    modelType: "bloom", architectureName: "BloomForCausalLM",
    names: [
      .tokens: "transformer.word_embeddings",
      .embeddingNorm: "transformer.word_embeddings_layernorm", .layers: "transformer.h",
      .finalNorm: "transformer.ln_f", .head: "lm_head", .attentionNorm: "input_layernorm",
      .queryKeyValue: "self_attention.query_key_value",
      .attentionOutput: "self_attention.dense", .feedForwardNorm: "post_attention_layernorm",
      .up: "mlp.dense_h_to_4h", .down: "mlp.dense_4h_to_h",
    ],
    ggufName: "bloom"
  ) { fields in
    let width = fields.required("hidden_size", "n_embed", atLeast: 1)
    let heads = fields.required("n_head", "num_attention_heads", atLeast: 1)
    fields.checkHeads(width, heads, "hidden_size", "n_head")
    var attention = AttentionDesign(heads: heads, headWidth: max(width / heads, 1))
    attention.layout = .byHead
    (attention.hasInputBias, attention.hasOutputBias) = (true, true)
    var inner = FeedForwardDesign(innerWidth: 4 * width, activation: .geluTanh, isGated: false)
    inner.hasBias = true
    var architecture = Architecture(
      vocabularySize: fields.required("vocab_size", atLeast: 1),
      contextLength: fields.integer("seq_length", "n_positions", atLeast: 1) ?? 2048,
      width: width, attention: attention, feedForward: inner,
      layers: Array(
        repeating: LayerDesign(), count: fields.layerCount("n_layer", "num_hidden_layers")))
    architecture.positions = .alibi(largest: 8)
    architecture.normalizesEmbeddings = true
    architecture.norm = .layer(epsilon: fields.number("layer_norm_epsilon") ?? 1e-5)
    if fields.flag("apply_residual_connection_post_layernorm") ?? false {
      architecture.arrangement = .beforeAndResidual
    }
    architecture.head.isTied = fields.flag("tie_word_embeddings") ?? true
    fields.readTokens(into: &architecture)
    return architecture
  }
}
