import CText

/// Encodes text of which the model sees the bytes: apart from a normalizer, which seldom has anything
/// to do, nothing changes it; it is only cut.
final class ByteEncoder {
  private let model: BytePairModel
  private let normalizer: Normalizer?
  private let addsPrefixSpace: Bool
  private let splitter: StageSplitter
  private let classes = CharacterClasses.patterns
  @exclusivity(unchecked) private var words: KnownWords
  private let longCache = LongWordCache()
  private let block: PieceBlock
  /// What short words are merged with, if that is all there is to do for them.
  private let merges: UnsafePointer<apus_merges>?
  @exclusivity(unchecked) private var scratch: MergeScratch
  /// A text with the space that the pre-tokenizer puts before it.
  @exclusivity(unchecked) private var prefixed: [UInt8] = []
  /// A text that the normalizer changed.
  @exclusivity(unchecked) private var normalized = AlignedText()

  init(
    _ model: BytePairModel, _ stages: ByteStages, _ normalizer: Normalizer?, _ words: WordCaches
  ) {
    self.words = KnownWords(words)
    self.model = model
    self.normalizer = normalizer
    addsPrefixSpace = stages.addsPrefixSpace
    splitter = StageSplitter(stages.stages)
    block = PieceBlock(apus_pattern(stages.stages))
    let merges = model.byteMerges.kernel
    self.merges = model.coversAllBytes && !model.options.ignoresMerges ? merges : nil
    scratch = MergeScratch(model: model)
  }

  /// Writes the tokens of a piece that is too long for the cache of words.
  private func encodeLong(
    _ piece: UnsafeBufferPointer<UInt8>, _ output: UnsafeMutablePointer<TokenID>
  ) -> Int {
    guard piece.count <= LongWordCache.longestWord else {
      return scratch.encode(piece, to: output)
    }
    let hash = hashOfBytes(piece, seed: 0)
    let known = longCache.copy(piece, hash: hash, to: output)
    if known >= 0 { return known }
    let count = scratch.encode(piece, to: output)
    longCache.insert(piece, hash: hash, tokens: output, count: count)
    return count
  }

  /// Gives up memory that only a long text needs.
  func trim() {
    if prefixed.capacity > 1 << 20 { prefixed = [] }
    normalized.trim(to: 1 << 20)
    if scratch.capacity > 1 << 16 { scratch = MergeScratch(model: model) }
  }

  /// Adds the tokens of a stretch of text between added tokens.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - stretch: the stretch.
  ///   - added: the added tokens; those that are looked for in normalized text still may be there.
  ///   - accepts: whether an added token counts; without it none does.
  ///   - sink: where tokens go.
  func append(
    _ text: UnsafePointer<UInt8>, _ stretch: Range<Int>, _ added: AddedVocabulary,
    _ accepts: AddedTokenFilter?, to sink: TokenSink
  ) {
    if let normalizer {
      let given = UnsafeBufferPointer(start: text + stretch.lowerBound, count: stretch.count)
      if !normalizer.leavesUnchanged(given) {
        return appendNormalized(
          given, by: normalizer, from: stretch.lowerBound, added, accepts, to: sink)
      }
    }
    split(text, stretch, added, accepts) { range in
      appendStretch(
        text, range, sink.recordsOffsets ? OffsetMap(shift: 0, range: range) : nil, to: sink)
    } found: { match in
      sink.beginPiece()
      sink.append(added.normalized.tokens[match.index].id, at: match.range)
    }
  }

  /// Calls `body` with the stretches of text between added tokens that are looked for in normalized
  /// text, and `found` with those.
  @inline(__always)
  private func split(
    _ text: UnsafePointer<UInt8>, _ stretch: Range<Int>, _ added: AddedVocabulary,
    _ accepts: AddedTokenFilter?, _ body: (Range<Int>) -> Void,
    found: (AddedTokenMatcher.Match) -> Void
  ) {
    guard let accepts, !added.normalized.isEmpty else { return body(stretch) }
    added.normalized.split(text, stretch, accepts: accepts, text: body, found: found)
  }

