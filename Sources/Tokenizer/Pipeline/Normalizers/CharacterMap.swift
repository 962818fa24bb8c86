/// The rules by which SentencePiece replaces characters: a `precompiled_charsmap`.
///
/// A length in bytes, a trie of so many bytes (Darts' double array of little-endian units), then the
/// replacements, each ended by a zero byte; the trie's values are places among them. SentencePiece,
/// `src/normalizer.cc`.
struct CharacterMap: Sendable {
  /// The bytes of a map without rules.
  static let noRules: [UInt8] = [4, 0, 0, 0, 0, 0, 0, 0]

  private let units: [UInt32]
  private let replacements: [UInt8]

  /// Reads a map; nil if it is cut short or its replacements are no UTF-8.
  init?(_ bytes: [UInt8]) {
    func number(_ at: Int) -> UInt32 {
      (0..<4).reduce(0) { $0 | UInt32(bytes[at + $1]) << UInt32(8 * $1) }
    }
    guard bytes.count >= 4 else { return nil }
    let count = Int(number(0)) / 4
    guard count > 0, count <= (bytes.count - 4) / 4 else { return nil }
    units = (0..<count).map { number(4 + 4 * $0) }
    replacements = Array(bytes[(4 + 4 * count)...])
    guard String(validating: replacements, as: UTF8.self) != nil else { return nil }
  }

  /// What replaces a text: the replacement of its shortest beginning that has one.
  ///
  /// The reference looks no further either.
  @inline(__always)
  func replacement(of text: UnsafePointer<UInt8>, _ range: Range<Int>) -> ArraySlice<UInt8>? {
    units.withUnsafeBufferPointer { units in
      var unit = units[0]
      var node = Self.offset(unit)
      for at in range {
        let byte = UInt32(text[at])
        if byte == 0 { return nil }
        node ^= byte
        guard Int(node) < units.count else { return nil }
        unit = units[Int(node)]
        guard unit & 0x8000_00FF == byte else { return nil }
        node ^= Self.offset(unit)
        if unit >> 8 & 1 == 1 {
          guard Int(node) < units.count else { return nil }
          return entry(at: Int(units[Int(node)] & 0x7FFF_FFFF))
        }
      }
      return nil
    }
  }

  /// The longest beginning of a text that is replaced, and by what.
  ///
  /// What SentencePiece itself looks for; a rule that ends within a character is passed over.
  func longestReplacement(
    of text: UnsafePointer<UInt8>, _ range: Range<Int>
  ) -> (length: Int, replacement: ArraySlice<UInt8>)? {
    units.withUnsafeBufferPointer { units in
      var node = Self.offset(units[0])
      var found: (length: Int, start: Int)?
      for at in range {
        let byte = UInt32(text[at])
        node ^= byte
        guard byte != 0, Int(node) < units.count else { break }
        let unit = units[Int(node)]
        guard unit & 0x8000_00FF == byte else { break }
        node ^= Self.offset(unit)
        if unit >> 8 & 1 == 1 {
          guard Int(node) < units.count else { break }
          let end = at + 1
          if end == range.upperBound || text[end] & 0xC0 != 0x80 {
            found = (end - range.lowerBound, Int(units[Int(node)] & 0x7FFF_FFFF))
          }
        }
      }
      guard let found, let replacement = entry(at: found.start) else { return nil }
      return (found.length, replacement)
    }
  }

  /// Whether a rule begins with an ASCII character and another one after it.
  func hasLongerRule(after first: UInt8) -> Bool {
    let node = Self.offset(units[0]) ^ UInt32(first)
    guard Int(node) < units.count, units[Int(node)] & 0x8000_00FF == UInt32(first) else {
      return false
    }
    let base = node ^ Self.offset(units[Int(node)])
    return (UInt32(1)..<0x80).contains {
      Int(base ^ $0) < units.count && units[Int(base ^ $0)] & 0x8000_00FF == $0
    }
  }

  private static func offset(_ unit: UInt32) -> UInt32 {
    (unit >> 10) << ((unit & 1 << 9) >> 6)
  }

  /// The replacement that begins at a place, nil if none can.
  private func entry(at start: Int) -> ArraySlice<UInt8>? {
    guard start <= replacements.count else { return nil }
    let end = replacements[start...].firstIndex(of: 0) ?? replacements.count
    if start < end, replacements[start] & 0xC0 == 0x80 { return nil }
    return replacements[start..<end]
  }
}
