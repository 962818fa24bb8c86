import JSON

/// How text is cut before byte-level merges, by the value of `tokenizer.ggml.pre`.
///
/// The names are those of llama.cpp. Where its patterns only come close to those of a model's own
/// tokenizer.json, because its regular expressions lack a feature, the model's are used.
struct GGUFSplits {
  /// The patterns, each applied to the pieces of the one before.
  var patterns: [Pattern]
  /// Whether a piece that is a token as a whole is taken so.
  var ignoresMerges = false
  /// Whether a text begins with the token for that unless the file says otherwise.
  var addsBeginning = false
  /// How characters reach the model.
  var alphabet = Alphabet.bytes

  /// A step of cutting.
  enum Pattern {
    case regex(String)
    /// Each digit by itself.
    case digits
    /// GPT-2's, which is part of the component ByteLevel.
    case gpt2
  }

  /// What the tokens of the vocabulary are written in.
  enum Alphabet {
    /// The byte alphabet of GPT-2.
    case bytes
    /// Characters, with `▁` for spaces and pieces such as `<0x0A>` for what is not there.
    case marked
    /// Characters as they are; white space is left out.
    case words
  }

  private init(_ patterns: [Pattern], ignoresMerges: Bool = false) {
    self.patterns = patterns
    self.ignoresMerges = ignoresMerges
  }

  private init(_ patterns: String..., ignoresMerges: Bool = false) {
    self.init(patterns.map { .regex($0) }, ignoresMerges: ignoresMerges)
  }

  /// The way of cutting that a file names, or nil if the name is not known.
  init?(named name: String) {
    guard let known = Self.table[name] else { return nil }
    self = known
  }

  /// The pre-tokenizer.
  var preTokenizer: JSONValue {
    var parts: [JSONValue] = []
    var usesPattern = false
    for (index, pattern) in patterns.enumerated() {
      switch pattern {
      case .regex(let text): parts.append(Components.split(text))
      case .digits: parts.append(Components.digits)
      case .gpt2 where index == patterns.count - 1 && alphabet == .bytes: usesPattern = true
      case .gpt2: parts.append(Components.split(SplitPatterns.gpt2))
      }
    }
    switch alphabet {
    case .bytes: parts.append(Components.byteLevel(usesPattern: usesPattern))
    case .marked: break
    case .words: parts = [["type": "WhitespaceSplit"]]
    }
    return Components.preTokenizers(parts)
  }

  /// All names, in the order of their letters.
  static let knownNames = table.keys.sorted()

