import ArgumentParser
import Files
import JSON
import Model
import Tokenizer
import Training

/// `apus generate`.
struct GenerateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Continues a text with a model from a Hugging Face folder.")

  @Option(help: "The folder with config.json, safetensors and tokenizer.json.")
  var model: String

  @Option(help: "The text to continue.")
  var prompt: String?

  @Option(help: "A file with the text to continue.")
  var promptFile: String?

  @Option(help: "The most tokens to add.")
  var maxTokens = 128

  @Option(help: "Below 1 sharper, above 1 flatter; 0 takes the most probable token.")
  var temperature = 0.8

  @Option(help: "Samples from the K most probable tokens.")
  var topK: Int?

  @Option(help: "Samples from the most probable tokens with this probability together.")
  var topP: Double?

  @Option(help: "The seed of the random numbers.")
  var seed: UInt64 = 0

  @Flag(help: "Goes on after the token that ends a text.")
  var ignoreEnd = false

  @Flag(help: "Prints one JSON object instead of the text as it comes.")
  var json = false

  @Option(help: "How many threads to use; by default all cores this process may use.")
  var threads = 0

  func validate() throws {
    if (prompt == nil) == (promptFile == nil) {
      throw ValidationError("give either --prompt or --prompt-file")
    }
    if temperature < 0 { throw ValidationError("--temperature must not be negative") }
    if let topK, topK < 1 { throw ValidationError("--top-k must be at least 1") }
    if let topP, !(topP > 0 && topP <= 1) {
      throw ValidationError("--top-p must be above 0 and at most 1")
    }
    if maxTokens < 0 { throw ValidationError("--max-tokens must not be negative") }
  }

  func run() throws {
    useThreads(threads)
    let text = try prompt ?? readText(promptFile ?? "")
    let gpt = try GPT2(contentsOf: model)
    let tokenizer = try TextTokenizer(contentsOf: model)
    var ids = tokenizer.encode(text)
    if ids.isEmpty, let begin = gpt.configuration.beginToken { ids = [Int32(begin)] }
    guard !ids.isEmpty else { throw ValidationError("the prompt has no tokens") }
    guard ids.count <= gpt.contextLength else {
      throw ValidationError(
        "the prompt has \(ids.count) tokens, the model's context only \(gpt.contextLength)")
    }
    let stops: Set<Int32> =
      ignoreEnd ? [] : Set(gpt.configuration.endToken.map { [Int32($0)] } ?? [])
    let sampling: Sampling =
      temperature == 0
      ? .greedy : .random(seed: seed, temperature: temperature, topK: topK, topP: topP)
    let began = secondsNow()
    var made: [Int32] = []
    var stream = tokenizer.streamDecoder()
    if !json { print(text, terminator: "") }
    for token in gpt.generate(from: ids, sampling: sampling, stoppingAt: stops).prefix(maxTokens) {
      made.append(token)
      if !json { print(stream.append(token), terminator: "") }
    }
    if json {
      let seconds = secondsNow() - began
      let result: JSONValue = [
        "prompt": .string(text), "text": .string(tokenizer.decode(made)),
        "prompt_ids": .array(ids.map { .integer(Int64($0)) }),
        "ids": .array(made.map { .integer(Int64($0)) }),
        "tokens_per_second": .number(Double(made.count) / max(seconds, 1e-9)),
      ]
      print(result.serialized())
    } else {
      print(stream.finish())
    }
  }
}
