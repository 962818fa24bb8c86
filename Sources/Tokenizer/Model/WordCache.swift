import CText

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

  private static let bits: UInt32 = 16
  private static let overflowCapacity = 1 << 18
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
        bits: Self.bits,
        longer: .allocate(capacity: Self.overflowCapacity + Int(apus_spare_tokens)),
        longer_count: 0, longer_capacity: UInt32(Self.overflowCapacity)))
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

  /// Writes the tokens of a known word to `output`, which has room for 15, and returns their number,
  /// or −1 if the word is not known.
  @inline(__always)
  func copy(_ key: Key, to output: UnsafeMutablePointer<TokenID>) -> Int {
    guard let pair = apus_word_pair(table.pointee.slots, table.pointee.bits, key.low, key.high),
      let guests = apus_neighbor_pair(pair)
    else { return -1 }
    func holds(_ slot: UnsafeMutablePointer<apus_word>) -> Bool {
      slot.pointee.low == key.low && slot.pointee.high == key.high
    }
    let slot: UnsafeMutablePointer<apus_word>
    if holds(pair) {
      slot = pair
    } else if holds(pair + 1) {
      slot = pair + 1
    } else if holds(guests + 1) {
      slot = guests + 1
    } else if holds(guests) {
      slot = guests
    } else {
      return -1
    }
    let count = Int(slot.pointee.count)
    if count <= 3 {
      output[0] = slot.pointee.first
      output[1] = slot.pointee.second
      output[2] = slot.pointee.third
    } else {
      output.update(from: table.pointee.longer + Int(slot.pointee.first), count: count)
    }
    return count
  }

  /// Keeps a word's tokens; if there is no place left, those of another word are forgotten.
  func insert(_ key: Key, tokens: UnsafePointer<TokenID>, count: Int) {
    apus_keep_word(table, key.low, key.high, tokens, count)
  }
}
