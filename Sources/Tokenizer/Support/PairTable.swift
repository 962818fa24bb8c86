/// What a pair of neighbouring tokens merges to.
struct Merge {
  /// The place in the list of merges; lower ones come first.
  var rank: UInt32
  /// The token that the pair becomes.
  var token: TokenID
}

/// A fixed map from pairs of tokens to their merge: open addressing, 16 bytes a slot.
final class PairTable: @unchecked Sendable {
  private struct Slot {
    /// The complement of the pair's key, which is never zero; zero marks an empty slot.
    var key: UInt64
    var rank: UInt32
    var token: TokenID
  }

  private static let empty: UInt64 = 0
  private let memory: ZeroedMemory
  private let slots: UnsafeMutablePointer<Slot>
  private let slotCount: Int
  private let shift: UInt64
  /// Differs from table to table, so that no file can be made to collide.
  private let multiplier = UInt64.random(in: 1 << 60 ... .max) | 1

  /// Makes room for `count` pairs.
  init(capacity count: Int) {
    var bits: UInt64 = 4
    while 1 << bits < count * 2 { bits += 1 }
    slotCount = 1 << Int(bits)
    shift = 64 - bits
    memory = ZeroedMemory(byteCount: MemoryLayout<Slot>.stride * slotCount)
    slots = memory.start.bindMemory(to: Slot.self, capacity: slotCount)
  }

  @inline(__always)
  private func key(_ left: TokenID, _ right: TokenID) -> UInt64 {
    ~(UInt64(UInt32(bitPattern: left)) << 32 | UInt64(UInt32(bitPattern: right)))
  }

  @inline(__always)
  private func slot(for key: UInt64) -> Int {
    Int(truncatingIfNeeded: (key &* multiplier) >> shift)
  }

  /// Enters a pair; a later merge of the same pair replaces an earlier one.
  func insert(_ left: TokenID, _ right: TokenID, _ merge: Merge) {
    let key = key(left, right)
    var at = slot(for: key)
    while slots[at].key != Self.empty, slots[at].key != key { at = (at + 1) & (slotCount - 1) }
    slots[at] = Slot(key: key, rank: merge.rank, token: merge.token)
  }

  /// The merge of a pair, with rank `UInt32.max` if there is none.
  @inline(__always)
  func lookup(_ left: TokenID, _ right: TokenID) -> Merge {
    let key = key(left, right)
    var at = slot(for: key)
    while true {
      let slot = slots[at]
      if slot.key == key { return Merge(rank: slot.rank, token: slot.token) }
      if slot.key == Self.empty { return Merge(rank: .max, token: -1) }
      at = (at + 1) & (slotCount - 1)
    }
  }
}
