import Files
import JSON

/// `config.json` as transformers writes it for `model_type` "gpt2".
extension GPT2Configuration {
  /// Reads a `config.json`.
  ///
  /// Keys that do not shape the model are passed over, as transformers does; those that do must
  /// have possible values, and all that is wrong is reported at once.
  public init(contentsOf path: String) throws(ModelError) {
    let value: JSONValue
    do { value = try JSONValue(parsing: readText(path)) } catch {
      throw .file(reason: "The configuration ‘\(path)’ cannot be read: \(error).")
    }
    var fields = ConfigurationFields(value)
    self.init(&fields)
    guard fields.problems.isEmpty else {
      throw .configuration(path: path, problems: fields.problems)
    }
  }

  /// Reads the keys of a configuration; what is wrong is collected in `fields`.
  init(_ fields: inout ConfigurationFields) {
    self.init()
    let type = fields.text("model_type")
    if let type, type != "gpt2" { fields.problem("model_type is ‘\(type)’, expected ‘gpt2’") }
    vocabularySize = fields.integer("vocab_size", atLeast: 1) ?? vocabularySize
    contextLength = fields.integer("n_positions", "n_ctx", atLeast: 1) ?? contextLength
    width = fields.integer("n_embd", atLeast: 1) ?? width
    if fields.has("n_layer") { layers = fields.layerCount("n_layer", atLeast: 0) }
    heads = fields.integer("n_head", atLeast: 1) ?? heads
    innerWidth = fields.integer("n_inner", atLeast: 1)
    activation = fields.activation("activation_function") ?? activation
    residualDropout = fields.share("resid_pdrop") ?? residualDropout
    embeddingDropout = fields.share("embd_pdrop") ?? embeddingDropout
    attentionDropout = fields.share("attn_pdrop") ?? attentionDropout
    normEpsilon = fields.number("layer_norm_epsilon") ?? normEpsilon
    initializerRange = fields.number("initializer_range") ?? initializerRange
    scalesAttention = fields.flag("scale_attn_weights") ?? scalesAttention
    scalesAttentionByLayer =
      fields.flag("scale_attn_by_inverse_layer_idx") ?? scalesAttentionByLayer
    tiesHead = fields.flag("tie_word_embeddings") ?? tiesHead
    beginToken = fields.tokens("bos_token_id").first
    endToken = fields.tokens("eos_token_id").first
    if fields.flag("add_cross_attention") == true {
      fields.problem("add_cross_attention is true: only the decoder alone is supported")
    }
    if width % heads != 0 {
      fields.problem("n_embd \(width) is not a multiple of n_head \(heads)")
    }
  }

  /// The text of a `config.json` that transformers loads.
  var huggingFace: JSONValue {
    var object: JSONObject = [
      "activation_function": .string(activation.rawValue),
      "architectures": ["GPT2LMHeadModel"],
      "attn_pdrop": .number(attentionDropout),
      "embd_pdrop": .number(embeddingDropout),
      "initializer_range": .number(initializerRange),
      "layer_norm_epsilon": .number(normEpsilon),
      "model_type": "gpt2",
      "n_ctx": .integer(Int64(contextLength)),
      "n_embd": .integer(Int64(width)),
      "n_head": .integer(Int64(heads)),
      "n_inner": innerWidth.map { .integer(Int64($0)) } ?? .null,
      "n_layer": .integer(Int64(layers)),
      "n_positions": .integer(Int64(contextLength)),
      "reorder_and_upcast_attn": false,
      "resid_pdrop": .number(residualDropout),
      "scale_attn_by_inverse_layer_idx": .bool(scalesAttentionByLayer),
      "scale_attn_weights": .bool(scalesAttention),
      "tie_word_embeddings": .bool(tiesHead),
      "torch_dtype": "float32",
      "use_cache": true,
      "vocab_size": .integer(Int64(vocabularySize)),
    ]
    object["bos_token_id"] = beginToken.map { .integer(Int64($0)) } ?? .null
    object["eos_token_id"] = endToken.map { .integer(Int64($0)) } ?? .null
    return .object(object)
  }
}
