public import ArgumentParser
import Files
public import Model
import Tensor
import Tokenizer

/// Where a command's model is and how it is run.
struct ModelOptions: ParsableArguments {
  @Option(help: "A Hugging Face folder, a GGUF file, or any part of a split one.")
  var model: String

  @Option(
    help: ArgumentHelp(
      "Stretches the model's context to this many tokens by YaRN.", valueName: "tokens"))
  var extendContext: Int?

  @Option(help: "How keys and values are kept: float32, float16 or q8_0.")
  var cache: CacheFormat?

  @Option(
    help: ArgumentHelp(
      "What activations are beside quantized weights: float32 (the default for logits and"
        + " perplexities), int16 (the default for texts) or int8 (as in llama.cpp: fast, coarse).",
      valueName: "format"))
  var activations: ActivationFormat?

  @Option(help: "How many threads to use; by default all cores this process may use.")
  var threads = 0

  /// Loads the model.
  func load() throws -> Transformer {
    useThreads(threads)
    return try Transformer(contentsOf: model) { architecture in
      guard let extendContext else { return }
      if let problem = architecture.extendContext(to: extendContext) {
        throw ValidationError("--extend-context: \(problem)")
      }
    }
  }

  /// An engine that makes texts.
  func engine(_ model: Transformer) throws -> Engine {
    try Engine(model, cache: cache ?? .float16, activations: activations ?? .int16)
  }

  /// An engine that gives the numbers of the model's exact weights.
  func exactEngine(_ model: Transformer) throws -> Engine {
    try Engine(model, cache: cache ?? .float32, activations: activations ?? .float32)
  }
}

extension CacheFormat: ExpressibleByArgument {}
extension ActivationFormat: ExpressibleByArgument {}
