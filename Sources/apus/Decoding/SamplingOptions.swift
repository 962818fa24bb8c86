import ArgumentParser
import Model

/// The options of drawing tokens, under transformers' names.
struct SamplingOptions: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: "Draws tokens instead of taking the most probable; a sampling option implies it.")
  var doSample: Bool?

  @Option(help: "Below 1 sharper, above 1 flatter; 0 takes the most probable token.")
  var temperature: Double?

  @Option(help: "Keeps the K most probable tokens; 0 keeps all.")
  var topK: Int?

  @Option(help: "Keeps the most probable tokens with this probability together.")
  var topP: Double?

  @Option(help: "Keeps tokens with at least this share of the most probable one's probability.")
  var minP: Double?

  @Option(help: "Keeps the most probable tokens within this share of the entropy.")
  var topH: Double?

  @Option(help: "Keeps tokens within so many standard deviations of the largest logit.")
  var topNSigma: Double?

  @Option(help: "Keeps the most typical tokens with this probability together.")
  var typicalP: Double?

  @Option(help: "Keeps tokens of at least this probability.")
  var epsilonCutoff: Double?

  @Option(help: "Keeps tokens above a limit that falls with the entropy.")
  var etaCutoff: Double?

  @Option(help: "The seed of the random numbers.")
  var seed: UInt64 = 0

  func validate() throws {
    if let temperature {
      try check(
        "temperature", temperature >= 0 && temperature.isFinite,
        "must be a finite number of at least 0")
    }
    if let topK { try check("top-k", topK >= 0, "must not be negative") }
    if let topP { try check("top-p", topP >= 0 && topP <= 1, "must be in 0 … 1") }
    if let topNSigma { try check("top-n-sigma", topNSigma.isFinite, "must be a finite number") }
    if let minP { try check("min-p", minP >= 0 && minP <= 1, "must be in 0 … 1") }
    for (name, share) in [("top-h", topH), ("typical-p", typicalP)] {
      if let share { try check(name, share > 0 && share <= 1, "must be above 0 and at most 1") }
    }
    for (name, limit) in [("epsilon-cutoff", epsilonCutoff), ("eta-cutoff", etaCutoff)] {
      if let limit { try check(name, limit >= 0 && limit < 1, "must be at least 0 and below 1") }
    }
  }

  /// Puts what was given in place of what the configuration says.
  func apply(to configuration: inout GenerationConfiguration) {
    configuration.temperature = temperature ?? configuration.temperature
    configuration.topK = topK ?? configuration.topK
    configuration.topP = topP ?? configuration.topP
    configuration.minP = minP ?? configuration.minP
    configuration.topH = topH ?? configuration.topH
    configuration.topNSigma = topNSigma ?? configuration.topNSigma
    configuration.typicalP = typicalP ?? configuration.typicalP
    configuration.epsilonCutoff = epsilonCutoff ?? configuration.epsilonCutoff
    configuration.etaCutoff = etaCutoff ?? configuration.etaCutoff
    if let doSample {
      configuration.samples = doSample
    } else if isGiven {
      configuration.samples = true
    }
  }

  /// Whether an option was given that only means something when tokens are drawn.
  private var isGiven: Bool {
    let numbers = [
      temperature, topP, minP, topH, topNSigma, typicalP, epsilonCutoff, etaCutoff,
    ]
    return topK != nil || numbers.contains { $0 != nil }
  }
}

/// Throws unless the value of an option can be used.
func check(_ option: String, _ isRight: Bool, _ rule: String) throws(ValidationError) {
  if !isRight { throw ValidationError("--\(option) \(rule)") }
}
