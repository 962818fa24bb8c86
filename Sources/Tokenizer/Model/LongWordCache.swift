/// The tokens of words met lately that are too long for `WordCache`: a direct-mapped table of hashes
/// whose words and tokens lie in two buffers; when one is full, everything is forgotten.
final class LongWordCache {
  /// Longer words are not kept.
  static let longestWord = 128

  private struct Slot {
    var hash: UInt64 = 0
    var text: Int32 = 0
    var tokens: Int32 = 0
    /// Zero in a slot that is empty.
    var length: Int32 = 0
    var count: Int32 = 0
  }

  private static let bits = 16
  private static let textCapacity = 1 << 21
  private static let tokenCapacity = 1 << 20
  private let memory: ZeroedMemory
  private let slots: UnsafeMutablePointer<Slot>
  private let texts: UnsafeMutablePointer<UInt8>
  private let tokens: UnsafeMutablePointer<TokenID>
  private var textCount = 0
  private var tokenCount = 0

  init() {
    memory = ZeroedMemory(byteCount: MemoryLayout<Slot>.stride << Self.bits)
    slots = memory.start.bindMemory(to: Slot.self, capacity: 1 << Self.bits)
    texts = .allocate(capacity: Self.textCapacity)
    tokens = .allocate(capacity: Self.tokenCapacity)
  }

  deinit {
    texts.deallocate()
    tokens.deallocate()
  }

  private func clear() {
    slots.initialize(repeating: Slot(), count: 1 << Self.bits)
    textCount = 0
    tokenCount = 0
  }

  /// Writes the tokens of a known word to `output`, which has room for one a byte, and returns their
  /// number, or −1 if the word is not known.
  func copy(
    _ word: UnsafeBufferPointer<UInt8>, hash: UInt64, to output: UnsafeMutablePointer<TokenID>
  ) -> Int {
    let slot = slots[Int(truncatingIfNeeded: hash >> UInt64(64 - Self.bits))]
    guard slot.hash == hash, Int(slot.length) == word.count,
      equalBytes(texts + Int(slot.text), word.baseAddress, word.count)
    else { return -1 }
    output.update(from: tokens + Int(slot.tokens), count: Int(slot.count))
    return Int(slot.count)
  }

  /// Keeps a word's tokens in the place of whatever word was there.
  func insert(
    _ word: UnsafeBufferPointer<UInt8>, hash: UInt64, tokens made: UnsafePointer<TokenID>,
    count: Int
  ) {
    guard let text = word.baseAddress else { return }
    if textCount + word.count > Self.textCapacity || tokenCount + count > Self.tokenCapacity {
      clear()
    }
    (texts + textCount).update(from: text, count: word.count)
    (tokens + tokenCount).update(from: made, count: count)
    slots[Int(truncatingIfNeeded: hash >> UInt64(64 - Self.bits))] = Slot(
      hash: hash, text: Int32(textCount), tokens: Int32(tokenCount), length: Int32(word.count),
      count: Int32(count))
    textCount += word.count
    tokenCount += count
  }
}
