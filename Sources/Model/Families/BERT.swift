extension Family {
  /// BERT: an encoder that sees the whole text and guesses masked words (`BertForMaskedLM`).
  public static let bert = Family(
    modelType: "bert", architectureName: "BertForMaskedLM",
    names: [
      .tokens: "bert.embeddings.word_embeddings",
      .positions: "bert.embeddings.position_embeddings",
      .segments: "bert.embeddings.token_type_embeddings",
      .embeddingNorm: "bert.embeddings.LayerNorm", .layers: "bert.encoder.layer",
      .query: "attention.self.query", .key: "attention.self.key",
      .value: "attention.self.value", .attentionOutput: "attention.output.dense",
      .attentionPostNorm: "attention.output.LayerNorm", .up: "intermediate.dense",
      .down: "output.dense", .feedForwardPostNorm: "output.LayerNorm",
      .headDense: "cls.predictions.transform.dense",
      .headNorm: "cls.predictions.transform.LayerNorm", .head: "cls.predictions",
    ],
    ggufName: "bert",
    ignores: {
      $0.hasSuffix("position_ids") || $0.hasPrefix("bert.pooler.")
        || $0.hasPrefix("cls.seq_relationship.") || $0.hasPrefix("cls.predictions.decoder.")
    }
  ) { fields in
    let width = fields.required("hidden_size", atLeast: 1)
    let heads = fields.required("num_attention_heads", atLeast: 1)
    fields.checkHeads(width, heads, "hidden_size", "num_attention_heads")
    var attention = AttentionDesign(heads: heads, headWidth: max(width / heads, 1))
    attention.isCausal = false
    (attention.hasInputBias, attention.hasOutputBias) = (true, true)
    let activation = fields.activation("hidden_act") ?? .gelu
    var inner = FeedForwardDesign(
      innerWidth: fields.required("intermediate_size", atLeast: 1), activation: activation,
      isGated: false)
    inner.hasBias = true
    if let kind = fields.text("position_embedding_type"), kind != "absolute" {
      fields.problem("position_embedding_type is ‘\(kind)’, only ‘absolute’ is supported")
    }
    if fields.flag("is_decoder") == true {
      fields.problem("is_decoder is true: only encoders are supported")
    }
    var architecture = Architecture(
      vocabularySize: fields.required("vocab_size", atLeast: 1),
      contextLength: fields.integer("max_position_embeddings", atLeast: 1) ?? 512, width: width,
      attention: attention, feedForward: inner,
      layers: Array(
        repeating: LayerDesign(), count: fields.layerCount("num_hidden_layers")))
    architecture.positions = .learned
    architecture.segments = fields.integer("type_vocab_size", atLeast: 1) ?? 2
    architecture.norm = .layer(epsilon: fields.number("layer_norm_eps") ?? 1e-12)
    architecture.normalizesEmbeddings = true
    architecture.arrangement = .sum
    architecture.normalizesFinally = false
    architecture.head.isTied = fields.flag("tie_word_embeddings") ?? true
    architecture.head.hasBias = true
    architecture.head.transform = activation
    fields.readTokens(into: &architecture)
    return architecture
  }
}
