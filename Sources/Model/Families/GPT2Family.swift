extension Family {
  /// GPT-2: learned positions, weights stored `[inputs, outputs]` (`GPT2LMHeadModel`).
  ///
  /// ``GPT2`` is the same model as a type of its own, to train from scratch.
  public static let gpt2 = Family(
    modelType: "gpt2", architectureName: "GPT2LMHeadModel",
    names: [
      .tokens: "transformer.wte", .positions: "transformer.wpe", .layers: "transformer.h",
      .finalNorm: "transformer.ln_f", .head: "lm_head", .attentionNorm: "ln_1",
      .queryKeyValue: "attn.c_attn", .attentionOutput: "attn.c_proj", .feedForwardNorm: "ln_2",
      .up: "mlp.c_fc", .down: "mlp.c_proj",
    ],
    ggufName: "gpt2",
    ignores: { $0.hasSuffix(".attn.bias") || $0.hasSuffix(".attn.masked_bias") }
  ) { fields in
    let configuration = GPT2Configuration(&fields)
    var architecture = Architecture(configuration)
    fields.readTokens(into: &architecture)
    return architecture
  }
}

extension Architecture {
  /// What this configuration of GPT-2 describes.
  init(_ c: GPT2Configuration) {
    var attention = AttentionDesign(heads: c.heads, headWidth: c.headWidth)
    attention.layout = .joined
    attention.isTransposed = true
    (attention.hasInputBias, attention.hasOutputBias) = (true, true)
    if !c.scalesAttention { attention.scale = 1 }
    attention.dividesByLayer = c.scalesAttentionByLayer
    var inner = FeedForwardDesign(
      innerWidth: c.innerWidth ?? 4 * c.width, activation: c.activation, isGated: false)
    inner.hasBias = true
    inner.isTransposed = true
    self.init(
      vocabularySize: c.vocabularySize, contextLength: c.contextLength, width: c.width,
      attention: attention, feedForward: inner,
      layers: Array(repeating: LayerDesign(), count: c.layers))
    positions = .learned
    norm = .layer(epsilon: c.normEpsilon)
    head.isTied = c.tiesHead
  }
}
