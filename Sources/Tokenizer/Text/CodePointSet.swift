/// A set of characters as ranges of code points, such as the class of a regular expression.
struct CodePointSet: Sendable, Equatable {
  /// The ranges: in order, apart from each other.
  private(set) var ranges: [ClosedRange<UInt32>] = []

  init(_ ranges: [ClosedRange<UInt32>] = []) {
    for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) { append(range) }
  }

  /// The characters of Unicode 16 that fulfil a condition, and nothing else.
  init(where isMember: (Unicode.Scalar) -> Bool) {
    // Planes that had no character by then are left out: asking for a property takes time.
    for domain in [UInt32(0)...0x32FFF, 0xE0000...0xE0FFF] {
      for value in domain {
        guard let scalar = Unicode.Scalar(value) else { continue }
        if isMember(scalar), let age = scalar.properties.age, age <= UnicodeClasses.version {
          append(value...value)
        }
      }
    }
  }

  /// Adds a range that begins where the others end, or later.
  private mutating func append(_ range: ClosedRange<UInt32>) {
    guard let last = ranges.last, UInt64(last.upperBound) + 1 >= range.lowerBound else {
      return ranges.append(range)
    }
    ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
  }

  /// All characters that are not in the set.
  var complement: CodePointSet {
    var result = CodePointSet()
    var next: UInt32 = 0
    for range in ranges {
      if range.lowerBound > next { result.ranges.append(next...range.lowerBound - 1) }
      next = range.upperBound + 1
    }
    if next < 0x11_0000 { result.ranges.append(next...0x10_FFFF) }
    return result
  }

  /// The characters that are in either set.
  func union(_ other: CodePointSet) -> CodePointSet { CodePointSet(ranges + other.ranges) }

  /// The characters of this set that are not in the other.
  func subtracting(_ other: CodePointSet) -> CodePointSet {
    complement.union(other).complement
  }

  /// Whether a character is in the set.
  func contains(_ character: UInt32) -> Bool {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound < character { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].lowerBound <= character
  }

  /// The ranges as they stand between the brackets of a regular expression.
  var pattern: String {
    var result = ""
    func add(_ range: ClosedRange<UInt32>) {
      result += "\\x{\(String(range.lowerBound, radix: 16))}"
      // Always a range, so that a hyphen after it is itself.
      result += "-\\x{\(String(range.upperBound, radix: 16))}"
    }
    for range in ranges {
      // Oniguruma 6.9.8 negates a range wrongly that begins with U+0000 and goes beyond ASCII.
      if range.lowerBound < 0x80, range.upperBound >= 0x80 {
        add(range.lowerBound...0x7F)
        add(0x80...range.upperBound)
      } else {
        add(range)
      }
    }
    return result
  }
}
