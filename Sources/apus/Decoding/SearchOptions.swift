import ArgumentParser
import Model

/// When beam search stops, as `generation_config.json` writes it.
enum EarlyStoppingOption: String, CaseIterable, ExpressibleByArgument {
  case `true`
  case `false`
  case never

  var value: EarlyStopping {
    switch self {
    case .true: .whenFull
    case .false: .whenUnlikely
    case .never: .never
    }
  }
}

/// The options of beams, contrastive search and speculation.
struct SearchOptions: ParsableArguments {
  @Option(help: "How many beams are followed; more than one is beam search.")
  var numBeams: Int?

  @Option(help: "In how many groups; more than one is diverse beam search.")
  var numBeamGroups: Int?

  @Option(help: "What beams pay for tokens of earlier groups.")
  var diversityPenalty: Double?

  @Option(
    parsing: .unconditional,  // it may be negative
    help: "The power of the length that beams are ranked by: above 0 prefers longer texts.")
  var lengthPenalty: Double?

  @Option(help: "When beam search stops.")
  var earlyStopping: EarlyStoppingOption?

  @Option(help: "How many of the texts that beam search finds are printed.")
  var numReturnSequences: Int?

  @Option(help: "The penalty of contrastive search, which tries --top-k tokens in each step.")
  var penaltyAlpha: Double?

  @Option(
    help: ArgumentHelp("Speculates with what followed the last tokens before.", valueName: "n"))
  var promptLookup: Int?

  @Option(help: "The longest run of last tokens that --prompt-lookup looks for.")
  var maxMatchingNgramSize: Int?

  @Option(help: ArgumentHelp("Speculates with a smaller model.", valueName: "path"))
  var draft: String?

  @Option(help: "How many tokens the smaller model proposes at a time.")
  var numAssistantTokens: Int?

  @Option(help: "Below which probability of a token the smaller model stops.")
  var assistantConfidenceThreshold: Double?

  func validate() throws {
    for (name, count) in [
      ("num-beams", numBeams), ("num-beam-groups", numBeamGroups),
      ("num-return-sequences", numReturnSequences), ("prompt-lookup", promptLookup),
      ("max-matching-ngram-size", maxMatchingNgramSize),
      ("num-assistant-tokens", numAssistantTokens),
    ] {
      if let count { try check(name, count >= 1, "must be at least 1") }
    }
    if let diversityPenalty {
      try check(
        "diversity-penalty", diversityPenalty >= 0 && diversityPenalty.isFinite,
        "must be a finite number of at least 0")
    }
    if let lengthPenalty {
      try check("length-penalty", lengthPenalty.isFinite, "must be a finite number")
    }
    for (name, share) in [
      ("penalty-alpha", penaltyAlpha),
      ("assistant-confidence-threshold", assistantConfidenceThreshold),
    ] {
      if let share { try check(name, share >= 0 && share <= 1, "must be in 0 … 1") }
    }
    let beams = numBeams ?? 1
    if let groups = numBeamGroups {
      try check("num-beams", beams % groups == 0, "must be a multiple of --num-beam-groups")
    }
    if let count = numReturnSequences {
      try check("num-return-sequences", count <= beams, "must be at most --num-beams")
    }
    let strategies = [
      beams > 1 ? "num-beams" : nil, (penaltyAlpha ?? 0) > 0 ? "penalty-alpha" : nil,
      promptLookup != nil ? "prompt-lookup" : nil, draft != nil ? "draft" : nil,
    ].compactMap { $0 }
    if strategies.count > 1 {
      throw ValidationError("give only one of --\(strategies.joined(separator: " and --"))")
    }
  }

  /// The option that chose a strategy other than one token after the other.
  var given: String? {
    if (numBeams ?? 1) > 1 { return "num-beams" }
    if (penaltyAlpha ?? 0) > 0 { return "penalty-alpha" }
    if promptLookup != nil { return "prompt-lookup" }
    return draft != nil ? "draft" : nil
  }

  /// Puts what was given in place of what the configuration says.
  func apply(to configuration: inout GenerationConfiguration) {
    if given != nil {
      // A strategy that was asked for takes the place of the one in the file.
      configuration.beams = nil
      configuration.beamGroups = nil
      configuration.contrastivePenalty = nil
      configuration.promptLookupTokens = nil
    }
    configuration.beams = numBeams ?? configuration.beams
    configuration.beamGroups = numBeamGroups ?? configuration.beamGroups
    configuration.diversityPenalty = diversityPenalty ?? configuration.diversityPenalty
    configuration.lengthPenalty = lengthPenalty ?? configuration.lengthPenalty
    configuration.earlyStopping = earlyStopping?.value ?? configuration.earlyStopping
    configuration.returnedSequences = numReturnSequences ?? configuration.returnedSequences
    configuration.contrastivePenalty = penaltyAlpha ?? configuration.contrastivePenalty
    configuration.promptLookupTokens = promptLookup ?? configuration.promptLookupTokens
    configuration.longestMatch = maxMatchingNgramSize ?? configuration.longestMatch
    configuration.draftTokens = numAssistantTokens ?? configuration.draftTokens
    configuration.draftConfidence =
      assistantConfidenceThreshold ?? configuration.draftConfidence
  }
}
