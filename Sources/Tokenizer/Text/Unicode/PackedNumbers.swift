/// Reads the numbers that Scripts/make-unicode-tables wrote as text.
///
/// A character holds five bits of a number, the lowest first, and a sixth that says whether more
/// follow. The characters are those from `#` on without the backslash.
struct PackedNumbers {
  private let start: UnsafePointer<UInt8>
  private let count: Int
  private var at = 0

  init(_ text: StaticString) {
    start = text.utf8Start
    count = text.utf8CodeUnitCount
  }

  /// The next number, or nil at the end.
  mutating func next() -> UInt32? {
    var value: UInt32 = 0
    var shift: UInt32 = 0
    while at < count {
      let byte = UInt32(start[at])
      at += 1
      let digit = byte - (byte > 92 ? 36 : 35)
      value |= (digit & 31) << shift
      if digit < 32 { return value }
      shift += 5
    }
    return nil
  }

  /// The next number, which was doubled or, if it is negative, doubled and inverted.
  mutating func nextSigned() -> Int32? {
    next().map { Int32(bitPattern: $0 >> 1) ^ -Int32(bitPattern: $0 & 1) }
  }

  /// Calls `body` with each of the ranges of code points that the text lists, and its value.
  mutating func forEachRun(_ body: (_ range: Range<Int>, _ value: UInt32) -> Void) {
    var at = 0
    while let gap = next(), let more = next(), let value = next() {
      let start = at + Int(gap)
      at = start + Int(more) + 1
      body(start..<at, value)
    }
  }

  /// Calls `body` with each of the code points that the text lists, and the characters it maps to.
  mutating func forEachMapping(_ body: (_ point: Int, _ characters: [UInt32]) -> Void) {
    var at = 0
    var before: [Int32] = []
    while let head = next() {
      let point = at + Int(head / 4)
      at = point + 1
      let count = head % 4 < 3 ? Int(head % 4) + 1 : Int(next() ?? 0) + 4
      while before.count < count { before.append(0) }
      for place in 0..<count { before[place] += nextSigned() ?? 0 }
      body(point, before[..<count].map { UInt32(bitPattern: $0) })
    }
  }
}
