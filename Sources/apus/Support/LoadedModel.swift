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
    guard fileExists(model) else {
      throw Failure(
        "There is no ‘\(model)’: give the Hugging Face folder or the GGUF file of a model that is"
          + " on this machine; nothing is downloaded.")
    }
    return try Transformer(contentsOf: model) { architecture in
      guard let extendContext else { return }
      if let problem = architecture.extendContext(to: extendContext) {
        throw ValidationError("--extend-context: \(problem)")
      }
    }
  }

  /// Loads the model's tokenizer.
  func tokenizer() throws -> TextTokenizer {
    let place = descriptionFile(of: model)
    do { return try TextTokenizer(contentsOf: place) } catch {
      guard case .unreadable(place / "tokenizer.json", _) = error, isDirectory(place),
        !fileExists(place / "tokenizer.json")
      else { throw error }
      throw Failure(
        "‘\(model)’ has no tokenizer: put the tokenizer.json and tokenizer_config.json of the model,"
          + " or its tokenizer.model, into the folder.")
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