  private func appendNormalized(
    _ given: UnsafeBufferPointer<UInt8>, by normalizer: Normalizer, from base: Int,
    _ added: AddedVocabulary, _ accepts: AddedTokenFilter?, to sink: TokenSink
  ) {
    normalized.reset(given, tracksOrigins: sink.recordsOffsets)
    normalizer.apply(to: &normalized)
    let bytes = normalized.bytes
    let origins = normalized.origins
    bytes.withUnsafeBufferPointer { bytes in
      origins.withUnsafeBufferPointer { origins in
        guard let text = bytes.baseAddress else { return }
        let shifted: AddedTokenFilter? = accepts.map { accepts in
          { token, range in
            guard sink.recordsOffsets else { return accepts(token, range) }
            let place = self.normalized.original(of: range)
            return accepts(token, place.lowerBound + base..<place.upperBound + base)
          }
        }
        split(text, 0..<bytes.count, added, shifted) { range in
          let map = OffsetMap(shift: 0, range: range, origins: origins, base: base)
          appendStretch(text, range, sink.recordsOffsets ? map : nil, to: sink)
        } found: { match in
          let place = normalized.original(of: match.range)
          sink.beginPiece()
          sink.append(
            added.normalized.tokens[match.index].id,
            at: place.lowerBound + base..<place.upperBound + base)
        }
      }
    }
  }

  /// Adds the tokens of a stretch of text in which no added token is.
  private func appendStretch(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, _ map: OffsetMap?, to sink: TokenSink
  ) {
    guard !range.isEmpty else { return }
    guard addsPrefixSpace, text[range.lowerBound] != 0x20 else {
      return appendPieces(text, range, map, to: sink)
    }
    prefixed.removeAll(keepingCapacity: true)
    prefixed.append(0x20)
    prefixed.append(
      contentsOf: UnsafeBufferPointer(start: text + range.lowerBound, count: range.count))
    let copy = prefixed
    copy.withUnsafeBufferPointer {
      guard let start = $0.baseAddress else { return }
      appendPieces(start, 0..<$0.count, map?.afterPrefixSpace(), to: sink)
    }
  }

  private func appendPieces(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, _ map: OffsetMap?, to sink: TokenSink
  ) {
    switch splitter {
    case .whole: appendPieces(text, range, WholeTextSplitter(), map, to: sink)
    case .gpt2: appendPieces(text, range, GPT2Splitter(), map, to: sink)
    case .cl100k(let splitter): appendPieces(text, range, splitter, map, to: sink)
    case .o200k(let splitter): appendPieces(text, range, splitter, map, to: sink)
    case .digitsGPT2(let splitter): appendPieces(text, range, splitter, map, to: sink)
    case .deepSeek(let splitter): appendPieces(text, range, splitter, map, to: sink)
    case .chain(let splitter): appendPieces(text, range, splitter, map, to: sink)
    }
  }

  @inline(__always)
  private func appendPieces<Splitter: TextSplitter>(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, _ splitter: Splitter,
    _ map: OffsetMap?, to sink: TokenSink
  ) {
    let classes = self.classes
    var splitter = splitter
    let end = range.upperBound
    var at = range.lowerBound
    while at < end {
      block.fill(text, from: at, to: end, &splitter, classes: classes)
      words.renewIfFull()
      if let map {
        appendBlock(text, at, end, map, to: sink)
      } else {
        appendBlock(text + at, end - at, to: sink)
      }
      at += block.length
    }
  }

