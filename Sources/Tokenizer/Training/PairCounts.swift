/// How often each pair of neighbouring tokens occurs in the words of a training text.
///
/// An open-addressing table that numbers pairs in order of arrival.
struct PairCounts: ~Copyable {
  private var slots: UnsafeMutablePointer<UInt32>
  private var mask: Int
  private(set) var pairs: [UInt64] = []
  var counts: [Int64] = []

  init() {
    mask = (1 << 16) - 1
    slots = .allocate(capacity: mask + 1)
    slots.initialize(repeating: 0, count: mask + 1)
  }

  deinit {
    slots.deallocate()
  }

  @inline(__always)
  static func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
    UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right))
  }

  @inline(__always)
  private static func hash(_ key: UInt64) -> Int {
    let product = key &* 0x9E37_79B9_7F4A_7C15
    return Int(truncatingIfNeeded: product ^ product >> 32)
  }

  /// The number of a pair, which starts with a count of zero if it is new.
  @inline(__always)
  mutating func number(of key: UInt64) -> Int {
    var at = Self.hash(key) & mask
    while slots[at] != 0 {
      let number = Int(slots[at]) - 1
      if pairs[number] == key { return number }
      at = (at + 1) & mask
    }
    pairs.append(key)
    counts.append(0)
    slots[at] = UInt32(pairs.count)
    if pairs.count * 2 > mask { grow() }
    return pairs.count - 1
  }

  private mutating func grow() {
    let slotCount = (mask + 1) * 2
    slots.deallocate()
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: 0, count: slotCount)
    mask = slotCount - 1
    for (number, key) in pairs.enumerated() {
      var at = Self.hash(key) & mask
      while slots[at] != 0 { at = (at + 1) & mask }
      slots[at] = UInt32(number + 1)
    }
  }
}
