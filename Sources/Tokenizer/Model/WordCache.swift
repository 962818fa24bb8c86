/// The tokens of short words met lately: a direct-mapped table whose slots fit half a cache line.
///
/// A word of at most 15 bytes is two integers (its bytes, zero-filled, and its length in the last
/// byte). Up to three tokens lie in the slot, more in a side buffer; when that is full, everything
/// is forgotten.
final class WordCache {
  /// Longer words are not kept.
  static let longestWord = 15

  struct Slot {
    var low: UInt64
    var high: UInt64
    var first: Int32
    var second: Int32
    var third: Int32
    var count: Int32
  }

  private static let bits: UInt64 = 15
  private static let overflowCapacity = 1 << 18
  private let slots: UnsafeMutablePointer<Slot>
  private let overflow: UnsafeMutablePointer<TokenID>
  private var overflowCount = 0

  init() {
    slots = .allocate(capacity: 1 << Int(Self.bits))
    overflow = .allocate(capacity: Self.overflowCapacity)
    clear()
  }

  deinit {
    slots.deallocate()
    overflow.deallocate()
  }

  private func clear() {
    // No word has a length of zero, so a zero key is an empty slot.
    let empty = Slot(low: 0, high: 0, first: 0, second: 0, third: 0, count: 0)
    slots.initialize(repeating: empty, count: 1 << Int(Self.bits))
    overflowCount = 0
  }

  /// The two integers that stand for a word of 1 to 15 bytes.
  ///
  /// `readable` bytes from `word` on may be read, which makes this cheaper if they are 16.
  @inline(__always)
  static func key(
    of word: UnsafePointer<UInt8>, count: Int, readable: Int
  ) -> (low: UInt64, high: UInt64) {
    var low: UInt64 = 0
    var high: UInt64 = 0
    if readable >= 16 {
      let raw = UnsafeRawPointer(word)
      low = raw.loadUnaligned(as: UInt64.self).littleEndian
      if count < 8 {
        low &= (1 &<< UInt64(truncatingIfNeeded: count * 8)) &- 1
      } else {
        high = raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self).littleEndian
        high &= (1 &<< UInt64(truncatingIfNeeded: (count - 8) * 8)) &- 1
      }
    } else {
      for index in 0..<min(count, 8) { low |= UInt64(word[index]) << UInt64(index * 8) }
      if count > 8 {
        for index in 8..<count { high |= UInt64(word[index]) << UInt64((index - 8) * 8) }
      }
    }
    return (low, high | UInt64(truncatingIfNeeded: count) << 56)
  }

  @inline(__always)
  private func slot(_ low: UInt64, _ high: UInt64) -> UnsafeMutablePointer<Slot> {
    let hash = (low ^ high &* 0xD6E8_FEB8_6659_FD93) &* 0x9E37_79B9_7F4A_7C15
    return slots + Int(truncatingIfNeeded: (hash ^ hash >> 32) & ((1 << Self.bits) - 1))
  }

  /// Writes the tokens of a known word to `output`, which has room for 15, and returns their number,
  /// or −1 if the word is not known.
  @inline(__always)
  func copy(_ key: (low: UInt64, high: UInt64), to output: UnsafeMutablePointer<TokenID>) -> Int {
    let slot = slot(key.low, key.high)
    guard slot.pointee.low == key.low, slot.pointee.high == key.high else { return -1 }
    let count = Int(slot.pointee.count)
    if count <= 3 {
      output[0] = slot.pointee.first
      output[1] = slot.pointee.second
      output[2] = slot.pointee.third
    } else {
      output.update(from: overflow + Int(slot.pointee.first), count: count)
    }
    return count
  }

  /// Keeps a word's tokens in the place of whatever word was there.
  func insert(
    _ key: (low: UInt64, high: UInt64), tokens: UnsafePointer<TokenID>, count: Int
  ) {
    var entry = Slot(
      low: key.low, high: key.high, first: 0, second: 0, third: 0, count: Int32(count))
    if count <= 3 {
      if count > 0 { entry.first = tokens[0] }
      if count > 1 { entry.second = tokens[1] }
      if count > 2 { entry.third = tokens[2] }
    } else {
      if overflowCount + count > Self.overflowCapacity { clear() }
      (overflow + overflowCount).update(from: tokens, count: count)
      entry.first = Int32(overflowCount)
      overflowCount += count
    }
    slot(key.low, key.high).pointee = entry
  }
}
