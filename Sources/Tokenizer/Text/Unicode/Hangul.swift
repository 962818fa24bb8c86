/// Hangul syllables, which are composed of their letters by arithmetic.
///
/// The Unicode Standard, section 3.12.
enum Hangul {
  static let syllables = 0xAC00..<0xD7A4
  static let leaders = 0x1100..<0x1113
  static let vowels = 0x1161..<0x1176
  static let trailers = 0x11A8..<0x11C3

  @inline(__always)
  static func isSyllable(_ character: UInt32) -> Bool { character &- 0xAC00 < 11_172 }

  /// Whether a syllable has no trailing consonant.
  static func isOpen(_ syllable: UInt32) -> Bool { (syllable - 0xAC00) % 28 == 0 }

  /// Calls `body` with the letters of a syllable.
  @inline(__always)
  static func decompose(_ syllable: UInt32, _ body: (UInt32) -> Void) {
    let index = syllable - 0xAC00
    body(0x1100 + index / 588)
    body(0x1161 + index % 588 / 28)
    if index % 28 > 0 { body(0x11A7 + index % 28) }
  }

  /// The syllable that two letters, or an open syllable and a letter, make.
  @inline(__always)
  static func compose(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if leaders.contains(Int(first)), vowels.contains(Int(second)) {
      return 0xAC00 + ((first - 0x1100) * 21 + second - 0x1161) * 28
    }
    if trailers.contains(Int(second)), isSyllable(first), isOpen(first) {
      return first + second - 0x11A7
    }
    return nil
  }
}
