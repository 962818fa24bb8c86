import CText

/// The tokens of a text as they come, in memory that is kept from text to text.
///
/// Those of a long text are collected in the array that its caller gets.
final class TokenSink {
  @exclusivity(unchecked) private var storage: UnsafeMutablePointer<TokenID>
  @exclusivity(unchecked) private var capacity = smallest
  /// The number of tokens in `storage`.
  @exclusivity(unchecked) private var stored = 0
  /// The tokens before those, unless offsets are asked for.
  @exclusivity(unchecked) private var collected: [TokenID] = []
  /// How many tokens the text may have.
  @exclusivity(unchecked) private var expected = 0
  /// Where the tokens lie in the text, if asked for.
  @exclusivity(unchecked) private(set) var offsets: [Range<Int>] = []
  /// For each token the number of its piece of text, if offsets are asked for.
  @exclusivity(unchecked) private(set) var words: [Int32] = []
  @exclusivity(unchecked) private var word: Int32 = -1
  /// Whether offsets are asked for.
  @exclusivity(unchecked) private(set) var recordsOffsets = false

  /// The capacity to begin with, and the largest that is kept for the next text.
  private static let smallest = 1024
  private static let largestKept = 1 << 20
  /// Rather than grow beyond this, tokens are collected; they are then still in the cache.
  private static let collectable = 1 << 16

  /// How many tokens may be written beyond the last one.
  private static let spare = Int(apus_spare_tokens)

  init() { storage = .allocate(capacity: capacity) }

  deinit { storage.deallocate() }

  /// The number of tokens so far.
  var count: Int { collected.count &+ stored }

  /// The tokens so far of a text whose offsets are asked for.
  var tokens: UnsafeBufferPointer<TokenID> { UnsafeBufferPointer(start: storage, count: stored) }

  /// Forgets the tokens of the last text, and memory that only a long one needs.
  func begin(recordingOffsets: Bool) {
    stored = 0
    if !collected.isEmpty { collected = [] }
    recordsOffsets = recordingOffsets
    if !offsets.isEmpty {
      offsets.removeAll(keepingCapacity: offsets.capacity <= 1 << 16)
      words.removeAll(keepingCapacity: words.capacity <= 1 << 16)
    }
    word = -1
    if capacity > Self.largestKept {
      storage.deallocate()
      capacity = Self.smallest
      storage = .allocate(capacity: capacity)
    }
  }

  /// Says how long the next text is, so that memory need not grow step by step.
  func expect(bytes: Int) { expected = count + bytes / 2 }

  /// Gives away the tokens, between others.
  func taken(after before: [TokenID] = [], before after: [TokenID] = []) -> [TokenID] {
    let stored = UnsafeBufferPointer(start: storage, count: stored)
    guard !collected.isEmpty else {
      if before.isEmpty, after.isEmpty { return Array(stored) }
      var ids: [TokenID] = []
      ids.reserveCapacity(before.count + stored.count + after.count)
      ids += before
      ids += stored
      ids += after
      return ids
    }
    var ids: [TokenID] = []
    swap(&ids, &collected)
    ids += stored
    ids += after
    if !before.isEmpty { ids.insert(contentsOf: before, at: 0) }
    return ids
  }

  /// Adds the tokens to others.
  func append(to ids: inout [TokenID]) {
    ids += collected
    ids += UnsafeBufferPointer(start: storage, count: stored)
  }

  /// Adds tokens that are in no text.
  func append(_ tokens: [TokenID]) {
    for token in tokens { append(token, at: 0..<0) }
  }

  /// Adds a token that stands for `range` of the text.
  @inline(__always)
  func append(_ token: TokenID, at range: @autoclosure () -> Range<Int>) {
    reserve(1)[0] = token
    stored &+= 1
    if recordsOffsets { appendOffset(range()) }
  }

  /// Lets the last token stand for the text up to a place too.
  func extendLast(to end: @autoclosure () -> Int) {
    guard recordsOffsets, let last = offsets.popLast() else { return }
    offsets.append(last.lowerBound..<max(last.upperBound, end()))
  }

  /// Where the next tokens go, with room for `length` of them and what a cache of words writes
  /// after them; `advance` then says how many there are.
  @inline(__always)
  func reserve(_ length: Int) -> UnsafeMutablePointer<TokenID> {
    if stored &+ length &+ Self.spare > capacity { makeRoom(length) }
    return storage + stored
  }

  /// Takes in tokens that were written where `reserve` said, up to a place.
  @inline(__always)
  func advance(to end: UnsafeMutablePointer<TokenID>) { stored = end - storage }

  /// Says where the next token lies that `advance` has taken in.
  func appendOffset(_ range: Range<Int>) {
    offsets.append(range)
    words.append(word)
  }

  /// Says that the next tokens are of a new piece of text.
  @inline(__always)
  func beginPiece() { word &+= 1 }

  @inline(never)
  private func makeRoom(_ length: Int) {
    if !recordsOffsets, stored >= Self.collectable - length {
      collect()
      if length + Self.spare <= capacity { return }
    }
    capacity = max(capacity * 2, stored + length + Self.spare)
    let grown = UnsafeMutablePointer<TokenID>.allocate(capacity: capacity)
    grown.update(from: storage, count: stored)
    storage.deallocate()
    storage = grown
  }

  private func collect() {
    let needed = collected.count + stored
    if needed > collected.capacity {
      collected.reserveCapacity(max(expected, needed + needed / 2))
      let byteCount = collected.capacity * MemoryLayout<TokenID>.stride
      // What is not written to takes no memory.
      collected.withUnsafeMutableBufferPointer { buffer in
        if let start = buffer.baseAddress { adviseHugePages(start, byteCount: byteCount) }
      }
    }
    collected += UnsafeBufferPointer(start: storage, count: stored)
    stored = 0
  }
}
