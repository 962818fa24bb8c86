import CText

/// What a pair of neighbouring tokens merges to.
typealias Merge = apus_merge

extension Merge {
  /// What pairs that are in no merge have.
  static let none = Merge(rank: noRank, token: -1)
  /// The rank of what is no merge; those of merges, their places in the list, come before it.
  static let noRank = UInt32(apus_no_merge)
}

/// A fixed map from pairs of tokens to their merge: open addressing, 16 bytes a slot.
final class PairTable: @unchecked Sendable {
  private let memory: ZeroedMemory
  private let slots: UnsafeMutablePointer<apus_pair>
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
    memory = ZeroedMemory(byteCount: MemoryLayout<apus_pair>.stride * slotCount)
    slots = memory.start.bindMemory(to: apus_pair.self, capacity: slotCount)
  }

  /// The table as the kernels see it, with what they know of bytes.
  func merges(
    bytes: UnsafePointer<TokenID>, pairs: UnsafePointer<Merge>
  ) -> apus_merges {
    apus_merges(
      pairs: slots, multiplier: multiplier, shift: UInt32(shift), mask: UInt32(slotCount - 1),
      byte_tokens: bytes, byte_merges: pairs)
  }

  /// The complement of both tokens, which is never zero; zero marks an empty slot.
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
    while slots[at].key != 0, slots[at].key != key { at = (at + 1) & (slotCount - 1) }
    slots[at] = apus_pair(key: key, merge: merge)
  }

  /// The merge of a pair, with rank `Merge.noRank` if there is none.
  @inline(__always)
  func lookup(_ left: TokenID, _ right: TokenID) -> Merge {
    let key = key(left, right)
    var at = slot(for: key)
    while true {
      let slot = slots[at]
      if slot.key == key { return slot.merge }
      if slot.key == 0 { return .none }
      at = (at + 1) & (slotCount - 1)
    }
  }
}
