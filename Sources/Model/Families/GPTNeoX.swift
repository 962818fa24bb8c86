extension Family {
  /// GPT-NeoX and Pythia: both parts read the stream itself, a quarter of a head turns
  /// (`GPTNeoXForCausalLM`).
  public static let gptNeoX = Family(
    modelType: "gpt_neox", architectureName: "GPTNeoXForCausalLM",
    names: [
      .tokens: "gpt_neox.embed_in", .layers: "gpt_neox.layers",
      .finalNorm: "gpt_neox.final_layer_norm", .head: "embed_out",
      .attentionNorm: "input_layernorm", .queryKeyValue: "attention.query_key_value",
      .attentionOutput: "attention.dense", .feedForwardNorm: "post_attention_layernorm",
      .up: "mlp.dense_h_to_4h", .down: "mlp.dense_4h_to_h",
    ],
    ggufName: "gptneox",
    ignores: {
      $0.hasSuffix("rotary_emb.inv_freq") || $0.hasSuffix(".attention.bias")
        || $0.hasSuffix(".attention.masked_bias")
    }
  ) { fields in
    let width = fields.required("hidden_size", atLeast: 1)
    let heads = fields.required("num_attention_heads", atLeast: 1)
    fields.checkHeads(width, heads, "hidden_size", "num_attention_heads")
    var attention = AttentionDesign(heads: heads, headWidth: max(width / heads, 1))
    attention.layout = .byHead
    let bias = fields.flag("attention_bias") ?? true
    (attention.hasInputBias, attention.hasOutputBias) = (bias, bias)
    var inner = FeedForwardDesign(
      innerWidth: fields.required("intermediate_size", atLeast: 1),
      activation: fields.activation("hidden_act") ?? .gelu, isGated: false)
    inner.hasBias = true
    let context = fields.integer("max_position_embeddings", atLeast: 1) ?? 2048
    let rotary = fields.rotary(
      headWidth: attention.headWidth, base: 10_000, share: 0.25, contextLength: context)
    var architecture = Architecture(
      vocabularySize: fields.required("vocab_size", atLeast: 1), contextLength: context,
      width: width, attention: attention, feedForward: inner,
      layers: Array(
        repeating: LayerDesign(rotary: rotary), count: fields.layerCount("num_hidden_layers")))
    architecture.norm = .layer(epsilon: fields.number("layer_norm_eps") ?? 1e-5)
    architecture.parallel = fields.flag("use_parallel_residual") ?? true
    architecture.head.isTied = fields.flag("tie_word_embeddings") ?? false
    fields.readTokens(into: &architecture)
    return architecture
  }
}

extension ConfigurationFields {
  /// Complains where heads do not divide the width.
  mutating func checkHeads(_ width: Int, _ heads: Int, _ widthKey: String, _ headsKey: String) {
    if width % heads != 0 {
      problem("\(widthKey) \(width) is not a multiple of \(headsKey) \(heads)")
    }
  }
}
