import Files
import JSON

extension GenerationConfiguration {
  /// Reads `generation_config.json`, from a folder or by its own path.
  ///
  /// Keys that nothing is known about are passed over, as transformers does.
  /// - Throws: ``ModelError`` that lists every value that cannot be used.
  public init(contentsOf path: String) throws(ModelError) {
    let file = isDirectory(path) ? path / "generation_config.json" : path
    let text: String
    do { text = try readText(file) } catch { throw .file(reason: "\(error)") }
    try self.init(parsing: text, path: file)
  }

  /// Reads the text of a `generation_config.json`.
  ///
  /// - Parameters:
  ///   - text: JSON.
  ///   - path: Where it came from, for messages.
  /// - Throws: ``ModelError`` that lists every value that cannot be used.
  public init(
    parsing text: String, path: String = "generation_config.json"
  ) throws(ModelError) {
    let json: JSONValue
    do { json = try JSONValue(parsing: text) } catch {
      throw .configuration(path: path, problems: ["\(error)"])
    }
    var fields = GenerationFields(json)
    self.init(&fields)
    if !fields.problems.isEmpty {
      throw .configuration(path: path, problems: fields.problems)
    }
  }

  private init(_ fields: inout GenerationFields) {
    self.init()
    readLength(&fields)
    readStrategy(&fields)
    readSampling(&fields)
    readPenalties(&fields)
    endTokens = fields.tokens("eos_token_id")
    beginToken = fields.tokens("bos_token_id").first
    // Some files say -1 for none.
    padToken = fields.integer("pad_token_id").flatMap { $0 < 0 ? nil : Int32(exactly: $0) }
  }

  private mutating func readLength(_ fields: inout GenerationFields) {
    maximumLength = fields.integer("max_length", atLeast: 0)
    maximumNewTokens = fields.integer("max_new_tokens", atLeast: 1)
    minimumLength = fields.integer("min_length", atLeast: 0)
    minimumNewTokens = fields.integer("min_new_tokens", atLeast: 0)
    stopStrings = fields.texts("stop_strings")
    lengthDecay = fields.decay("exponential_decay_length_penalty")
  }

  private mutating func readStrategy(_ fields: inout GenerationFields) {
    samples = fields.flag("do_sample")
    beams = fields.integer("num_beams", atLeast: 1)
    beamGroups = fields.integer("num_beam_groups", atLeast: 1)
    diversityPenalty = fields.number("diversity_penalty", in: 0 ... .infinity)
    lengthPenalty = fields.number("length_penalty")
    earlyStopping = fields.earlyStopping("early_stopping")
    returnedSequences = fields.integer("num_return_sequences", atLeast: 1)
    contrastivePenalty = fields.number("penalty_alpha", in: 0...1)
    promptLookupTokens = fields.integer("prompt_lookup_num_tokens", atLeast: 1)
    longestMatch = fields.integer("max_matching_ngram_size", atLeast: 1)
    draftTokens = fields.integer("num_assistant_tokens", atLeast: 1)
    draftConfidence = fields.number("assistant_confidence_threshold", in: 0...1)
    if let beams, let beamGroups, beams % beamGroups != 0 {
      fields.problem("num_beams (\(beams)) is not a multiple of num_beam_groups (\(beamGroups))")
    }
  }

  private mutating func readSampling(_ fields: inout GenerationFields) {
    temperature = fields.number("temperature", in: 0 ... .infinity)
    topK = fields.integer("top_k", atLeast: 0)
    topP = fields.number("top_p", in: 0...1)
    minP = fields.number("min_p", in: 0...1)
    topH = fields.number("top_h", in: Double.leastNonzeroMagnitude...1)
    topNSigma = fields.number("top_n_sigma")
    typicalP = fields.number("typical_p", in: Double.leastNonzeroMagnitude...1)
    // 0 and 1 switch these off.
    epsilonCutoff = fields.number("epsilon_cutoff", in: 0...1).flatMap { $0 < 1 ? $0 : nil }
    etaCutoff = fields.number("eta_cutoff", in: 0...1).flatMap { $0 < 1 ? $0 : nil }
    renormalizes = fields.flag("renormalize_logits")
  }

  private mutating func readPenalties(_ fields: inout GenerationFields) {
    repetitionPenalty = fields.number(
      "repetition_penalty", in: Double.leastNonzeroMagnitude ... .infinity)
    frequencyPenalty = fields.number("frequency_penalty")
    presencePenalty = fields.number("presence_penalty")
    noRepeatedNGrams = fields.integer("no_repeat_ngram_size", atLeast: 0)
    badWords = fields.sequences("bad_words_ids")
    sequenceBias = fields.biases("sequence_bias")
    suppressedTokens = fields.tokens("suppress_tokens")
    suppressedFirstTokens = fields.tokens("begin_suppress_tokens")
    forcedBeginToken = fields.tokens("forced_bos_token_id").first
    forcedEndTokens = fields.tokens("forced_eos_token_id")
    removesInvalidValues = fields.flag("remove_invalid_values")
  }
}
