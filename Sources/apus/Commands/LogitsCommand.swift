import ArgumentParser
import Checkpoint
import Model

/// `apus logits`.
struct LogitsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "logits",
    abstract: "Writes a model's logits for some token ids, to compare with other libraries.")

  @OptionGroup var source: ModelOptions

  @Option(help: "Token ids, separated by commas.")
  var ids: String

  @Option(help: "The safetensors file to write: `logits`, [time, vocabulary].")
  var out: String

  func run() throws {
    let model = try source.load()
    let size = model.vocabularySize
    let tokens = try ids.split(separator: ",").map { text in
      guard let id = Int32(text.filter { $0 != " " }), id >= 0, id < size else {
        throw ValidationError("‘\(text)’ is not a token id below \(size)")
      }
      return id
    }
    guard !tokens.isEmpty, tokens.count <= model.contextLength else {
      throw ValidationError("give between 1 and \(model.contextLength) ids")
    }
    let engine = try source.exactEngine(model)
    try engine.extend([tokens], keeping: .states)
    var writer = try SafetensorsWriter(
      replacing: out,
      tensors: [TensorDeclaration("logits", .float32, shape: [tokens.count, size])])
    // All rows together may be gigabytes.
    try engine.withLogits(from: 0, count: tokens.count) { rows, _ in
      try writer.write(UnsafeRawBufferPointer(rows))
    }
    try writer.finish()
  }
}
