/// A growing map from byte strings to the numbers 0, 1, 2 … in order of arrival.
///
/// Strings lie one after another in one buffer; a slot holds half a hash and the number, so that
/// looking up rarely compares in vain.
final class ByteStringTable {
  private struct Slot {
    /// The upper half of the hash.
    var tag: UInt32
    /// The number of the string plus one; zero marks an empty slot.
    var entry: UInt32
  }

  @exclusivity(unchecked) private var slots: UnsafeMutablePointer<Slot>
  @exclusivity(unchecked) private var mask: Int
  @exclusivity(unchecked) private var bytes: UnsafeMutablePointer<UInt8>
  @exclusivity(unchecked) private var byteCapacity: Int
  @exclusivity(unchecked) private var byteCount = 0
  /// Differs from table to table, so that no file can be made to collide.
  private let seed = UInt64.random(in: .min ... .max)
  /// Where each string starts, and in the end where the next one would.
  @exclusivity(unchecked) private var starts: [Int] = [0]

  /// The number of different strings.
  var count: Int { starts.count - 1 }

  /// Makes an empty table with room for about `capacity` strings and so many bytes of them.
  init(capacity: Int = 1024, byteCapacity: Int = 4096) {
    var slotCount = 64
    while slotCount < capacity * 2 { slotCount *= 2 }
    mask = slotCount - 1
    slots = .allocate(capacity: slotCount)
    slots.initialize(repeating: Slot(tag: 0, entry: 0), count: slotCount)
    self.byteCapacity = byteCapacity
    starts.reserveCapacity(capacity)
    bytes = .allocate(capacity: byteCapacity)
  }

  deinit {
    slots.deallocate()
    bytes.deallocate()
  }

  /// The bytes of the string with a number.
  subscript(number: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(
      start: bytes + starts[number], count: starts[number + 1] - starts[number])
  }

  /// The number of a string that is in the table.
  @inline(__always)
  func find(_ string: UnsafeBufferPointer<UInt8>) -> Int? {
    let hash = hashOfBytes(string, seed: seed)
    let at = slot(of: string, hash: hash)
    let entry = slots[at].entry
    return entry == 0 ? nil : Int(entry) - 1
  }

  /// The number of a string, which is entered if it is new.
  @inline(__always)
  func insert(_ string: UnsafeBufferPointer<UInt8>) -> Int {
    let hash = hashOfBytes(string, seed: seed)
    let at = slot(of: string, hash: hash)
    let entry = slots[at].entry
    return entry == 0 ? append(string, hash: hash, at: at) : Int(entry) - 1
  }

  @inline(__always)
  private func slot(of string: UnsafeBufferPointer<UInt8>, hash: UInt64) -> Int {
    let tag = UInt32(truncatingIfNeeded: hash >> 32)
    var at = Int(truncatingIfNeeded: hash) & mask
    while slots[at].entry != 0 {
      if slots[at].tag == tag {
        let known = self[Int(slots[at].entry) - 1]
        if known.count == string.count,
          equalBytes(known.baseAddress, string.baseAddress, string.count)
        {
          return at
        }
      }
      at = (at + 1) & mask
    }
    return at
  }

  @inline(never)
  private func append(_ string: UnsafeBufferPointer<UInt8>, hash: UInt64, at: Int) -> Int {
    precondition(count < Int(UInt32.max) - 1, "ByteStringTable holds at most 2³² − 2 strings")
    if byteCount + string.count > byteCapacity {
      byteCapacity = max(byteCapacity * 2, byteCount + string.count)
      let grown = UnsafeMutablePointer<UInt8>.allocate(capacity: byteCapacity)
      grown.update(from: bytes, count: byteCount)
      bytes.deallocate()
      bytes = grown
    }
    if let source = string.baseAddress {
      (bytes + byteCount).update(from: source, count: string.count)
    }
    byteCount += string.count
    starts.append(byteCount)
    slots[at] = Slot(tag: UInt32(truncatingIfNeeded: hash >> 32), entry: UInt32(count))
    if count * 2 > mask { grow() }
    return count - 1
  }

  private func grow() {
    let newCount = (mask + 1) * 2
    slots.deallocate()
    slots = .allocate(capacity: newCount)
    slots.initialize(repeating: Slot(tag: 0, entry: 0), count: newCount)
    mask = newCount - 1
    for number in 0..<count {
      let hash = hashOfBytes(self[number], seed: seed)
      var at = Int(truncatingIfNeeded: hash) & mask
      while slots[at].entry != 0 { at = (at + 1) & mask }
      slots[at] = Slot(tag: UInt32(truncatingIfNeeded: hash >> 32), entry: UInt32(number + 1))
    }
  }
}

@inline(__always)
func equalBytes(
  _ left: UnsafePointer<UInt8>?, _ right: UnsafePointer<UInt8>?, _ count: Int
) -> Bool {
  guard let left, let right else { return count == 0 }
  var at = 0
  while at &+ 8 <= count {
    guard eightBytes(left + at) == eightBytes(right + at) else { return false }
    at &+= 8
  }
  return at == count || lastBytes(left, count) == lastBytes(right, count)
}

/// A fast 64-bit hash for tables in memory.
@inline(__always)
func hashOfBytes(_ string: UnsafeBufferPointer<UInt8>, seed: UInt64) -> UInt64 {
  var hash = seed ^ UInt64(string.count)
  guard let start = string.baseAddress else { return hash }
  var at = 0
  while at &+ 8 <= string.count {
    hash = mix(hash, eightBytes(start + at))
    at &+= 8
  }
  return at == string.count ? hash : mix(hash, lastBytes(start, string.count))
}

@inline(__always)
private func eightBytes(_ start: UnsafePointer<UInt8>) -> UInt64 {
  UnsafeRawPointer(start).loadUnaligned(as: UInt64.self)
}

/// A number that, together with what stands before the last 8 bytes, tells strings of a length apart:
/// the last 8 bytes, or all if there are fewer.
@inline(__always)
private func lastBytes(_ start: UnsafePointer<UInt8>, _ count: Int) -> UInt64 {
  if count >= 8 { return eightBytes(start + (count &- 8)) }
  let raw = UnsafeRawPointer(start)
  if count >= 4 {
    let first = raw.loadUnaligned(as: UInt32.self)
    let last = raw.loadUnaligned(fromByteOffset: count &- 4, as: UInt32.self)
    return UInt64(first) << 32 | UInt64(last)
  }
  guard count > 0 else { return 0 }
  return UInt64(start[0]) << 16 | UInt64(start[count >> 1]) << 8 | UInt64(start[count &- 1])
}

/// Multiplies to 128 bits and folds the halves together.
@inline(__always)
private func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
  let product = (left ^ 0x9E37_79B9_7F4A_7C15).multipliedFullWidth(
    by: right ^ 0xD6E8_FEB8_6659_FD93)
  return product.high ^ product.low
}
