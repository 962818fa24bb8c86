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

  /// Appends the bytes that a token's text stands for, or the text itself if some character of it
  /// stands for none.
  static func decode(_ text: UnsafeBufferPointer<UInt8>, into result: inout [UInt8]) {
    guard let start = text.baseAddress else { return }
    let before = result.count
    var at = 0
    while at < text.count {
      let (value, length) = character(in: start, at: at, end: text.count)
      let byte = value < 0x144 ? bytes[Int(value)] : -1
      guard byte >= 0 else {
        result.removeSubrange(before...)
        result.append(contentsOf: text)
        return
      }
      result.append(UInt8(byte))
      at += length
    }
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