  private static let table: [String: GGUFSplits] = {
    var table: [String: GGUFSplits] = [:]
    func add(_ names: String, _ splits: GGUFSplits) {
      for name in names.split(separator: " ") { table[String(name)] = splits }
    }
    let gpt2 = GGUFSplits([.gpt2])
    add(
      "gpt-2 phi-2 jina-es jina-de gigachat jina-v2-es jina-v2-de a.x-4.0 mellum modern-bert"
        + " jina-v1-en jina-v2-code roberta-bpe mpt olmo jais trillion granite-docling exaone4",
      gpt2)
    add(
      "starcoder refact command-r smollm codeshell exaone minerva-7b mellum2",
      GGUFSplits([.digits, .gpt2]))
    var llama3 = GGUFSplits(SplitPatterns.llama3, ignoresMerges: true)
    llama3.addsBeginning = true
    add("llama3 llama-v3 llama-bpe falcon3 falcon-h1 pixtral midm-2.0 lfm2 jina-v5-nano", llama3)
    add("dbrx smaug-bpe chatglm-bpe", GGUFSplits(SplitPatterns.llama3))
    add("glm4 glm5", GGUFSplits(SplitPatterns.llama3, ignoresMerges: true))
    add("jais-2", GGUFSplits(SplitPatterns.jais2))
    add(
      "qwen2 deepseek-r1-qwen kormo f2llmv2 stablelm2 megrez hunyuan solar-open grok-2",
      GGUFSplits(SplitPatterns.qwen2))
    add("qwen35", GGUFSplits(SplitPatterns.qwen35))
    var tekken = GGUFSplits(SplitPatterns.tekken, ignoresMerges: true)
    tekken.addsBeginning = true
    add("tekken", tekken)
    add("gpt-4o llama4 kanana2 talkie minimax-m2", GGUFSplits(SplitPatterns.o200k))
    add("granite-embed-multi-97m", GGUFSplits(SplitPatterns.o200k, ignoresMerges: true))
    add(
      "tiny_aya cohere2moe",
      GGUFSplits(SplitPatterns.threesFromTheRight, SplitPatterns.o200k))
    add(
      "deepseek-llm",
      GGUFSplits(
        "[\r\n]", SplitPatterns.casedLetters, SplitPatterns.wideMarks, #"\s+$"#,
        SplitPatterns.chineseAndKorean, #"\p{N}+"#))
    add(
      "deepseek-coder",
      GGUFSplits(
        "[\r\n]", #"\s?\p{L}+"#, #"\s?\p{P}+"#, SplitPatterns.chineseAndKorean, #"\p{N}"#))
    add(
      "deepseek-v3 hunyuan-dense joyai-llm hy_v4",
      GGUFSplits(#"\p{N}{1,3}"#, SplitPatterns.chineseAndJapanese, SplitPatterns.deepSeek3))
    add(
      "spark2_5",
      GGUFSplits(
        #"\p{N}{1,3}"#, SplitPatterns.chineseAndJapanese, SplitPatterns.spark, #"\p{N}"#))
    add(
      "youtu",
      GGUFSplits(SplitPatterns.youtuScripts, SplitPatterns.youtu, ignoresMerges: true))
    add(
      "falcon",
      GGUFSplits([.regex(#"[\p{P}\$\+<=>\^~\|`]+"#), .gpt2, .regex("[0-9][0-9][0-9]")]))
    add(
      "default",
      GGUFSplits([
        .regex(#"[\p{P}\$\+<=>\^~\|]+"#), .gpt2, .regex(#"\p{N}+"#), .regex("[0-9][0-9][0-9]"),
      ]))
    add("poro-chat bloom gpt3-finnish", GGUFSplits(SplitPatterns.bloom))
    add("viking", GGUFSplits(SplitPatterns.bloom, #"\p{N}"#))
    var chameleon = GGUFSplits([
      .regex("<sentinel:[0-9]+>"), .regex("(IMGIMG)((A|B|C|D|E|F|G|H|I){1,4})Z"),
      .regex("([\\t\\n]|    |  )"), .digits, .regex(#"[\p{P}!-/:-@\[-`{-~]"#), .gpt2,
    ])
    chameleon.addsBeginning = true
    add("chameleon", chameleon)
    add("kimi-k2", GGUFSplits(SplitPatterns.kimiK2))
    add("superbpe", GGUFSplits(#"\p{N}+"#, #"(?=(\d{3})+(?!\d))"#))
    add("bailingmoe bailingmoe2 llada-moe", GGUFSplits(SplitPatterns.bailing))
    add("seed-coder", GGUFSplits(SplitPatterns.seedCoder))
    add("ufakzeka", GGUFSplits(SplitPatterns.ufakzeka))
    add(
      "afmoe",
      GGUFSplits(
        SplitPatterns.threesFromTheRight, SplitPatterns.asianScripts, SplitPatterns.afmoe))
    add("laguna", GGUFSplits(SplitPatterns.lines, SplitPatterns.qwen2))
    add("exaone-moe", GGUFSplits(SplitPatterns.exaoneMoE))
    add(
      "minicpm5", GGUFSplits(#"\p{N}{1,3}"#, SplitPatterns.miniCPM5, ignoresMerges: true))
    var marked = GGUFSplits(SplitPatterns.lines)
    marked.alphabet = .marked
    add("gemma4 granite-embed-multi-311m sarvam-moe", marked)
    var words = GGUFSplits([])
    words.alphabet = .words
    add("whitespace", words)
    return table
  }()
}
