import ArgumentParser
import Checkpoint
import Files
import JSON
import Model
import Tensor
import Tokenizer

/// `apus inspect`.
struct InspectCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "inspect",
    abstract: "Shows what a model, a checkpoint or a tokenizer holds.")

  @Argument(
    help: "A model's folder, a .gguf or .safetensors file, an index of shards or a tokenizer.json.")
  var path: String

  @Option(help: "The context whose memory is shown; by default the model's own.")
  var context: Int?

  @Flag(help: "Lists the tensors.")
  var tensors = false

  @Flag(help: "Prints one JSON object, tensors included.")
  var json = false

  func validate() throws {
    if let context, !(1...1 << 31).contains(context) {
      throw ValidationError("--context must be from 1 to \(1 << 31)")
    }
  }

  func run() throws {
    var result: JSONObject = [:]
    let isTokenizer = lastName(of: path) == "tokenizer.json"
    if !isTokenizer { try describeCheckpoint(&result) }
    describeModel(&result)
    try describeTokenizer(&result, isRequired: isTokenizer)
    if json { print(JSONValue.object(result).serialized()) } else { show(result) }
  }

  /// The tensors and what the files say of themselves.
  private func describeCheckpoint(_ result: inout JSONObject) throws {
    let checkpoint = try CheckpointReader(path)
    let elements = checkpoint.entries.reduce(0) { $0 + $1.elementCount }
    let bytes = checkpoint.entries.reduce(0) { $0 + $1.byteCount }
    result["tensors"] = .integer(Int64(checkpoint.entries.count))
    result["parameters"] = .integer(Int64(elements))
    result["bytes"] = .integer(Int64(bytes))
    result["bits_per_weight"] = .measured(Double(bytes) * 8 / Double(max(elements, 1)))
    var types: [String: Int] = [:]
    for entry in checkpoint.entries { types[entry.elementType.rawValue, default: 0] += 1 }
    result["types"] = .object(
      JSONObject(types.sorted { $0.key < $1.key }.map { ($0.key, .integer(Int64($0.value))) }))
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

  /// What kind of model it is and what it needs; nothing where the files hold only tensors.
  private func describeModel(_ result: inout JSONObject) {
    let model: Transformer
    do { model = try Transformer(contentsOf: path) } catch {
      if fileExists(path / "config.json") || path.hasSuffix(".gguf") {
        result["model_problem"] = .string("\(error)")
      }
      return
    }
    let a = model.architecture
    func set(_ key: String, _ value: Int) { result[key] = .integer(Int64(value)) }
    result["model_type"] = model.configuration?["model_type"] ?? .null
    set("vocabulary", a.vocabularySize)
    set("context", a.contextLength)
    set("width", a.width)
    set("layers", a.layers.count)
    set("heads", a.attention.heads)
    set("groups", a.attention.groups)
    set("head_width", a.attention.headWidth)
    set("inner_width", a.feedForward.innerWidth)
    if let experts = a.experts {
      set("experts", experts.count)
      set("experts_per_token", experts.perToken)
    }
    if let window = a.layers.compactMap(\.window).min() { set("window", window) }
    if let rotary = a.layers.lazy.compactMap(\.rotary).first {
      result["rotary_base"] = .number(rotary.base)
      result["rotary_scaling"] = .string(rotary.scaling.name)
    }
    set("weight_parameters", model.parameterCount)
    set("weight_bytes", model.weightByteCount)
    set("weight_bytes_per_token", model.bytesPerToken)
    let positions = context ?? a.contextLength
    set("cache_positions", positions)
    var formats: JSONObject = [:]
    for format in CacheFormat.allCases
    where format != .q8_0 || a.attention.headWidth.isMultiple(of: 32) {
      let bytes = model.cacheByteCount(positions: positions, format: format)
      formats[format.rawValue] = .integer(Int64(bytes))
    }
    result["cache_bytes"] = .object(formats)
  }

  /// The tokenizer and its template, if there are any.
  private func describeTokenizer(_ result: inout JSONObject, isRequired: Bool) throws {
    let tokenizer: TextTokenizer
    do { tokenizer = try TextTokenizer(contentsOf: descriptionFile(of: path)) } catch {
      if isRequired { throw error }
      result["tokenizer_problem"] = .string("\(error)")
      return
    }
    result["tokens"] = .integer(Int64(tokenizer.vocabularySize))
    result["special_tokens"] = .array(
      tokenizer.addedTokens.filter(\.token.special).map { .string($0.token.content) })
    result["has_chat_template"] = .bool(tokenizer.configuration.chatTemplate != nil)
  }

  private func show(_ result: JSONObject) {
    for (key, value) in result where key != "entries" {
      let text = value.string ?? value.serialized()
      print(key + ": " + (text.count > 200 ? text.prefix(200) + " …" : text))
    }
    guard tensors else { return }
    for entry in result["entries"]?.array ?? [] {
      let fields = entry.object
      let shape = fields?["shape"]?.serialized() ?? ""
      print("  \(fields?["name"]?.string ?? "")  \(fields?["type"]?.string ?? "")  \(shape)")
    }
  }
}
