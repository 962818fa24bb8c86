/// Removes control characters and makes spaces of unusual white space: the component `Nmt`.
///
/// The characters are those of SentencePiece's rules for machine translation.
enum NmtNormalizer {
  static func apply(to text: inout AlignedText) {
    text.changeCharacters(keepsASCII: { $0 &- 0x20 < 0x5F }) { character in
      switch character {
      case 0x01...0x08, 0x0B, 0x0E...0x1F, 0x7F, 0x8F, 0x9F: .remove
      case 0x09, 0x0A, 0x0C, 0x0D, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
        .replace(0x20)
      default: .keep
      }
    }
  }
}
