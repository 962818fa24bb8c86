/// The characters that pairs of characters are composed to.
struct CompositionTable: Sendable {
  /// Open addressing: 21 bits each of the first, the second and the composed character; 0 is free.
  private var slots = [UInt64](repeating: 0, count: 4096)
  /// All characters that are the second of a pair.
  private(set) var seconds: Set<UInt32> = []

  /// Makes the table from full decompositions.
  ///
  /// A character is composed of what all parts but the last are composed to and the last part.
  init(_ decompositions: [Int: [UInt32]]) {
    for (composed, parts) in decompositions.sorted(by: { $0.value.count < $1.value.count }) {
      guard var first = parts.first, let last = parts.last else { continue }
      for part in parts.dropFirst().dropLast() { first = self[first, part] ?? first }
      seconds.insert(last)
      let key = UInt64(first) << 21 | UInt64(last)
      var slot = Self.slot(key)
      while slots[slot] != 0 { slot = (slot + 1) & 4095 }
      slots[slot] = key << 21 | UInt64(composed)
    }
  }

  subscript(first: UInt32, second: UInt32) -> UInt32? {
    let key = UInt64(first) << 21 | UInt64(second)
    var slot = Self.slot(key)
    while slots[slot] != 0 {
      if slots[slot] >> 21 == key { return UInt32(slots[slot] & 0x1F_FFFF) }
      slot = (slot + 1) & 4095
    }
    return nil
  }

  private static func slot(_ key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* 0x9E37_79B9_7F4A_7C15) >> 52)
  }
}
