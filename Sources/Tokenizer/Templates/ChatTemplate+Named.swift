extension ChatTemplate {
  /// The templates that come with this library, each in the form that its model family was trained on.
  public enum Name: String, Sendable, CaseIterable {
    /// ChatML, of Qwen, SmolLM and many others.
    case chatML = "chatml"
    /// Stanford Alpaca: instructions with a response and no special tokens but the end.
    case alpaca
    /// Llama 2.
    case llama2
    /// Llama 3.
    case llama3
    /// Mistral 7B Instruct.
    case mistral
    /// Zephyr.
    case zephyr
    /// Vicuna 1.1.
    case vicuna
    /// Gemma.
    case gemma
    /// Phi-3.
    case phi3
  }

  /// A template of this library.
  ///
  /// `bos_token` and `eos_token` are read from the variables where the family begins or ends a text
  /// with them.
  public static func named(_ name: Name) -> ChatTemplate { builtIn[name] ?? empty }

  /// Each is parsed once a process; the tests see that each can be.
  private static let builtIn: [Name: ChatTemplate] = {
    var templates: [Name: ChatTemplate] = [:]
    for name in Name.allCases {
      templates[name] = try? ChatTemplate(name.source, name: name.rawValue)
    }
    return templates
  }()

  private static let empty = ChatTemplate(
    name: "empty",
    program: Program(
      body: [], scope: ScopeLayout(), function: FunctionLayout(), hasGenerationBlocks: false,
      source: []))

  private init(name: String, program: Program) {
    self.name = name
    self.program = program
  }
}
