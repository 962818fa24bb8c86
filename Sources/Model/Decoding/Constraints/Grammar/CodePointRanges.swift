/// A set of Unicode scalars as sorted ranges that do not touch.
struct CodePointRanges: Sendable, Equatable {
  private(set) var ranges: [ClosedRange<UInt32>]

  /// Every scalar, which no surrogate is.
  static let all = CodePointRanges([0...0xD7FF, 0xE000...0x10FFFF])

  init(_ ranges: [ClosedRange<UInt32>] = []) {
    self.ranges = []
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let last = self.ranges.last, range.lowerBound <= last.upperBound + 1 {
        let end = max(last.upperBound, range.upperBound)
        self.ranges[self.ranges.count - 1] = last.lowerBound...end
      } else {
        self.ranges.append(range)
      }
    }
  }

  init(_ characters: String) {
    self.init(characters.unicodeScalars.map { $0.value...$0.value })
  }

  var isEmpty: Bool { ranges.isEmpty }

  func union(_ other: CodePointRanges) -> CodePointRanges {
    CodePointRanges(ranges + other.ranges)
  }

  func intersection(_ other: CodePointRanges) -> CodePointRanges {
    var common: [ClosedRange<UInt32>] = []
    for one in ranges {
      for two in other.ranges where one.overlaps(two) { common.append(one.clamped(to: two)) }
    }
    return CodePointRanges(common)
  }

  /// Every scalar that is not in the set.
  var inverted: CodePointRanges {
    var gaps: [ClosedRange<UInt32>] = []
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { gaps.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { gaps.append(next...0x10FFFF) }
    return CodePointRanges(gaps).intersection(.all)
  }

  func contains(_ scalar: UInt32) -> Bool { ranges.contains { $0.contains(scalar) } }
}

/// The UTF-8 forms of a range of scalars: sequences of byte ranges whose products are the range.
func utf8Ranges(_ range: ClosedRange<UInt32>) -> [[ClosedRange<UInt8>]] {
  var result: [[ClosedRange<UInt8>]] = []
  // One length at a time; surrogates are between two of them by the sets above.
  for (first, last, count) in [
    (0, 0x7F, 1), (0x80, 0x7FF, 2), (0x800, 0xFFFF, 3), (0x10000, 0x10FFFF, 4),
  ] as [(UInt32, UInt32, Int)] {
    let low = max(first, range.lowerBound)
    let high = min(last, range.upperBound)
    if low <= high { split(low, high, count, into: &result) }
  }
  return result
}

/// Splits a range of scalars of one length until its forms are products of byte ranges.
private func split(
  _ low: UInt32, _ high: UInt32, _ count: Int, into result: inout [[ClosedRange<UInt8>]]
) {
  for place in 1..<max(count, 1) {
    // The last `place` bytes carry six bits each.
    let mask: UInt32 = (1 << (6 * UInt32(place))) - 1
    if low & ~mask != high & ~mask {
      if low & mask != 0 {
        split(low, low | mask, count, into: &result)
        split((low | mask) + 1, high, count, into: &result)
        return
      }
      if high & mask != mask {
        split(low, (high & ~mask) - 1, count, into: &result)
        split(high & ~mask, high, count, into: &result)
        return
      }
    }
  }
  let (first, last) = (utf8(low, count), utf8(high, count))
  result.append(zip(first, last).map { $0...$1 })
}

private func utf8(_ scalar: UInt32, _ count: Int) -> [UInt8] {
  if count == 1 { return [UInt8(scalar)] }
  let lead: [UInt32] = [0, 0, 0xC0, 0xE0, 0xF0]
  var bytes = [UInt8(lead[count] | scalar >> (6 * UInt32(count - 1)))]
  for place in stride(from: count - 2, through: 0, by: -1) {
    bytes.append(UInt8(0x80 | (scalar >> (6 * UInt32(place))) & 0x3F))
  }
  return bytes
}
