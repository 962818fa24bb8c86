extension PartNames {
  /// The names of GGUF files, which are the same for nearly all families.
  ///
  /// Experts lie in one tensor for all of them, `blk.0.ffn_gate_exps.weight`; a single one goes by
  /// `blk.0.exps.3.ffn_gate.weight` here.
  static let gguf: PartNames = [
    .tokens: "token_embd", .positions: "position_embd", .segments: "token_types",
    .embeddingNorm: "token_embd_norm", .layers: "blk", .finalNorm: "output_norm",
    .head: "output",
    .attentionNorm: "attn_norm", .query: "attn_q", .key: "attn_k", .value: "attn_v",
    .queryKeyValue: "attn_qkv", .attentionOutput: "attn_output", .queryNorm: "attn_q_norm",
    .keyNorm: "attn_k_norm", .attentionPostNorm: "post_attention_norm",
    .feedForwardNorm: "ffn_norm", .gate: "ffn_gate", .up: "ffn_up", .gateUp: "ffn_up",
    .down: "ffn_down", .feedForwardPostNorm: "post_ffw_norm",
    .router: "ffn_gate_inp", .experts: "exps", .expertGate: "ffn_gate", .expertUp: "ffn_up",
    .expertDown: "ffn_down", .sharedExpert: "shexp", .sharedGate: "ffn_gate",
    .sharedUp: "ffn_up", .sharedDown: "ffn_down", .sharedRouter: "ffn_gate_inp_shexp",
  ]

  /// The names of BERT's GGUF files, whose norms come after the sums.
  static let ggufBERT = gguf.replacing([
    .attentionPostNorm: "attn_output_norm", .feedForwardPostNorm: "layer_output_norm",
  ])
}
