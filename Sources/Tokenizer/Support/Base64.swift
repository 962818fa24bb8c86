/// Bytes written with the 64 characters of RFC 4648, as tiktoken files and tokenizer.json have them.
enum Base64 {
  private static let alphabet = Array(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

  /// The value of each character, 255 for those that are none of the 64.
  private static let values: [UInt8] = {
    var values = [UInt8](repeating: 255, count: 256)
    for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
    return values
  }()

  /// How bytes are written, with padding.
  static func encode(_ bytes: [UInt8]) -> String {
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    var at = 0
    while at < bytes.count {
      let left = bytes.count - at
      let first = UInt32(bytes[at]) << 16
      let second = left > 1 ? UInt32(bytes[at + 1]) << 8 : 0
      let group = first | second | (left > 2 ? UInt32(bytes[at + 2]) : 0)
      text.append(alphabet[Int(group >> 18)])
      text.append(alphabet[Int(group >> 12 & 63)])
      text.append(left > 1 ? alphabet[Int(group >> 6 & 63)] : UInt8(ascii: "="))
      text.append(left > 2 ? alphabet[Int(group & 63)] : UInt8(ascii: "="))
      at += 3
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The bytes that a text stands for, nil if it is no Base64.
  static func decode(_ text: String) -> [UInt8]? {
    var text = text
    var bytes: [UInt8] = []
    return text.withUTF8 { decode(UnsafeRawBufferPointer($0), into: &bytes) } ? bytes : nil
  }

  /// Appends the bytes that are written; false if this is no Base64.
  ///
  /// Padding may be absent, but must be right if it is there.
  static func decode(_ text: UnsafeRawBufferPointer, into bytes: inout [UInt8]) -> Bool {
    var count = text.count
    if count.isMultiple(of: 4) {
      for _ in 0..<2 where count > 0 && text[count - 1] == UInt8(ascii: "=") { count -= 1 }
    }
    guard count % 4 != 1 else { return false }
    return values.withUnsafeBufferPointer { values in
      var group: UInt32 = 0
      var bits = 0
      for at in 0..<count {
        let value = values[Int(text[at])]
        guard value < 64 else { return false }
        group = group << 6 | UInt32(value)
        bits += 6
        if bits >= 8 {
          bits -= 8
          bytes.append(UInt8(truncatingIfNeeded: group >> UInt32(bits)))
        }
      }
      // What is left over of the last character must be zero.
      return group & ((1 << UInt32(bits)) - 1) == 0
    }
  }
}
