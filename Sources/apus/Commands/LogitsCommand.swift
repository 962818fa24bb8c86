import ArgumentParser
import Model
import Tensor

/// `apus logits`.
struct LogitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logits",
    abstract: "Writes a model's logits for some token ids, to compare with other libraries.")

  @Option(help: "The folder with config.json and safetensors.")
  var model: String

  @Option(help: "Token ids, separated by commas.")
  var ids: String

  @Option(help: "The safetensors file to write: `logits`, [1, time, vocabulary].")
  var out: String

  @Option(help: "How many threads to use; by default all cores this process may use.")
  var threads = 0

  func run() throws {
    useThreads(threads)
    let gpt = try GPT2(contentsOf: model)
    let tokens = try ids.split(separator: ",").map { text in
      guard let id = Int32(text.drop { $0 == " " }), id >= 0, id < gpt.vocabularySize else {
        throw ValidationError("‘\(text)’ is not a token id below \(gpt.vocabularySize)")
      }
      return id
    }
    guard !tokens.isEmpty, tokens.count <= gpt.contextLength else {
      throw ValidationError("give between 1 and \(gpt.contextLength) ids")
    }
    try saveTensors([("logits", gpt(Tensor(tokens, shape: [1, tokens.count])))], to: out)
  }
}
