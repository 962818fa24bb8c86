/// Encodes text by applying every component in turn: normalizer, pre-tokenizer, model.
final class ComponentEncoder {
  private let pipeline: Pipeline
  private let model: any PieceTokenizer
  /// The unknown token, if neighbouring ones become one; otherwise −1.
  private let fusedToken: TokenID
  private var text = AlignedText()
  private var pieces = TextPieces()
  private var tokens = PieceTokens()

  init?(_ pipeline: Pipeline, _ words: WordCaches) {
    guard let model = pipeline.makePieceTokenizer(words) else { return nil }
    self.pipeline = pipeline
    self.model = model
    if case .wordLevel(let words) = pipeline.model, words.fusesUnknown {
      fusedToken = words.unknownID
    } else {
      fusedToken = -1
    }
  }

  /// Gives up memory that only a long text needs.
  func trim() {
    text.trim(to: 1 << 20)
    pieces.trim(to: 1 << 20)
    model.trim()
  }

  /// Adds the tokens of a stretch of text between added tokens.
  ///
  /// - Parameters:
  ///   - original: the text.
  ///   - stretch: the stretch.
  ///   - added: the added tokens; those that are looked for in normalized text still may be there.
  ///   - accepts: whether an added token counts; without it none does.
  ///   - sink: where tokens go.
  func append(
    _ original: UnsafeBufferPointer<UInt8>, _ stretch: Range<Int>, _ added: AddedVocabulary,
    _ accepts: AddedTokenFilter?, to sink: TokenSink
  ) {
    text.reset(
      UnsafeBufferPointer(rebasing: original[stretch]), tracksOrigins: sink.recordsOffsets)
    pipeline.normalizer?.apply(to: &text)
    let start = stretch.lowerBound
    guard let accepts, !added.normalized.isEmpty else {
      swap(&pieces.text, &text)
      return appendPieces(from: start, to: sink)
    }
    let bytes = text.bytes
    bytes.withUnsafeBufferPointer { buffer in
      guard let base = buffer.baseAddress, !buffer.isEmpty else { return }
      let accepts: AddedTokenFilter = { token, range in
        guard sink.recordsOffsets else { return accepts(token, range) }
        return accepts(token, self.shifted(self.text.original(of: range), by: start))
      }
      added.normalized.split(base, 0..<buffer.count, accepts: accepts) { range in
        pieces.text.reset(text, range)
        appendPieces(from: start, to: sink)
      } found: { match in
        sink.beginPiece()
        sink.append(
          added.normalized.tokens[match.index].id,
          at: shifted(text.original(of: match.range), by: start))
      }
    }
  }

  /// Adds the tokens of what is in `pieces.text`, whose original begins at `start` of the user's text.
  private func appendPieces(from start: Int, to sink: TokenSink) {
    pieces.begin(beginsUserText: start == 0)
    pipeline.preTokenizer?.apply(to: &pieces)
    pieces.text.withBytes { bytes in
      tokens.removeAll()
      var isFused = false
      for piece in pieces.ranges {
        // Emptying the list costs more than most pieces do.
        if tokens.ids.count > 4096 { tokens.removeAll() }
        let first = tokens.ids.count
        sink.beginPiece()
        model.append(UnsafeBufferPointer(rebasing: bytes[piece]), to: &tokens)
        for index in first..<tokens.ids.count {
          let isUnknown = tokens.ids[index] == fusedToken
          if isUnknown, isFused {
            sink.extendLast(to: place(of: index, in: piece, from: start).upperBound)
          } else {
            sink.append(tokens.ids[index], at: place(of: index, in: piece, from: start))
          }
          isFused = isUnknown
        }
      }
    }
  }

  /// The bytes of the user's text that a token of a piece stands for.
  private func place(of index: Int, in piece: Range<Int>, from start: Int) -> Range<Int> {
    let lower = piece.lowerBound + Int(tokens.starts[index])
    let upper = piece.lowerBound + Int(tokens.ends[index])
    let count = pieces.text.bytes.count
    guard lower < upper, upper <= count else {
      let empty = lower < count ? pieces.text.original(of: lower..<lower + 1).lowerBound : 0
      return empty + start..<empty + start
    }
    return shifted(pieces.text.original(of: lower..<upper), by: start)
  }

  private func shifted(_ range: Range<Int>, by shift: Int) -> Range<Int> {
    range.lowerBound + shift..<range.upperBound + shift
  }
}
