extension Family {
  /// MPT: penalties on distance, no biases (`MptForCausalLM`).
  ///
  /// As in transformers the feed-forward layer is four times as wide whatever `expansion_ratio`
  /// says, and normalized queries and keys are not supported.
  public static let mpt = Family(
    modelType: "mpt", architectureName: "MptForCausalLM",
    names: [
      .tokens: "transformer.wte", .layers: "transformer.blocks",
      .finalNorm: "transformer.norm_f", .head: "lm_head", .attentionNorm: "norm_1",
      .queryKeyValue: "attn.Wqkv", .attentionOutput: "attn.out_proj", .feedForwardNorm: "norm_2",
      .up: "ffn.up_proj", .down: "ffn.down_proj",
    ],
    ggufName: "mpt"
  ) { fields in
    let width = fields.required("d_model", "hidden_size", atLeast: 1)
    let heads = fields.required("n_heads", "num_attention_heads", atLeast: 1)
    fields.checkHeads(width, heads, "d_model", "n_heads")
    var attention = AttentionDesign(heads: heads, headWidth: max(width / heads, 1))
    attention.layout = .joined
    var largest = 8.0
    let inner = FeedForwardDesign(innerWidth: 4 * width, activation: .gelu, isGated: false)
    _ = fields.within("attn_config") { options in
      attention.clamp = options.number("clip_qkv")
      attention.scale = options.number("softmax_scale") ?? attention.scale
      largest = options.number("alibi_bias_max") ?? 8
      if options.flag("qk_ln") == true {
        options.problem("qk_ln is true: transformers does not run such models either")
      }
      if options.flag("alibi") == false {
        options.problem("alibi is false: models with learned positions are not supported")
      }
      if options.flag("prefix_lm") == true {
        options.problem("prefix_lm is true: only causal models are supported")
      }
    }
    if fields.flag("no_bias") == false { fields.problem("no_bias is false, which no model uses") }
    var architecture = Architecture(
      vocabularySize: fields.required("vocab_size", atLeast: 1),
      contextLength: fields.integer("max_seq_len", atLeast: 1) ?? 2048, width: width,
      attention: attention, feedForward: inner,
      layers: Array(
        repeating: LayerDesign(), count: fields.layerCount("n_layers", "num_hidden_layers")))
    architecture.positions = .alibi(largest: largest)
    architecture.norm = .layer(
      epsilon: fields.number("layer_norm_epsilon") ?? 1e-5, bias: false)
    architecture.head.isTied = fields.flag("tie_word_embeddings") ?? true
    fields.readTokens(into: &architecture)
    return architecture
  }
}
