import JSON

extension TokenizerDescription {
  /// Reads a SentencePiece model; the ids are those of SentencePiece itself.
  init(_ spm: SentencePieceModel, path: String) throws(TokenizerError) {
    let texts = spm.pieces.map(\.text)
    let vocabulary = try DescriptionModels.vocabulary(texts, path: path, field: "pieces")
    switch spm.algorithm {
    case .unigram:
      model = spm.unigramModel
    case .bytePair, .character:
      model = spm.bytePairModel(vocabulary)
    case .word:
      model = DescriptionModels.wordLevel(
        vocabulary: vocabulary, unknownToken: spm.unknownID.map { texts[$0] } ?? "",
        fusesUnknown: true)
    }
    var normalization = spm.normalization
    normalization.marksEnds = spm.marksEnds
    normalization.longestMatch = true
    // Unigram models take symbols by their score, the others find them in normalized text.
    let findsSymbols = spm.algorithm == .bytePair || spm.algorithm == .character
    let symbols = spm.pieces.filter { $0.kind == .userDefined }.map(\.text)
    normalization.keptSymbols = symbols
    // Normalized text has no spaces, so that a symbol with one is not found there.
    func isFound(_ symbol: String) -> Bool {
      findsSymbols && !(normalization.escapesSpaces && symbol.contains(" "))
    }
    normalization.symbols = symbols.filter(isFound)
    normalizer = normalization.normalizer
    // Scores are summed over the whole text, so that Unigram's is not cut.
    preTokenizer = normalization.preTokenizer(splits: spm.algorithm == .word)
    decoder = Components.pieceDecoder(
      stripsSpace: normalization.addsPrefix || normalization.removesExtraSpaces)
    for (id, piece) in spm.pieces.enumerated() {
      switch piece.kind {
      case .control, .unknown:
        added.append((AddedToken(piece.text, normalized: false, special: true), id))
      case .userDefined where isFound(piece.text):
        added.append((AddedToken(piece.text, normalized: true, special: false), id))
      default: break
      }
    }
    func text(_ id: Int, _ kind: SentencePieceModel.Kind) -> String? {
      spm.pieces.indices.contains(id) && spm.pieces[id].kind == kind ? texts[id] : nil
    }
    configuration.beginningOfText = text(spm.beginningID, .control)
    configuration.endOfText = text(spm.endID, .control)
    configuration.padding = text(spm.paddingID, .control)
    configuration.unknown = spm.unknownID.map { texts[$0] }
  }
}

extension SentencePieceModel {
  /// The Unigram model, by the rules of SentencePiece.
  ///
  /// A symbol that the user defined beats all that it could be made of: its score grows with its
  /// length, as in SentencePiece 0.2.3.
  var unigramModel: JSONValue {
    let normal = pieces.lazy.filter { $0.kind == .normal }.map(\.score)
    let least = normal.min() ?? 0
    let scored = pieces.map { piece -> (text: String, score: Double) in
      guard piece.kind == .userDefined else { return (piece.text, Double(piece.score)) }
      return (piece.text, Double(Float(0.1 * Double(piece.text.utf8.count - 1))))
    }
    let unreachable = pieces.indices.lazy.filter {
      pieces[$0].kind != .normal && pieces[$0].kind != .userDefined
    }
    return DescriptionModels.unigram(
      scored, unknownID: unknownID, fallsBackToBytes: fallsBackToBytes,
      PieceRules(
        unreachable: Set(unreachable.map { TokenID($0) }),
        unknownScore: Double(least - Float(UnigramModel.unknownPenalty)), isSinglePrecision: true))
  }

  /// The model of merges by score, or of characters, which has none.
  func bytePairModel(_ vocabulary: JSONObject) -> JSONValue {
    var options = DescriptionModels.BytePairOptions()
    options.unknownToken = unknownID.map { pieces[$0].text }
    options.fusesUnknown = true
    options.fallsBackToBytes = fallsBackToBytes
    var merges: [JSONValue] = []
    if algorithm == .bytePair {
      let texts = ByteStringTable(capacity: pieces.count)
      for piece in pieces { _ = texts.insert(piece.text) }
      let isPart = pieces.map {
        $0.kind == .normal || $0.kind == .userDefined || $0.kind == .unused
      }
      let order = isPart.indices.filter { isPart[$0] }.sorted {
        pieces[$0].score > pieces[$1].score
          || pieces[$0].score == pieces[$1].score && $0 < $1
      }
      let derived = DerivedMerges(tokens: texts, isPart: isPart, cutsBetweenCharacters: true)
      merges = DescriptionModels.mergeList(derived.merges(making: order), texts: texts)
    }
    return DescriptionModels.bytePair(vocabulary: vocabulary, merges: merges, options)
  }
}
