import JSON

/// What stands around the model of a tokenizer: what happens to text before the model sees it, and to
/// tokens when they become text again.
///
/// Trainers take it. It comes from a tokenizer (`TextTokenizer.components`), from the text of a
/// tokenizer.json, or from a preset; the presets are those of `tokenizers.implementations` in Hugging
/// Face tokenizers 0.23.
public struct TokenizerComponents: Sendable {
  let normalizer: JSONValue
  let preTokenizer: JSONValue
  let postProcessor: JSONValue
  let decoder: JSONValue

  init(
    normalizer: JSONValue = nil, preTokenizer: JSONValue = nil, postProcessor: JSONValue = nil,
    decoder: JSONValue = nil
  ) {
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.postProcessor = postProcessor
    self.decoder = decoder
  }

  /// Reads the fields `normalizer`, `pre_tokenizer`, `post_processor` and `decoder` of a
  /// tokenizer.json; a field that is missing is a component that is missing.
  ///
  /// - Parameters:
  ///   - json: the text, which may be that of a whole tokenizer.json.
  ///   - name: what errors call it.
  public init(parsing json: String, name: String = "components") throws(TokenizerError) {
    let value: JSONValue
    do {
      value = try JSONValue(parsing: Array(json.utf8))
    } catch {
      throw .malformed(path: name, reason: error.description)
    }
    guard let root = value.object else {
      throw .invalid(path: name, field: "(root)", reason: "must be an object, not \(value.kind)")
    }
    self.init(
      normalizer: root["normalizer"] ?? nil, preTokenizer: root["pre_tokenizer"] ?? nil,
      postProcessor: root["post_processor"] ?? nil, decoder: root["decoder"] ?? nil)
    _ = try resolved(name: name)
  }

  /// No components: a text as it is, one word.
  public static let none = TokenizerComponents()

  /// GPT-2's: text is cut by its pattern, and the model sees bytes.
  ///
  /// - Parameters:
  ///   - addsPrefixSpace: whether a text that does not begin with a space gets one.
  ///   - usesPattern: whether text is cut; otherwise it is one word.
  ///   - lowercases: whether text is put into lower case before.
  public static func byteLevel(
    addsPrefixSpace: Bool = false, usesPattern: Bool = true, lowercases: Bool = false
  ) -> TokenizerComponents {
    let preTokenizer = ByteLevelPreTokenizer(
      addsPrefixSpace: addsPrefixSpace, usesPattern: usesPattern)
    return TokenizerComponents(
      normalizer: lowercases ? ["type": "Lowercase"] : nil,
      preTokenizer: preTokenizer.json,
      postProcessor: [
        "type": "ByteLevel", "add_prefix_space": true, "trim_offsets": false, "use_regex": true,
      ],
      decoder: ByteLevelPreTokenizer(addsPrefixSpace: true).json)
  }

  /// SentencePiece's for byte-pair encoding: text in form NFKC, its words with `▁` for the space
  /// before them.
  public static func sentencePiece(addsPrefixSpace: Bool = true) -> TokenizerComponents {
    let metaspace = metaspace(addsPrefixSpace: addsPrefixSpace)
    return TokenizerComponents(
      normalizer: ["type": "NFKC"], preTokenizer: metaspace, decoder: metaspace)
  }

  /// SentencePiece's for unigram models, as T5 has them: control characters are cleaned up too, and
  /// several spaces become one.
  public static func sentencePieceUnigram(addsPrefixSpace: Bool = true) -> TokenizerComponents {
    let metaspace = metaspace(addsPrefixSpace: addsPrefixSpace)
    return TokenizerComponents(
      normalizer: [
        "type": "Sequence",
        "normalizers": [
          ["type": "Nmt"], ["type": "NFKC"],
          ["type": "Replace", "pattern": ["Regex": " {2,}"], "content": " "],
        ],
      ],
      preTokenizer: metaspace, decoder: metaspace)
  }

  /// BERT's: words and punctuation marks.
  ///
  /// - Parameters:
  ///   - lowercases: whether text is put into lower case and accents are left out.
  ///   - prefix: what tokens that do not begin a word are written with.
  public static func bert(lowercases: Bool = true, prefix: String = "##") -> TokenizerComponents {
    TokenizerComponents(
      normalizer: bertNormalizer(lowercases: lowercases),
      preTokenizer: ["type": "BertPreTokenizer"],
      decoder: ["type": "WordPiece", "prefix": .string(prefix), "cleanup": true])
  }

  /// Those of the first GPT: words and punctuation marks, whose last tokens are written with a suffix.
  public static func characterLevel(
    lowercases: Bool = false, suffix: String = "</w>"
  ) -> TokenizerComponents {
    TokenizerComponents(
      normalizer: bertNormalizer(lowercases: lowercases),
      preTokenizer: ["type": "BertPreTokenizer"],
      decoder: ["type": "BPEDecoder", "suffix": .string(suffix)])
  }

  private static func metaspace(addsPrefixSpace: Bool) -> JSONValue {
    [
      "type": "Metaspace", "replacement": "▁",
      "prepend_scheme": addsPrefixSpace ? "always" : "never", "split": true,
    ]
  }

  private static func bertNormalizer(lowercases: Bool) -> JSONValue {
    [
      "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
      "strip_accents": nil, "lowercase": .bool(lowercases),
    ]
  }

  /// The components, ready to be applied.
  struct Resolved {
    var normalizer: Normalizer?
    var preTokenizer: PreTokenizer?
    var postProcessor: PostProcessor
    var decoder: Decoder
  }

  func resolved(name: String = "components") throws(TokenizerError) -> Resolved {
    Resolved(
      normalizer: try Normalizer.read(normalizer, path: name),
      preTokenizer: try PreTokenizer.read(preTokenizer, path: name),
      postProcessor: try PostProcessor(postProcessor, name: "post_processor", path: name),
      decoder: try Decoder(decoder, path: name))
  }
}

extension TextTokenizer {
  /// What stands around the model, for training a new vocabulary with it.
  public var components: TokenizerComponents {
    TokenizerComponents(
      normalizer: pipeline.normalizer?.json ?? nil,
      preTokenizer: pipeline.preTokenizer?.json ?? nil,
      postProcessor: postProcessor.json, decoder: decoder.json)
  }
}
