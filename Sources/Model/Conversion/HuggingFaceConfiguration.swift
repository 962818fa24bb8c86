import JSON

/// A `config.json` that transformers reads, from the keys that shape the model.
enum HuggingFaceConfiguration {
  /// Adds what transformers wants besides: the class, and nulls where it would assume something.
  static func complete(_ object: JSONObject, _ family: Family) -> JSONObject {
    var result: JSONObject = [:]
    // Only the encoder of BERT is in such files.
    let name = family.modelType == "bert" ? "BertModel" : family.architectureName
    result["architectures"] = [.string(name)]
    for (key, value) in object { result[key] = value }
    for key in ["bos_token_id", "eos_token_id", "pad_token_id"] where result[key] == nil {
      result[key] = .null
    }
    switch family.modelType {
    case "mistral", "mixtral", "phi3":
      if result["sliding_window"] == nil { result["sliding_window"] = .null }
    case "mpt":
      result["no_bias"] = true
      result["expansion_ratio"] = 4
    case "gpt_neox":
      // The names of this family's own files.
      for (name, own) in [
        ("rope_theta", "rotary_emb_base"), ("partial_rotary_factor", "rotary_pct"),
      ] {
        result[own] = result[name]
        result[name] = nil
      }
    case "gemma": result["hidden_act"] = "gelu_pytorch_tanh"
    case "bloom": result["apply_residual_connection_post_layernorm"] = false
    default: break
    }
    return result
  }
}
