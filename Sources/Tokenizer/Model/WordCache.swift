import CText

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The tokens of short words met lately: a table of pairs of slots, each pair a cache line.
///
/// A word of at most 15 bytes is two integers (its bytes, zero-filled, and its length in the last
/// byte). Up to three tokens lie in the slot, more in a side buffer; when that is full, everything
/// is forgotten.
final class WordCache {
  /// Longer words are not kept.
  static let longestWord = Int(apus_longest_word)

  /// A word as two integers.
  struct Key {
    var low: UInt64
    var high: UInt64
  }

  private static let bits: UInt64 = 16
  private static let overflowCapacity = 1 << 18
  private let memory: ZeroedMemory
  private let slots: UnsafeMutablePointer<apus_word>
  private let overflow: UnsafeMutablePointer<TokenID>
  private var overflowCount = 0

  init() {
    memory = ZeroedMemory(byteCount: 64 << Int(Self.bits))
    // No word has a length of zero, so a zero key is an empty slot.
    slots = memory.start.bindMemory(to: apus_word.self, capacity: 2 << Int(Self.bits))
    overflow = .allocate(capacity: Self.overflowCapacity)
  }

  deinit { overflow.deallocate() }

  /// The table as the kernels see it.
  var table: apus_words {
    apus_words(slots: slots, longer: overflow, shift: UInt32(64 - Self.bits))
  }

  private func clear() {
    memset(slots, 0, 64 << Int(Self.bits))
    overflowCount = 0
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

  /// The first of the two slots in which a word may be.
  @inline(__always)
  private func pair(_ key: Key) -> UnsafeMutablePointer<apus_word> {
    let hash = apus_word_hash(key.low, key.high)
    return slots + 2 * Int(truncatingIfNeeded: hash >> (64 - Self.bits))
  }

  /// The slot that holds a word if it is known, found without a branch.
  @inline(__always)
  func slot(for key: Key) -> UnsafeMutablePointer<apus_word> {
    let pair = pair(key)
    let differs = (pair.pointee.low ^ key.low) | (pair.pointee.high ^ key.high)
    return pair + (differs == 0 ? 0 : 1)
  }

  /// Writes the tokens in a slot to `output`, which has room for 15, and returns their number, or −1
  /// if the slot holds another word.
  @inline(__always)
  func copy(
    _ key: Key, from slot: UnsafeMutablePointer<apus_word>, to output: UnsafeMutablePointer<TokenID>
  ) -> Int {
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

  /// Writes the tokens of a known word to `output`, which has room for 15, and returns their number,
  /// or −1 if the word is not known.
  @inline(__always)
  func copy(_ key: Key, to output: UnsafeMutablePointer<TokenID>) -> Int {
    copy(key, from: slot(for: key), to: output)
  }

  /// Keeps a word's tokens; of the two words in its places the older one is forgotten.
  func insert(_ key: Key, tokens: UnsafePointer<TokenID>, count: Int) {
    var entry = apus_word(
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
    let slot = pair(key)
    slot[1] = slot[0]
    slot[0] = entry
  }
}
