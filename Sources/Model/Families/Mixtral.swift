extension Family {
  /// Mixtral: Mistral with eight experts of which a token visits two (`MixtralForCausalLM`).
  public static let mixtral = Family(
    modelType: "mixtral", architectureName: "MixtralForCausalLM",
    names: PartNames.llama.replacing([
      .router: "block_sparse_moe.gate", .experts: "block_sparse_moe.experts", .expertGate: "w1",
      .expertUp: "w3", .expertDown: "w2",
    ]),
    ggufName: "llama", ignores: llama.ignores
  ) { fields in
    var architecture = readLlama(&fields, contextLength: 131_072, groups: 8, base: 1_000_000)
    if !fields.has("rms_norm_eps") { architecture.norm = .rms(epsilon: 1e-5) }
    let design = ExpertsDesign(
      count: fields.integer("num_local_experts", atLeast: 1) ?? 8,
      perToken: fields.integer("num_experts_per_tok", atLeast: 1) ?? 2,
      innerWidth: architecture.feedForward.innerWidth, normalizesWeights: true)
    fields.checkExperts(design)
    architecture.experts = design
    let window = fields.integer("sliding_window", atLeast: 1)
    for index in architecture.layers.indices {
      architecture.layers[index].isSparse = true
      architecture.layers[index].window = window
    }
    return architecture
  }
}
