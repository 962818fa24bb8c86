/// The tokens of a text as they come, in memory that is kept from text to text.
final class TokenSink {
  private var storage: UnsafeMutablePointer<TokenID>
  private var capacity = smallest
  /// The number of tokens so far.
  private(set) var count = 0
  /// Where the tokens lie in the text, if asked for.
  private(set) var offsets: [Range<Int>] = []
  /// For each token the number of its piece of text, if offsets are asked for.
  private(set) var words: [Int32] = []
  private var word: Int32 = -1
  /// Whether offsets are asked for.
  private(set) var recordsOffsets = false

  /// The capacity to begin with, and the largest that is kept for the next text.
  private static let smallest = 1024
  private static let largestKept = 1 << 22

  init() { storage = .allocate(capacity: capacity) }

  deinit { storage.deallocate() }

  /// The tokens so far.
  var tokens: UnsafeBufferPointer<TokenID> { UnsafeBufferPointer(start: storage, count: count) }

  /// Forgets the tokens of the last text, and memory that only a long one needs.
  func begin(recordingOffsets: Bool) {
    count = 0
    recordsOffsets = recordingOffsets
    offsets.removeAll(keepingCapacity: offsets.capacity <= 1 << 16)
    words.removeAll(keepingCapacity: words.capacity <= 1 << 16)
    word = -1
    if capacity > Self.largestKept {
      storage.deallocate()
      capacity = Self.smallest
      storage = .allocate(capacity: capacity)
    }
  }

  /// Makes room for the tokens that a text of so many bytes is likely to have, so that the memory need
  /// not grow step by step.
  func expect(bytes: Int) {
    if bytes > 1 << 14 { _ = reserve(bytes / 3) }
  }

  /// Adds a token that stands for `range` of the text.
  @inline(__always)
  func append(_ token: TokenID, at range: @autoclosure () -> Range<Int>) {
    reserve(1)[0] = token
    count += 1
    if recordsOffsets { appendOffset(range()) }
  }

  /// Where the next tokens go, with room for `length` of them and the three that a cache of words
  /// always writes; `advance` then says how many there are.
  @inline(__always)
  func reserve(_ length: Int) -> UnsafeMutablePointer<TokenID> {
    if count &+ length &+ 3 > capacity { grow(length) }
    return storage + count
  }

  /// Takes in tokens that were written where `reserve` said.
  @inline(__always)
  func advance(by tokens: Int) { count &+= tokens }

  /// Says where the next token lies that `advance` has taken in.
  func appendOffset(_ range: Range<Int>) {
    offsets.append(range)
    words.append(word)
  }

  /// Says that the next tokens are of a new piece of text.
  @inline(__always)
  func beginPiece() { word &+= 1 }

  @inline(never)
  private func grow(_ length: Int) {
    capacity = max(capacity * 2, count + length + 3)
    let grown = UnsafeMutablePointer<TokenID>.allocate(capacity: capacity)
    grown.update(from: storage, count: count)
    storage.deallocate()
    storage = grown
  }
}
