/// Whether bytes are valid UTF-8.
package func isValidUTF8(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
  guard let start = bytes.baseAddress else { return true }
  let end = bytes.count
  var at = 0
  func continues(_ place: Int, _ range: ClosedRange<UInt8> = 0x80...0xBF) -> Bool {
    place < end && range.contains(start[place])
  }
  while at < end {
    let first = start[at]
    if first < 0x80 {
      at += 1
      // Eight ASCII bytes at a time.
      while at + 8 <= end,
        UnsafeRawPointer(start + at).loadUnaligned(as: UInt64.self) & 0x8080_8080_8080_8080 == 0
      { at += 8 }
      continue
    }
    switch first {
    case 0xC2...0xDF:
      guard continues(at + 1) else { return false }
      at += 2
    case 0xE0...0xEF:
      let second: ClosedRange<UInt8> =
        first == 0xE0 ? 0xA0...0xBF : first == 0xED ? 0x80...0x9F : 0x80...0xBF
      guard continues(at + 1, second), continues(at + 2) else { return false }
      at += 3
    case 0xF0...0xF4:
      let second: ClosedRange<UInt8> =
        first == 0xF0 ? 0x90...0xBF : first == 0xF4 ? 0x80...0x8F : 0x80...0xBF
      guard continues(at + 1, second), continues(at + 2), continues(at + 3) else { return false }
      at += 4
    default: return false
    }
  }
  return true
}