  /// Adds the tokens of the pieces of the block.
  private func appendBlock(
    _ text: UnsafePointer<UInt8>, _ readable: Int, to sink: TokenSink
  ) {
    let count = block.count
    var output: UnsafeMutablePointer<TokenID>? = sink.reserve(block.length)
    var index = encodeWords(0..<count, text, readable, &output)
    while index < count {
      encodePiece(index, text, readable, &output)
      index = encodeWords(index + 1..<count, text, readable, &output)
    }
    sink.advance(to: output.unsafelyUnwrapped)
  }

  /// Adds the tokens of the pieces of the block and where they lie.
  private func appendBlock(
    _ text: UnsafePointer<UInt8>, _ begin: Int, _ end: Int, _ map: OffsetMap, to sink: TokenSink
  ) {
    let first = text + begin
    let readable = end - begin
    for index in 0..<block.count {
      let piece = begin + Int(block.starts[index])..<begin + Int(block.starts[index + 1])
      let before = sink.count
      sink.beginPiece()
      var output: UnsafeMutablePointer<TokenID>? = sink.reserve(piece.count)
      if encodeWords(index..<index + 1, first, readable, &output) == index {
        encodePiece(index, first, readable, &output)
      }
      sink.advance(to: output.unsafelyUnwrapped)
      recordOffsets(text, piece, from: before, map, to: sink)
    }
  }

  /// Writes the tokens of some pieces of the block up to the first that is left to `encodePiece`, and
  /// returns the number of that one.
  @inline(__always)
  private func encodeWords(
    _ pieces: Range<Int>, _ text: UnsafePointer<UInt8>, _ readable: Int,
    _ output: inout UnsafeMutablePointer<TokenID>?
  ) -> Int {
    apus_encode_words(
      words.table, merges, text, readable, block.starts, pieces.lowerBound, pieces.upperBound,
      &output)
  }

  /// Writes the tokens of a piece that the kernel leaves over, and keeps them.
  @inline(never)
  private func encodePiece(
    _ index: Int, _ text: UnsafePointer<UInt8>, _ readable: Int,
    _ output: inout UnsafeMutablePointer<TokenID>?
  ) {
    let start = Int(block.starts[index])
    let bytes = UnsafeBufferPointer(
      start: text + start, count: Int(block.starts[index + 1]) - start)
    guard let tokens = output else { return }
    guard bytes.count <= WordCache.longestWord else {
      output = tokens + encodeLong(bytes, tokens)
      return
    }
    let whole = model.options.ignoresMerges ? scratch.wholeToken(bytes) : nil
    if whole == nil, model.coversAllBytes {
      apus_encode_words(
        words.table, model.byteMerges.kernel, text, readable, block.starts, index, index + 1,
        &output)
      return
    }
    if let whole { tokens[0] = whole }
    let made = whole == nil ? scratch.encode(bytes, to: tokens) : 1
    let key = WordCache.key(of: text + start, count: bytes.count, readable: readable - start)
    words.insert(key, tokens: tokens, count: made)
    output = tokens + made
  }

  private func recordOffsets(
    _ text: UnsafePointer<UInt8>, _ piece: Range<Int>, from first: Int, _ map: OffsetMap,
    to sink: TokenSink
  ) {
    var at = piece.lowerBound
    for token in sink.tokens[first...] {
      var end: Int
      if model.coversAllBytes {
        end = at + Int(model.byteCounts[Int(token)])
      } else {
        // Bytes without a token were dropped or became unknown tokens.
        let dropped = model.unknownID < 0
        while dropped, at < piece.upperBound, model.byteTokens[Int(text[at])] < 0 { at += 1 }
        end = at + Int(model.byteCounts[Int(token)])
        if !dropped, token == model.unknownID, at < piece.upperBound,
          model.byteTokens[Int(text[at])] < 0
        {
          end = at + 1
          while model.options.fusesUnknown, end < piece.upperBound,
            model.byteTokens[Int(text[end])] < 0
          {
            end += 1
          }
        }
      }
      end = min(end, piece.upperBound)
      sink.appendOffset(map.original(at..<max(at, end), text))
      at = end
    }
  }
}
