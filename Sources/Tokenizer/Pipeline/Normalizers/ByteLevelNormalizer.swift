/// Writes each byte as its character in the alphabet of byte-level vocabularies: the component
/// `ByteLevel` among normalizers.
enum ByteLevelNormalizer {
  static func apply(to text: inout AlignedText) {
    if text.bytes.isEmpty { return }
    text.rewrite { bytes, writer in
      ByteAlphabet.characters.withUnsafeBufferPointer { characters in
        for (place, byte) in bytes.enumerated() {
          writer.replace(at: place, with: UInt32(characters[Int(byte)]))
        }
      }
    }
  }
}
