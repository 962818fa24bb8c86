import ArgumentParser
import Checkpoint
import Files
import JSON
import Tokenizer

/// `apus inspect`.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what a checkpoint, a model folder or a tokenizer holds.")

  @Argument(help: "A folder, a .safetensors file, an index or a tokenizer.json.")
  var path: String

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    var result = JSONObject([])
    let isTokenizer = lastName(of: path) == "tokenizer.json"
    if isTokenizer || (isDirectory(path) && fileExists(path / "tokenizer.json")) {
      let tokenizer = try TextTokenizer(contentsOf: path)
      result["vocabulary"] = .integer(Int64(tokenizer.vocabularySize))
      result["special_tokens"] = .array(
        tokenizer.addedTokens.filter(\.token.special).map { .string($0.token.content) })
    }
    if isDirectory(path) && fileExists(path / "config.json") {
      let configuration = try JSONValue(parsing: readText(path / "config.json"))
      result["architecture"] = configuration.object?["architectures"]?.array?.first ?? .null
      result["model_type"] = configuration.object?["model_type"] ?? .null
    }
    if !isTokenizer {
      let checkpoint = try CheckpointReader(path)
      let elements = checkpoint.entries.reduce(0) { $0 + $1.elementCount }
      let bytes = checkpoint.entries.reduce(0) { $0 + $1.byteCount }
      result["tensors"] = .integer(Int64(checkpoint.entries.count))
      result["parameters"] = .integer(Int64(elements))
      result["bytes"] = .integer(Int64(bytes))
      result["bits_per_weight"] = .number(Double(bytes) * 8 / Double(max(elements, 1)))
      result["metadata"] = .object(
        JSONObject(
          checkpoint.metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
      result["entries"] = .array(
        checkpoint.entries.map { entry in
          [
            "name": .string(entry.name), "type": .string(entry.elementType.rawValue),
            "shape": .array(entry.shape.map { .integer(Int64($0)) }),
          ]
        })
    }
    if json { print(JSONValue.object(result).serialized()) } else { show(result) }
  }

  private func show(_ result: JSONObject) {
    for (key, value) in result where key != "entries" {
      print(key + ": " + (value.string ?? value.serialized()))
    }
    for entry in result["entries"]?.array ?? [] {
      let fields = entry.object
      let shape = fields?["shape"]?.serialized() ?? ""
      print("  \(fields?["name"]?.string ?? "")  \(fields?["type"]?.string ?? "")  \(shape)")
    }
  }
}
