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

  /// An engine for the model.
  func engine(_ model: Transformer, cache standard: CacheFormat = .float16) throws -> Engine {
    try Engine(model, cache: cache ?? standard)
  }
}

extension CacheFormat: ExpressibleByArgument {}
