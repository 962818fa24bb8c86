import ArgumentParser
import Files
import Model
import Tokenizer

/// `ID=VALUE`, or `ID,ID,…=VALUE` for a sequence of tokens.
struct LogitBias: ExpressibleByArgument {
  let tokens: [Int32]
  let bias: Double

  init?(argument: String) {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
    guard parts.count == 2, let bias = Double(parts[1]), !bias.isNaN else { return nil }
    var tokens: [Int32] = []
    for part in parts[0].split(separator: ",", omittingEmptySubsequences: false) {
      guard let id = Int32(part), id >= 0 else { return nil }
      tokens.append(id)
    }
    self.tokens = tokens
    self.bias = bias
  }
}

/// How text is generated: every option of decoding, shared by the commands that generate.
///
/// What is not given is as the model's `generation_config.json` says.
struct DecodingOptions: ParsableArguments {
  @OptionGroup(title: "Sampling") var sampling: SamplingOptions
  @OptionGroup(title: "Search and speculation") var search: SearchOptions
  @OptionGroup(title: "Constraints") var constraints: ConstraintOptions

  @Option(help: "The most tokens to add.")
  var maxTokens: Int?

  @Option(help: "The fewest tokens to add.")
  var minNewTokens: Int?

  @Option(help: "A text that ends the answer; may be given several times.")
  var stop: [String] = []

  @Option(help: "Above 1 makes tokens that occurred less probable.")
  var repetitionPenalty: Double?

  @Option(
    parsing: .unconditional,  // a negative one encourages
    help: "What each occurrence of a token in the answer takes from its logit.")
  var frequencyPenalty: Double?

  @Option(
    parsing: .unconditional,  // a negative one encourages
    help: "What having occurred in the answer takes from a token's logit.")
  var presencePenalty: Double?

  @Option(help: "Forbids runs of so many tokens to occur twice.")
  var noRepeatNgramSize: Int?

  @Option(help: "A text that must not occur; may be given several times.")
  var badWord: [String] = []

  @Option(
    help: ArgumentHelp(
      "Adds to the logit of a token, or of the last token of a sequence; may be given several times.",
      valueName: "id[,id…]=value"))
  var logitBias: [LogitBias] = []

  @Flag(help: "Goes on after the token that ends a text.")
  var ignoreEnd = false

  @Option(help: "Reports the log-probability of each token and of the N most probable ones.")
  var logprobs: Int?

  func validate() throws {
    if let maxTokens { try check("max-tokens", maxTokens >= 0, "must not be negative") }
    if let minNewTokens { try check("min-new-tokens", minNewTokens >= 0, "must not be negative") }
    if let penalty = repetitionPenalty {
      try check("repetition-penalty", penalty > 0 && penalty.isFinite, "must be positive")
    }
    for (name, number) in [
      ("frequency-penalty", frequencyPenalty), ("presence-penalty", presencePenalty),
    ] {
      if let number { try check(name, number.isFinite, "must be a finite number") }
    }
    if let size = noRepeatNgramSize {
      try check("no-repeat-ngram-size", size >= 0, "must not be negative")
    }
    if let logprobs { try check("logprobs", logprobs >= 0, "must not be negative") }
    try check("stop", !stop.contains(""), "must not be empty")
    try check("bad-word", !badWord.contains(""), "must not be empty")
    if logprobs != nil, let strategy = search.given {
      throw ValidationError("--logprobs cannot be given with --\(strategy)")
    }
    if constraints.isGiven && ignoreEnd {
      throw ValidationError("--ignore-end cannot be given with a constraint: its text must end")
    }
  }

  /// What a model's folder says, with what was given in its place.
  ///
  /// - Parameters:
  ///   - folder: Where `generation_config.json` may be.
  ///   - ends: The tokens that end a text where it says nothing.
  ///   - tokenizer: The model's tokenizer.
  func configuration(
    folder: String, ends: [Int32], _ tokenizer: TextTokenizer
  ) throws -> GenerationConfiguration {
    let file = folder / "generation_config.json"
    var configuration =
      fileExists(file) ? try GenerationConfiguration(contentsOf: file) : GenerationConfiguration()
    if configuration.endTokens.isEmpty { configuration.endTokens = ends }
    apply(to: &configuration, tokenizer)
    return configuration
  }

  /// Puts what was given in place of what the configuration says.
  func apply(to configuration: inout GenerationConfiguration, _ tokenizer: TextTokenizer) {
    sampling.apply(to: &configuration)
    search.apply(to: &configuration)
    configuration.maximumNewTokens = maxTokens ?? configuration.maximumNewTokens ?? 128
    configuration.minimumNewTokens = minNewTokens ?? configuration.minimumNewTokens
    if !stop.isEmpty { configuration.stopStrings = stop }
    configuration.repetitionPenalty = repetitionPenalty ?? configuration.repetitionPenalty
    configuration.frequencyPenalty = frequencyPenalty ?? configuration.frequencyPenalty
    configuration.presencePenalty = presencePenalty ?? configuration.presencePenalty
    configuration.noRepeatedNGrams = noRepeatNgramSize ?? configuration.noRepeatedNGrams
    for word in badWord {
      // A word looks different after a space.
      for text in [word, " " + word] {
        let ids = tokenizer.encode(text, addsTemplate: false)
        if !ids.isEmpty && !configuration.badWords.contains(ids) {
          configuration.badWords.append(ids)
        }
      }
    }
    configuration.sequenceBias += logitBias.map { (tokens: $0.tokens, bias: $0.bias) }
    if ignoreEnd { configuration.endTokens = [] }
  }
}
