import GGUF
import JSON

extension TokenizerDescription {
  // MARK: Unigram

  /// Reads a vocabulary of the model `t5`.
  init(unigram vocabulary: GGUFVocabulary) throws(TokenizerError) {
    let file = vocabulary.file
    let field = "tokenizer.ggml.scores"
    guard let scores = try vocabulary.numbers(field) else {
      throw .invalid(path: file.path, field: field, reason: "must be there: pieces go by score")
    }
    _ = try DescriptionModels.vocabulary(
      vocabulary.tokens, path: file.path, field: "tokenizer.ggml.tokens")
    let kinds = vocabulary.kinds
    let least = kinds.indices.lazy.filter { kinds[$0] == .normal }.map { scores[$0] }.min()
    let pieces = vocabulary.tokens.enumerated().map { id, text in
      (text: text, score: kinds[id] == .userDefined ? 0 : scores[id])
    }
    let unreachable = kinds.indices.lazy.filter {
      kinds[$0] != .normal && kinds[$0] != .userDefined
    }
    model = DescriptionModels.unigram(
      pieces, unknownID: vocabulary.token("unknown", default: 2)?.id, fallsBackToBytes: false,
      PieceRules(
        unreachable: Set(unreachable.map { TokenID($0) }),
        unknownScore: (least ?? 0) - UnigramModel.unknownPenalty, isSinglePrecision: false))
    var spec = PieceNormalization()
    spec.addsPrefix = vocabulary.flag("add_space_prefix") ?? true
    spec.removesExtraSpaces = vocabulary.flag("remove_extra_whitespaces") ?? false
    // llama.cpp writes a mark before each word, the first too, where it removes extra spaces.
    if spec.removesExtraSpaces { spec.addsPrefix = true }
    spec.table = try vocabulary.charactersMap()
    spec.longestMatch = true
    normalizer = spec.normalizer
    preTokenizer = spec.preTokenizer(
      splits: PieceNormalization.canSplit(vocabulary.tokens))
    decoder = Components.pieceDecoder(stripsSpace: spec.addsPrefix)
    finish(
      vocabulary, beginning: vocabulary.token("bos"), end: vocabulary.token("eos", default: 1),
      addsBeginning: false, addsEnd: true)
  }

  // MARK: WordPiece

  /// Reads a vocabulary of the model `bert`, which marks the beginning of words with `▁` instead of
  /// their continuation with `##`.
  init(wordPiece vocabulary: GGUFVocabulary) throws(TokenizerError) {
    let path = vocabulary.file.path
    let mark = Array(Components.wordMark.utf8)
    var plain = vocabulary
    plain.tokens = vocabulary.tokens.enumerated().map { id, token in
      if vocabulary.kinds[id] != .normal { return token }
      if token.utf8.starts(with: mark) {
        return String(decoding: token.utf8.dropFirst(3), as: UTF8.self)
      }
      if token.utf8.first == UInt8(ascii: "["), token.utf8.last == UInt8(ascii: "]") {
        return token
      }
      return "##" + token
    }
    let lowercases = vocabulary.flag("normalizer.lowercase") ?? true
    normalizer = [
      "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true,
      "strip_accents": .bool(vocabulary.flag("normalizer.strip_accents") ?? lowercases),
      "lowercase": .bool(lowercases),
    ]
    preTokenizer = ["type": "BertPreTokenizer"]
    decoder = ["type": "WordPiece", "prefix": "##", "cleanup": true]
    let unknown = plain.token("unknown", default: 100)
    guard let unknown else {
      throw .invalid(
        path: path, field: "tokenizer.ggml.unknown_token_id", reason: "must be the id of a token")
    }
    model = DescriptionModels.wordPiece(
      vocabulary: try DescriptionModels.vocabulary(
        plain.tokens, path: path, field: "tokenizer.ggml.tokens"),
      unknownToken: unknown.text)
    let beginning = plain.token(["bos", "cls"], default: 101)
    let end = plain.token(["seperator", "separator"], default: 102)
    finish(plain, beginning: beginning, end: end, addsBeginning: true, addsEnd: true, forces: true)
    postProcessor = Components.template(
      before: beginning.map { [$0] } ?? [], after: end.map { [$0] } ?? [], pair: .separated)
  }
}

extension GGUFVocabulary {
  /// The table that normalizes characters, if the file has one.
  func charactersMap() throws(TokenizerError) -> [UInt8]? {
    let key = "tokenizer.ggml.precompiled_charsmap"
    guard let value = file[key] else { return nil }
    guard let array = value.array, array.elementType.byteCount == 1 else {
      throw .invalid(path: file.path, field: key, reason: "must be an array of bytes")
    }
    return array.count == 0 ? nil : Array(file.bytes[array.byteRange])
  }
}
