import ArgumentParser
import Files
import JSON
import Model
import Tokenizer
import Training

/// `apus perplexity`.
struct PerplexityCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "perplexity",
    abstract: "Measures how well a model predicts a text.",
    discussion: """
      Numbers depend on the protocol, which is printed with them: compare only those of the same.
      """)

  @OptionGroup var source: ModelOptions

  @Option(help: "The text.")
  var file: String

  @Option(help: "How many tokens the model sees at once; by default its context, at most 2048.")
  var context: Int?

  @Option(help: "How far apart windows begin; by default side by side.")
  var stride: Int?

  @Flag(help: "Measures as llama-perplexity does: second halves of windows of 512 tokens.")
  var llamaCppProtocol = false

  @Option(help: "Looks at no more than the first so many windows.")
  var windows: Int?

  @Flag(help: "Prints one JSON object.")
  var json = false

  func validate() throws {
    if let context, context < 2 { throw ValidationError("--context must be at least 2") }
    if let stride, stride < 1 { throw ValidationError("--stride must be at least 1") }
    if let windows, windows < 1 { throw ValidationError("--windows must be at least 1") }
    if llamaCppProtocol && stride != nil {
      throw ValidationError("--llama-cpp-protocol has windows side by side; leave --stride out")
    }
  }

  func run() throws {
    let model = try source.load()
    let tokenizer = try source.tokenizer()
    let text = try readText(file)
    let context = min(
      self.context ?? (llamaCppProtocol ? 512 : min(model.contextLength, 2048)),
      model.contextLength)
    let tokens = tokenizer.encode(text)
    guard tokens.count >= (llamaCppProtocol ? context : 2) else {
      throw Failure("‘\(file)’ has \(tokens.count) tokens, too few for a window of \(context)")
    }
    // Where the tokenizer begins texts with a token, llama-perplexity begins every window with it.
    let plain = tokenizer.encode(text, addsTemplate: false)
    let begin = tokens.first != plain.first ? tokens.first : nil
    let step = min(stride ?? context, context)
    let rule: PerplexityProtocol =
      llamaCppProtocol
      ? .secondHalves(context: context, begin: begin) : .sliding(context: context, stride: step)
    let engine = try source.exactEngine(model)
    let started = secondsNow()
    let result = try engine.perplexity(of: tokens, rule) { done, all, result in
      let all = min(all, windows ?? all)
      Terminal.progress(
        "window \(done) of \(all), perplexity \(Terminal.fixed(result.value, 4)), "
          + Terminal.duration((secondsNow() - started) / Double(done) * Double(all - done))
          + " left")
      return done < all
    }
    Terminal.endProgress()
    guard !result.loss.isNaN else {
      throw Failure(
        "What ‘\(source.model)’ predicts are no numbers: its weights are damaged, or too large for"
          + " the calculation.")
    }
    report(result, tokens.count, context, step, bytes: text.utf8.count)
  }

  private func report(
    _ result: Perplexity, _ tokens: Int, _ context: Int, _ step: Int, bytes: Int
  ) {
    let name =
      llamaCppProtocol
      ? "llama.cpp, context \(context)" : "sliding, context \(context), stride \(step)"
    guard json else {
      print(
        "perplexity \(Terminal.fixed(result.value, 4)) ± "
          + "\(Terminal.fixed(result.standardError, 4)) (\(name); "
          + "\(result.count) of \(tokens) tokens)")
      return
    }
    var object: JSONObject = [
      "perplexity": .number(orNull: result.value),
      "standard_error": .number(orNull: result.standardError),
      "nats_per_token": .number(orNull: result.loss), "protocol": .string(name),
      "predicted_tokens": .integer(Int64(result.count)), "tokens": .integer(Int64(tokens)),
    ]
    if !llamaCppProtocol && windows == nil {
      object["bits_per_byte"] = .number(orNull: result.bits(perByteOf: bytes))
    }
    print(JSONValue.object(object).serialized())
  }
}
