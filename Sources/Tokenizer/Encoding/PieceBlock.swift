/// Some pieces that follow each other, to be looked up in the cache of words at once.
///
/// A lookup mostly waits for memory; many that do not depend on each other wait together.
final class PieceBlock {
  /// How many pieces there is room for.
  static let capacity = 32

  /// Where each piece begins in the text, and the number of its bytes.
  let starts: UnsafeMutablePointer<Int>
  let lengths: UnsafeMutablePointer<Int>
  /// The key of each piece that is short enough for the cache.
  let keys: UnsafeMutablePointer<WordCache.Key>
  /// Where the piece was found in the cache.
  let slots: UnsafeMutablePointer<UnsafeMutablePointer<WordCache.Slot>>

  init() {
    starts = .allocate(capacity: Self.capacity)
    lengths = .allocate(capacity: Self.capacity)
    keys = .allocate(capacity: Self.capacity)
    slots = .allocate(capacity: Self.capacity)
  }

  deinit {
    starts.deallocate()
    lengths.deallocate()
    keys.deallocate()
    slots.deallocate()
  }

  /// Looks up the first `count` pieces; the ones that are too long have no key.
  @inline(__always)
  func find(_ count: Int, in text: UnsafePointer<UInt8>, to end: Int, _ cache: WordCache) {
    var index = 0
    while index < count {
      let length = lengths[index]
      if length <= WordCache.longestWord {
        let start = starts[index]
        let key = WordCache.key(of: text + start, count: length, readable: end &- start)
        keys[index] = key
        slots[index] = cache.slot(for: key)
      }
      index &+= 1
    }
  }
}
