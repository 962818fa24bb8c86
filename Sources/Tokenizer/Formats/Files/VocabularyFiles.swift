import JSON

extension TokenizerDescription {
  /// Reads GPT-2's vocab.json and merges.txt.
  ///
  /// - Parameters:
  ///   - vocabulary: the content of vocab.json: tokens and their ids.
  ///   - merges: the content of merges.txt: two tokens on each line.
  ///   - companions: what lies beside them; the class of the tokenizer decides how text is cut.
  init(
    vocabulary: JSONObject, merges: String, _ companions: Companions, path: String
  ) throws(TokenizerError) {
    var rules: [JSONValue] = []
    var marksEnds = false
    for (index, line) in merges.utf8.split(separator: 0x0A).enumerated() {
      var text = Substring(line)
      if text.utf8.last == 0x0D { text.removeLast() }
      if text.isEmpty || index == 0 && text.hasPrefix("#version") { continue }
      guard text.utf8.count(where: { $0 == 0x20 }) == 1 else {
        throw .invalid(
          path: path, field: "line \(index + 1)", reason: "must be two tokens with a space between")
      }
      if text.hasSuffix("</w>") { marksEnds = true }
      rules.append(.string(String(text)))
    }
    let kind = marksEnds ? Kind.clip : Kind(companions.tokenizerClass)
    var options = DescriptionModels.BytePairOptions()
    options.unknownToken = companions.token("unk_token").flatMap {
      vocabulary[$0.content] == nil ? nil : $0.content
    }
    if kind != .clip { options.unknownToken = nil }
    var fields =
      DescriptionModels.bytePair(vocabulary: vocabulary, merges: rules, options).object
      ?? JSONObject()
    let prefix = companions.flag("add_prefix_space") ?? false
    preTokenizer = ByteLevelPreTokenizer(addsPrefixSpace: prefix, trimsOffsets: true).json
    decoder = Components.byteLevelDecoder
    switch kind {
    case .gpt2, .roberta: break
    case .qwen2:
      normalizer = ["type": "NFC"]
      preTokenizer = Components.byteLevel(pattern: SplitPatterns.qwen2)
    case .clip:
      fields["continuing_subword_prefix"] = ""
      fields["end_of_word_suffix"] = "</w>"
      normalizer = Components.normalizers([
        ["type": "NFC"], Components.replace(pattern: #"\s+"#, with: " "), ["type": "Lowercase"],
      ])
      preTokenizer = Components.preTokenizers([
        [
          "type": "Split", "pattern": ["Regex": .string(SplitPatterns.clip)],
          "behavior": "Removed", "invert": true,
        ],
        Components.byteLevel(usesPattern: true),
      ])
    }
    model = .object(fields)
    if kind == .roberta || kind == .clip {
      let before = kind == .roberta ? companions.cls ?? "<s>" : "<|startoftext|>"
      let after = kind == .roberta ? companions.sep ?? "</s>" : "<|endoftext|>"
      guard let first = vocabulary[before]?.integer, let last = vocabulary[after]?.integer else {
        throw .invalid(
          path: path, field: "vocab", reason: "must hold the tokens “\(before)” and “\(after)”")
      }
      postProcessor = [
        "type": "RobertaProcessing",
        "sep": [.string(after), .integer(Int64(last))],
        "cls": [.string(before), .integer(Int64(first))],
        "trim_offsets": .bool(kind == .roberta), "add_prefix_space": .bool(prefix),
      ]
    }
  }

  /// How text is cut before merges of these files are applied, by the class of the tokenizer.
  private enum Kind {
    case gpt2
    case roberta
    case qwen2
    case clip

    init(_ name: String) {
      switch name {
      case "RobertaTokenizer", "BartTokenizer", "LongformerTokenizer", "LEDTokenizer",
        "XLMRobertaXLTokenizer", "MvpTokenizer", "DebertaTokenizer", "BlenderbotTokenizer":
        self = .roberta
      case "Qwen2Tokenizer": self = .qwen2
      case "CLIPTokenizer": self = .clip
      default: self = .gpt2
      }
    }
  }

  /// Reads BERT's vocab.txt: a token on each line, whose number is the id.
  init(wordPieces text: String, _ companions: Companions, path: String) throws(TokenizerError) {
    var entries: [(String, JSONValue)] = []
    for (id, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
      .enumerated()
    {
      var token = Substring(line)
      while let last = token.unicodeScalars.last, last.properties.isWhitespace {
        token.unicodeScalars.removeLast()
      }
      if !token.isEmpty { entries.append((String(token), .integer(Int64(id)))) }
    }
    guard !entries.isEmpty, entries.count <= TokenTable.largestID else {
      throw .invalid(path: path, field: "lines", reason: "must be tokens, one on each line")
    }
    // Of a token that is there twice the last line counts, as for the reference.
    let vocabulary = JSONObject(entries)
    let unknown = companions.token("unk_token")?.content ?? "[UNK]"
    let first = companions.cls ?? "[CLS]"
    let last = companions.sep ?? "[SEP]"
    guard vocabulary[unknown] != nil, let firstID = vocabulary[first]?.integer,
      let lastID = vocabulary[last]?.integer
    else {
      throw .invalid(
        path: path, field: "lines",
        reason: "must hold the tokens “\(unknown)”, “\(first)” and “\(last)”;"
          + " this is no vocabulary of WordPiece")
    }
    model = DescriptionModels.wordPiece(vocabulary: vocabulary, unknownToken: unknown)
    normalizer = [
      "type": "BertNormalizer", "clean_text": true,
      "handle_chinese_chars": .bool(companions.flag("tokenize_chinese_chars") ?? true),
      "strip_accents": companions.flag("strip_accents").map { .bool($0) } ?? .null,
      "lowercase": .bool(companions.flag("do_lower_case") ?? true),
    ]
    preTokenizer = ["type": "BertPreTokenizer"]
    decoder = ["type": "WordPiece", "prefix": "##", "cleanup": true]
    postProcessor = Components.template(
      before: [(first, firstID)], after: [(last, lastID)], pair: .separated)
    configuration.unknown = unknown
    configuration.classification = first
    configuration.separator = last
    for (token, field) in [("[PAD]", \TokenizerConfiguration.padding), ("[MASK]", \.mask)]
    where vocabulary[token] != nil {
      configuration[keyPath: field] = token
    }
    for token in [unknown, first, last, "[PAD]", "[MASK]"] {
      if let id = vocabulary[token]?.integer, !added.contains(where: { $0.id == id }) {
        added.append((AddedToken(token, normalized: false, special: true), id))
      }
    }
  }
}
