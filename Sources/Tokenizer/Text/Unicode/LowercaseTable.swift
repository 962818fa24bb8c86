/// The lower case of characters, as the reference has it.
///
/// The full mapping of the Unicode Character Database without those that depend on context: a final
/// sigma becomes σ like any other.
final class LowercaseTable: Sendable {
  static let shared = LowercaseTable()

  /// İ, the only character with two characters in lower case: i and a dot above.
  static let dottedI: UInt32 = 0x130
  /// The second character of the lower case of İ.
  static let dotAbove: UInt32 = 0x307

  /// What to add to each character.
  private let differences: PagedTable

  private init() {
    differences = PagedTable { builder in
      var numbers = PackedNumbers(UnicodeTables.lowerData)
      numbers.forEachRun { range, value in
        let difference = Int32(bitPattern: value >> 1) ^ -Int32(bitPattern: value & 1)
        builder.insert(UInt32(bitPattern: difference), in: range)
      }
      let dotted = Int(Self.dottedI)
      builder.insert(0x69 &- Self.dottedI, in: dotted..<dotted + 1)
    }
  }

  /// The first, mostly the only character of the lower case of a character.
  @inline(__always)
  subscript(character: UInt32) -> UInt32 { character &+ differences[character] }
}
