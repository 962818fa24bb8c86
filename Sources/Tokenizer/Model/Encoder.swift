/// The memory that one thread needs to encode, kept from text to text.
///
/// Only one thread uses an encoder at a time: `EncoderPool` sees to it.
final class Encoder: @unchecked Sendable {
  private let model: BytePairModel
  private let classes = CharacterClasses()
  private let cache = WordCache()
  private var scratch: MergeScratch
  private var storage: UnsafeMutablePointer<TokenID>
  private var capacity = 1024
  /// A text with the space that a pre-tokenizer puts before it.
  private var prefixed: [UInt8] = []
  /// The number of tokens so far.
  private(set) var count = 0
  /// Where the tokens lie in the text, if asked for.
  private(set) var offsets: [Range<Int>] = []

  init(model: BytePairModel) {
    self.model = model
    scratch = MergeScratch(model: model)
    storage = .allocate(capacity: capacity)
  }

  deinit {
    storage.deallocate()
  }

  /// The tokens so far.
  var tokens: UnsafeBufferPointer<TokenID> { UnsafeBufferPointer(start: storage, count: count) }

  /// Forgets the tokens of the last text, and memory that only a long one needs.
  func reset() {
    count = 0
    offsets.removeAll(keepingCapacity: offsets.capacity <= 1 << 16)
    if capacity > 1 << 20 {
      storage.deallocate()
      capacity = 1024
      storage = .allocate(capacity: capacity)
    }
    if prefixed.capacity > 1 << 20 { prefixed = [] }
    if scratch.capacity > 1 << 16 { scratch = MergeScratch(model: model) }
  }

  /// Adds a token that stands for `range` of the text.
  func append(_ token: TokenID, at range: Range<Int>, recordingOffsets: Bool) {
    reserve(1)
    storage[count] = token
    count += 1
    if recordingOffsets { offsets.append(range) }
  }

  /// Adds the tokens of a stretch of text in which no added token is.
  func append(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, preTokenizer: PreTokenizer,
    recordingOffsets: Bool
  ) {
    guard !range.isEmpty else { return }
    guard preTokenizer.addsPrefixSpace, text[range.lowerBound] != 0x20 else {
      return appendPieces(
        text, range, preTokenizer, recordingOffsets ? OffsetMap(shift: 0, range: range) : nil)
    }
    prefixed.removeAll(keepingCapacity: true)
    prefixed.append(0x20)
    prefixed.append(
      contentsOf: UnsafeBufferPointer(start: text + range.lowerBound, count: range.count))
    let map = OffsetMap(shift: range.lowerBound - 1, range: range)
    let copy = prefixed
    copy.withUnsafeBufferPointer {
      guard let start = $0.baseAddress else { return }
      appendPieces(start, 0..<$0.count, preTokenizer, recordingOffsets ? map : nil)
    }
  }

  private func appendPieces(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, _ preTokenizer: PreTokenizer,
    _ map: OffsetMap?
  ) {
    switch preTokenizer {
    case .byteLevel(let options):
      if options.usesPattern {
        appendPieces(text, range, splitter: GPT2Splitter(), map)
      } else {
        appendPieces(text, range, splitter: WholeTextSplitter(), map)
      }
    }
  }

  @inline(__always)
  private func appendPieces(
    _ text: UnsafePointer<UInt8>, _ range: Range<Int>, splitter: some TextSplitter,
    _ map: OffsetMap?
  ) {
    let classes = self.classes
    let end = range.upperBound
    var at = range.lowerBound
    while at < end {
      let next = splitter.pieceEnd(in: text, from: at, to: end, classes: classes)
      let before = count
      appendPiece(text + at, next - at, readable: end - at)
      if let map { recordOffsets(text, at..<next, from: before, map) }
      at = next
    }
  }

  @inline(__always)
  private func appendPiece(_ piece: UnsafePointer<UInt8>, _ length: Int, readable: Int) {
    reserve(length)
    let output = storage + count
    guard length <= WordCache.longestWord else {
      let piece = UnsafeBufferPointer(start: piece, count: length)
      count += scratch.encode(piece, to: output)
      return
    }
    let key = WordCache.key(of: piece, count: length, readable: readable)
    let known = cache.copy(key, to: output)
    if known >= 0 {
      count += known
    } else {
      let made = scratch.encode(UnsafeBufferPointer(start: piece, count: length), to: output)
      cache.insert(key, tokens: output, count: made)
      count += made
    }
  }

  /// Makes room for the tokens of a piece; the cache always writes three.
  @inline(__always)
  private func reserve(_ length: Int) {
    if count + length + 3 > capacity { grow(length) }
  }

  @inline(never)
  private func grow(_ length: Int) {
    capacity = max(capacity * 2, count + length + 3)
    let grown = UnsafeMutablePointer<TokenID>.allocate(capacity: capacity)
    grown.update(from: storage, count: count)
    storage.deallocate()
    storage = grown
  }

  private func recordOffsets(
    _ text: UnsafePointer<UInt8>, _ piece: Range<Int>, from first: Int, _ map: OffsetMap
  ) {
    var at = piece.lowerBound
    for index in first..<count {
      let token = storage[index]
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
      offsets.append(map.original(at..<max(at, end), text))
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
