/// A family of models: how its configuration file is read, and how its weights are named.
///
/// To bring a model that Apus does not know, write one and give it to
/// ``Transformer/init(contentsOf:families:changing:)``:
///
/// ```swift
/// let own = Family(
///   modelType: "my_llama", architectureName: "MyLlamaForCausalLM", names: Family.llama.names,
///   read: { fields in
///     var architecture = Family.llama.read(&fields)
///     architecture.embeddingScale = 2
///     return architecture
///   })
/// let model = try Transformer(contentsOf: folder, families: [own])
/// ```
public struct Family: Sendable {
  /// `model_type` of its configuration.
  public let modelType: String
  /// The class in transformers.
  public let architectureName: String
  /// The names of its weights in Hugging Face checkpoints.
  public let names: PartNames
  /// `general.architecture` of its GGUF files; nil where llama.cpp has none.
  public let ggufName: String?
  /// Weights in old files that hold nothing: masks and tables of positions.
  public let ignores: @Sendable (String) -> Bool
  /// Reads `config.json`; what is wrong is collected in the fields.
  public let read: @Sendable (inout ConfigurationFields) -> Architecture

  /// A family.
  public init(
    modelType: String, architectureName: String, names: PartNames, ggufName: String? = nil,
    ignores: @escaping @Sendable (String) -> Bool = { _ in false },
    read: @escaping @Sendable (inout ConfigurationFields) -> Architecture
  ) {
    self.modelType = modelType
    self.architectureName = architectureName
    self.names = names
    self.ggufName = ggufName
    self.ignores = ignores
    self.read = read
  }

  /// The families that Apus knows.
  public static let known: [Family] = [
    .gpt2, .llama, .mistral, .mixtral, .qwen2, .qwen2MoE, .qwen3, .qwen3MoE, .phi, .phi3, .gemma,
    .gemma2, .gemma3, .smolLM3, .olmo, .olmo2, .gptNeoX, .bloom, .mpt, .bert,
  ]
}
