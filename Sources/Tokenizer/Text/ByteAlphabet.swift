/// The printable characters that byte-level vocabularies write instead of bytes.
///
/// The 188 printable characters of Latin-1 stand for themselves; the other 68 bytes, in order, take
/// the characters from U+0100 on (GPT-2's `bytes_to_unicode`).
enum ByteAlphabet {
  /// The character of each byte: a value below 0x144.
  static let characters: [UInt16] = {
    var result = [UInt16](repeating: 0, count: 256)
    var next: UInt16 = 0x100
    for byte in UInt16(0)..<256 {
      if (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE {
        result[Int(byte)] = byte
      } else {
        result[Int(byte)] = next
        next += 1
      }
    }
    return result
  }()

  /// The byte of each character below 0x144, −1 for those that stand for none.
  private static let bytes: [Int16] = {
    var result = [Int16](repeating: -1, count: 0x144)
    for (byte, character) in characters.enumerated() {
      result[Int(character)] = Int16(byte)
    }
    return result
  }()

  /// The bytes in the order of their characters, which is the order of trained vocabularies.
  static let bytesInCharacterOrder: [UInt8] = (0...255).sorted {
    characters[Int($0)] < characters[Int($1)]
  }

  /// The byte that a character stands for.
  static func byte(for character: Unicode.Scalar) -> UInt8? {
    guard character.value < 0x144 else { return nil }
    let byte = bytes[Int(character.value)]
    return byte < 0 ? nil : UInt8(byte)
  }

  /// The bytes that a token's text stands for, or nil if some character stands for none.
  static func bytes(of token: String) -> [UInt8]? {
    var result: [UInt8] = []
    result.reserveCapacity(token.utf8.count)
    for character in token.unicodeScalars {
      guard let byte = byte(for: character) else { return nil }
      result.append(byte)
    }
    return result
  }

  /// How bytes are written in a vocabulary.
  static func token(for bytes: some Sequence<UInt8>) -> String {
    var result = String.UnicodeScalarView()
    for byte in bytes {
      if let character = Unicode.Scalar(characters[Int(byte)]) { result.append(character) }
    }
    return String(result)
  }
}
