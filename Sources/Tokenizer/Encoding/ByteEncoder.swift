/// Encodes text of which the model sees the bytes: nothing changes it, it is only cut.
final class ByteEncoder {
  private let model: BytePairModel
  private let byteLevel: ByteLevelPreTokenizer
  private let classes = CharacterClasses()
  private let cache = WordCache()
  private var scratch: MergeScratch
  /// A text with the space that the pre-tokenizer puts before it.
  private var prefixed: [UInt8] = []

  init(_ model: BytePairModel, _ byteLevel: ByteLevelPreTokenizer) {
    self.model = model
    self.byteLevel = byteLevel
    scratch = MergeScratch(model: model)
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
      let next = splitter.pieceEnd(in: text, from: at, to: end, classes: classes)
      let before = sink.count
      sink.beginPiece()
      appendPiece(text + at, next - at, readable: end - at, to: sink)
      if let map { recordOffsets(text, at..<next, from: before, map, to: sink) }
      at = next
    }
  }

  @inline(__always)
  private func appendPiece(
    _ piece: UnsafePointer<UInt8>, _ length: Int, readable: Int, to sink: TokenSink
  ) {
    let output = sink.reserve(length)
    guard length <= WordCache.longestWord else {
      let piece = UnsafeBufferPointer(start: piece, count: length)
      sink.advance(by: scratch.encode(piece, to: output))
      return
    }
    let key = WordCache.key(of: piece, count: length, readable: readable)
    let known = cache.copy(key, to: output)
    if known >= 0 {
      sink.advance(by: known)
    } else {
      let made = scratch.encode(UnsafeBufferPointer(start: piece, count: length), to: output)
      cache.insert(key, tokens: output, count: made)
      sink.advance(by: made)
    }
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
