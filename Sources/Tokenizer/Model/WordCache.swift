import CText

/// The tokens of short words met lately, which threads share: what one of them has learned all know.
///
/// A word of at most 15 bytes is two integers (its bytes, zero-filled, and its length in the last
/// byte). Up to three tokens lie in the word's slot of a table, more in a side buffer; when that is
/// full, `WordCaches` begins with an empty cache.
final class WordCache: @unchecked Sendable {
  /// Longer words are not kept.
  static let longestWord = Int(apus_longest_word)

  /// A word as two integers.
  struct Key {
    var low: UInt64
    var high: UInt64
  }

  private static let bits: UInt32 = 16
  private static let longerCapacity = 1 << 20
  private let memory: ZeroedMemory
  /// The table as the kernels see it.
  let table: UnsafeMutablePointer<apus_words>

  init() {
    memory = ZeroedMemory(byteCount: 64 << Int(Self.bits))
    table = .allocate(capacity: 1)
    // No word has a length of zero, so a zero key is an empty slot.
    table.initialize(
      to: apus_words(
        slots: memory.start.bindMemory(to: apus_word.self, capacity: 2 << Int(Self.bits)),
        bits: Self.bits, longer: .allocate(capacity: Self.longerCapacity), longer_count: 0,
        longer_capacity: UInt32(Self.longerCapacity)))
  }

  deinit {
    table.pointee.longer.deallocate()
    table.deallocate()
  }

  /// The two integers that stand for a word of 1 to 15 bytes.
  ///
  /// `readable` bytes from `word` on may be read, which makes this cheaper if they are 16.
  @inline(__always)
  static func key(
    of word: UnsafePointer<UInt8>, count: Int, readable: Int
  ) -> Key {
    var low: UInt64 = 0
    var high: UInt64 = 0
    if readable >= 16 {
      let raw = UnsafeRawPointer(word)
      low = raw.loadUnaligned(as: UInt64.self).littleEndian
      high = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
      // Without a branch: the lengths of words are as good as random.
      let bits = UInt64(truncatingIfNeeded: count) &* 8
      let isShort = count < 8
      let mask = (1 &<< (bits & 63)) &- 1
      low &= isShort ? mask : .max
      high &= isShort ? 0 : mask
    } else {
      for index in 0..<min(count, 8) { low |= UInt64(word[index]) << UInt64(index * 8) }
      if count > 8 {
        for index in 8..<count { high |= UInt64(word[index]) << UInt64((index - 8) * 8) }
      }
    }
    return Key(low: low, high: high | UInt64(truncatingIfNeeded: count) << 56)
  }
}
