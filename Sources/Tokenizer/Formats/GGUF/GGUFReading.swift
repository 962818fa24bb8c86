import Files
import GGUF
import JSON

extension TokenizerDescription {
  /// Reads the vocabulary of a GGUF file.
  init(_ file: GGUFFile) throws(TokenizerError) {
    let key = "tokenizer.ggml.model"
    guard let model = file[key]?.string else {
      throw .invalid(
        path: file.path, field: key, reason: "must be a string; this GGUF file has no tokenizer")
    }
    switch model {
    case "gpt2", "gemma4", "whitespace":
      try self.init(bytePair: GGUFVocabulary(file), model: model)
    case "llama": try self.init(sentencePieceMerges: GGUFVocabulary(file))
    case "t5": try self.init(unigram: GGUFVocabulary(file))
    case "bert": try self.init(wordPiece: GGUFVocabulary(file))
    case "none", "no_vocab":
      throw .unsupported(path: file.path, component: "no vocabulary (\(key) is “\(model)”)")
    default:
      throw .unsupported(path: file.path, component: "the tokenizer model “\(model)” (\(key))")
    }
  }

  // MARK: Byte-pair encoding with a list of merges

  private init(bytePair vocabulary: GGUFVocabulary, model: String) throws(TokenizerError) {
    let path = vocabulary.file.path
    let name = model == "gemma4" ? "gemma4" : vocabulary.text("pre") ?? "default"
    guard let splits = GGUFSplits(named: name) else {
      throw .unsupported(
        path: path, component: "the way “\(name)” to cut text (tokenizer.ggml.pre)")
    }
    let isMarked = splits.alphabet == .marked
    var options = DescriptionModels.BytePairOptions()
    options.ignoresMerges = splits.ignoresMerges
    options.fallsBackToBytes = isMarked
    preTokenizer = splits.preTokenizer
    if isMarked {
      normalizer = Components.replace(" ", with: Components.wordMark)
      decoder = Components.pieceDecoder(stripsSpace: false)
      options.unknownToken = vocabulary.token("unknown")?.text
      options.fusesUnknown = options.unknownToken != nil
    } else if splits.alphabet == .bytes {
      decoder = Components.byteLevelDecoder
    } else if vocabulary.flag("normalizer.lowercase") == true {
      normalizer = ["type": "Lowercase"]
    }
    self.model = DescriptionModels.bytePair(
      vocabulary: try DescriptionModels.vocabulary(
        vocabulary.tokens, path: path, field: "tokenizer.ggml.tokens"),
      merges: try Self.merges(vocabulary, name), options)
    // Without a token of its own, llama.cpp would take the number 11, an accident of Falcon.
    finish(
      vocabulary, beginning: vocabulary.token("bos"), end: vocabulary.token("eos"),
      addsBeginning: splits.addsBeginning || isMarked && name != "sarvam-moe", addsEnd: false,
      forcesBeginning: isMarked && name != "sarvam-moe")
  }

  /// The merges in the file's order.
  private static func merges(
    _ vocabulary: GGUFVocabulary, _ name: String
  ) throws(TokenizerError) -> [JSONValue] {
    let key = "tokenizer.ggml.merges"
    let file = vocabulary.file
    if file[key] == nil, name == "kimi-k2" {
      // The ids are the ranks, as in the tiktoken file that the model comes with.
      let texts = vocabulary.table
      let isPart = vocabulary.kinds.map { $0 == .normal }
      let derived = DerivedMerges(tokens: texts, isPart: isPart, cutsBetweenCharacters: true)
      return DescriptionModels.mergeList(
        derived.merges(making: isPart.indices.filter { isPart[$0] }), texts: texts)
    }
    guard let array = file[key]?.array, array.elementType == .string else {
      throw .invalid(path: file.path, field: key, reason: "must be an array of strings")
    }
    let list: [String]
    do {
      list = try file.strings(array)
    } catch {
      throw .damaged(path: error.path, offset: error.offset, reason: error.reason)
    }
    var merges: [JSONValue] = []
    merges.reserveCapacity(list.count)
    let hasSpaces = list.contains { $0.utf8.count(where: { $0 == 0x20 }) != 1 }
    for (index, text) in list.enumerated() {
      if !hasSpaces {
        merges.append(.string(text))
        continue
      }
      // The first token has a character at least, which may be a space.
      guard let space = text.utf8.dropFirst().firstIndex(of: 0x20) else {
        throw .invalid(
          path: file.path, field: "\(key)[\(index)]", reason: "must be two tokens with a space")
      }
      merges.append([
        .string(String(text[..<space])), .string(String(text[text.utf8.index(after: space)...])),
      ])
    }
    return merges
  }

  // MARK: SentencePiece's merges by score

  private init(sentencePieceMerges vocabulary: GGUFVocabulary) throws(TokenizerError) {
    let path = vocabulary.file.path
    let field = "tokenizer.ggml.scores"
    guard let scores = try vocabulary.numbers(field) else {
      throw .invalid(path: path, field: field, reason: "must be there: merges go by score")
    }
    let prepends = vocabulary.flag("add_space_prefix") ?? true
    var parts: [JSONValue] = prepends ? [Components.prepend(Components.wordMark)] : []
    parts.append(Components.replace(" ", with: Components.wordMark))
    normalizer = Components.normalizers(parts)
    decoder = Components.pieceDecoder(stripsSpace: prepends)
    let table = try DescriptionModels.vocabulary(
      vocabulary.tokens, path: path, field: "tokenizer.ggml.tokens")
    var options = DescriptionModels.BytePairOptions()
    options.unknownToken = vocabulary.token("unknown", default: 0)?.text
    options.fusesUnknown = true
    options.fallsBackToBytes = vocabulary.kinds.contains(.byte)
    let texts = vocabulary.table
    let isPart = vocabulary.kinds.map { $0 != .control && $0 != .byte && $0 != .unknown }
    let order = isPart.indices.filter { isPart[$0] }.sorted {
      scores[$0] > scores[$1] || scores[$0] == scores[$1] && $0 < $1
    }
    let derived = DerivedMerges(tokens: texts, isPart: isPart, cutsBetweenCharacters: true)
    model = DescriptionModels.bytePair(
      vocabulary: table,
      merges: DescriptionModels.mergeList(derived.merges(making: order), texts: texts), options)
    finish(
      vocabulary, beginning: vocabulary.token("bos", default: 1),
      end: vocabulary.token("eos", default: 2), addsBeginning: true, addsEnd: false)
  }
}
