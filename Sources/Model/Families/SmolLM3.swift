extension Family {
  /// SmolLM 3: Llama whose every fourth layer does not turn (`SmolLM3ForCausalLM`).
  public static let smolLM3 = Family(
    modelType: "smollm3", architectureName: "SmolLM3ForCausalLM", names: .llama,
    ggufName: "smollm3", ignores: llama.ignores
  ) { fields in
    var architecture = readLlama(
      &fields, contextLength: 32_768, groups: 4, base: 2_000_000, tied: true)
    fields.readWindows(into: &architecture) { _, _ in true }
    let interval = fields.integer("no_rope_layer_interval", atLeast: 1) ?? 4
    let turns = fields.integers("no_rope_layers")
    if let turns, turns.count != architecture.layers.count {
      fields.problem(
        "no_rope_layers has \(turns.count) entries for \(architecture.layers.count) layers")
      return architecture
    }
    for index in architecture.layers.indices
    where turns.map({ $0[index] == 0 }) ?? ((index + 1) % interval == 0) {
      architecture.layers[index].rotary = nil
    }
    return architecture
  }
}
