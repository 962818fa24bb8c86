/// What a tiktoken file does not say: how text is cut, and which special tokens there are.
///
/// A file of ranks holds tokens only. The encodings that are known by name have their patterns and
/// special tokens here; for another file make a value with its own.
public struct TiktokenEncoding: Sendable, Equatable {
  /// The regular expression whose matches are the pieces of a text.
  public var pattern: String
  /// The special tokens and their ids.
  public var specialTokens: [String: TokenID]
  /// The special token that begins a text, if there is one.
  public var beginningOfText: String?
  /// The special token that ends a text, if there is one.
  public var endOfText: String?
  /// Whether the token that begins a text is put before each.
  public var addsBeginningOfText = false

  /// Makes an encoding.
  public init(
    pattern: String, specialTokens: [String: TokenID] = [:], beginningOfText: String? = nil,
    endOfText: String? = nil
  ) {
    self.pattern = pattern
    self.specialTokens = specialTokens
    self.beginningOfText = beginningOfText
    self.endOfText = endOfText
  }

  /// An encoding of OpenAI's with `<|endoftext|>` and more.
  private init(_ pattern: String, end: TokenID, _ more: [String: TokenID] = [:]) {
    self.init(
      pattern: pattern, specialTokens: more.merging(["<|endoftext|>": end]) { $1 },
      endOfText: "<|endoftext|>")
  }

  /// The encoding of GPT-2.
  public static let gpt2 = TiktokenEncoding(SplitPatterns.gpt2, end: 50256)
  /// The encoding of GPT-3.
  public static let r50k = gpt2
  /// The encoding of Codex.
  public static let p50k = gpt2
  /// The encoding of Codex for editing.
  public static let p50kEdit = TiktokenEncoding(
    SplitPatterns.gpt2, end: 50256,
    ["<|fim_prefix|>": 50281, "<|fim_middle|>": 50282, "<|fim_suffix|>": 50283])
  /// The encoding of GPT-3.5 and GPT-4.
  public static let cl100k = TiktokenEncoding(
    SplitPatterns.cl100k, end: 100257,
    [
      "<|fim_prefix|>": 100258, "<|fim_middle|>": 100259, "<|fim_suffix|>": 100260,
      "<|endofprompt|>": 100276,
    ])
  /// The encoding of GPT-4o.
  public static let o200k = TiktokenEncoding(
    SplitPatterns.o200k, end: 199999, ["<|endofprompt|>": 200018])
  /// The encoding of gpt-oss.
  public static let o200kHarmony: TiktokenEncoding = {
    var tokens: [String: TokenID] = [
      "<|startoftext|>": 199998, "<|return|>": 200002, "<|constrain|>": 200003,
      "<|channel|>": 200005, "<|start|>": 200006, "<|end|>": 200007, "<|message|>": 200008,
      "<|call|>": 200012, "<|endofprompt|>": 200018,
    ]
    // The token at 200018 has two names; the one of the format is the older one.
    let named = Set(tokens.values)
    for id in TokenID(200000)..<201088 where !named.contains(id) {
      tokens["<|reserved_\(id)|>"] = id
    }
    var encoding = TiktokenEncoding(SplitPatterns.o200k, end: 199999, tokens)
    encoding.beginningOfText = "<|startoftext|>"
    return encoding
  }()
  /// The encoding of Llama 3, whose file is called tokenizer.model.
  public static let llama3: TiktokenEncoding = {
    var names = [
      "<|begin_of_text|>", "<|end_of_text|>", "<|reserved_special_token_0|>",
      "<|reserved_special_token_1|>", "<|finetune_right_pad_id|>", "<|step_id|>",
      "<|start_header_id|>", "<|end_header_id|>", "<|eom_id|>", "<|eot_id|>", "<|python_tag|>",
      "<|image|>",
    ]
    names += (names.count..<256).map { "<|reserved_special_token_\($0 - 10)|>" }
    var encoding = TiktokenEncoding(
      pattern: SplitPatterns.llama3, specialTokens: numbered(names, from: 128_000),
      beginningOfText: "<|begin_of_text|>", endOfText: "<|end_of_text|>")
    encoding.addsBeginningOfText = true
    return encoding
  }()
  /// The encoding of the first Qwen.
  public static let qwen = TiktokenEncoding(
    pattern: SplitPatterns.qwen2,
    specialTokens: numbered(
      ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] + (0..<205).map { "<|extra_\($0)|>" },
      from: 151_643),
    endOfText: "<|endoftext|>")

  private static func numbered(_ names: [String], from first: TokenID) -> [String: TokenID] {
    Dictionary(zip(names, first...)) { first, _ in first }
  }

  /// The encoding with a name of tiktoken's, such as `cl100k_base`, or `llama3` or `qwen`.
  public init?(named name: String) {
    switch name {
    case "gpt2", "r50k_base", "p50k_base": self = .gpt2
    case "p50k_edit": self = .p50kEdit
    case "cl100k_base": self = .cl100k
    case "o200k_base": self = .o200k
    case "o200k_harmony": self = .o200kHarmony
    case "llama3": self = .llama3
    case "qwen": self = .qwen
    default: return nil
    }
  }

  /// The encoding that a file is known to have: by its name without the ending, or by how many
  /// ranks it holds.
  static func known(fileName: String, ranks: Int) -> TiktokenEncoding? {
    let name = fileName.split(separator: ".").first.map(String.init) ?? fileName
    if let encoding = TiktokenEncoding(named: name) { return encoding }
    switch ranks {
    case 128_000: return .llama3
    case 151_643: return .qwen
    case 100_256: return .cl100k
    case 199_998: return .o200k
    case 50_256: return .gpt2
    case 50_280: return .p50k
    // Whisper's, whose special tokens depend on the model.
    case 50_257 where name == "multilingual":
      return TiktokenEncoding(SplitPatterns.gpt2, end: 50_257)
    default: return nil
    }
  }
}
