/// Encodes text of which the model sees the bytes: nothing changes it, it is only cut.
final class ByteEncoder {
  private let model: BytePairModel
  private let byteLevel: ByteLevelPreTokenizer
  private let classes = CharacterClasses()
  private let cache = WordCache()
  private let longCache = LongWordCache()
  private let block = PieceBlock()
  private var scratch: MergeScratch
  /// A text with the space that the pre-tokenizer puts before it.
  private var prefixed: [UInt8] = []

  init(_ model: BytePairModel, _ byteLevel: ByteLevelPreTokenizer) {
    self.model = model
    self.byteLevel = byteLevel
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
    if scratch.capacity > 1 << 16 { scratch = MergeScratch(model: model) }
  }

  /// Adds the tokens of a stretch of text in which no added token is.
  func append(_ text: UnsafePointer<UInt8>, _ range: Range<Int>, to sink: TokenSink) {
    guard !range.isEmpty else { return }
    guard byteLevel.addsPrefixSpace, text[range.lowerBound] != 0x20 else {
      return appendPieces(
        text, range, sink.recordsOffsets ? OffsetMap(shift: 0, range: range) : nil, to: sink)
    }
    prefixed.removeAll(keepingCapacity: true)
    prefixed.append(0x20)
    prefixed.append(
      contentsOf: UnsafeBufferPointer(start: text + range.lowerBound, count: range.count))
    let map = OffsetMap(shift: range.lowerBound - 1, range: range)
    let copy = prefixed
    copy.withUnsafeBufferPointer {
      guard let start = $0.baseAddress else { return }
      appendPieces(start, 0..<$0.count, sink.recordsOffsets ? map : nil, to: sink)
    }
  }

  private func appendPieces(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, _ map: OffsetMap?, to sink: TokenSink
  ) {
    if byteLevel.usesPattern {
      appendPieces(text, range, splitter: GPT2Splitter(), map, to: sink)
    } else {
      appendPieces(text, range, splitter: WholeTextSplitter(), map, to: sink)
    }
  }

  @inline(__always)
  private func appendPieces(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, splitter: some TextSplitter,
    _ map: OffsetMap?, to sink: TokenSink
  ) {
    let classes = self.classes
    let end = range.upperBound
    var at = range.lowerBound
    while at < end {
      var count = 0
      while count < PieceBlock.capacity, at < end {
        let next = splitter.pieceEnd(in: text, from: at, to: end, classes: classes)
        block.starts[count] = at
        block.lengths[count] = next - at
        count += 1
        at = next
      }
      block.find(count, in: text, to: end, cache)
      for index in 0..<count {
        let start = block.starts[index]
        let before = sink.count
        sink.beginPiece()
        appendPiece(index, text + start, to: sink)
        if let map {
          recordOffsets(text, start..<start + block.lengths[index], from: before, map, to: sink)
        }
      }
    }
  }

  /// Adds the tokens of a piece of the block.
  @inline(__always)
  private func appendPiece(_ index: Int, _ piece: UnsafePointer<UInt8>, to sink: TokenSink) {
    let length = block.lengths[index]
    let output = sink.reserve(length)
    guard length <= WordCache.longestWord else {
      return sink.advance(by: encodeLong(UnsafeBufferPointer(start: piece, count: length), output))
    }
    // The slot may have got another word since, from a piece before in the block.
    let known = cache.copy(block.keys[index], from: block.slots[index], to: output)
    sink.advance(by: known >= 0 ? known : encodeNew(block.keys[index], piece, length, output))
  }

  /// Writes the tokens of a word that the cache did not have when the block was looked up.
  @inline(never)
  private func encodeNew(
    _ key: WordCache.Key, _ piece: UnsafePointer<UInt8>, _ length: Int,
    _ output: UnsafeMutablePointer<TokenID>
  ) -> Int {
    let known = cache.copy(key, to: output)
    if known >= 0 { return known }
    let made = scratch.encode(UnsafeBufferPointer(start: piece, count: length), to: output)
    cache.insert(key, tokens: output, count: made)
    return made
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

/// Maps places in the text that the model sees to the original text.
struct OffsetMap {
  /// What to add; if a space was put before the text, the start of the text less one.
  let shift: Int
  /// The stretch of the original text.
  let range: Range<Int>

  /// The original bytes of a token, widened to whole characters.
  ///
  /// A space that was put before the text belongs to the text's first character.
  @inline(__always)
  func original(_ token: Range<Int>, _ text: UnsafePointer<UInt8>) -> Range<Int> {
    var lower = token.lowerBound + shift
    var upper = token.upperBound + shift
    if lower < range.lowerBound { lower = range.lowerBound }
    if upper <= range.lowerBound { upper = min(range.lowerBound + 1, range.upperBound) }
    while lower > range.lowerBound, text[lower - shift] & 0xC0 == 0x80 { lower -= 1 }
    while upper < range.upperBound, text[upper - shift] & 0xC0 == 0x80 { upper += 1 }
    return lower..<max(lower, upper)
  }
}
