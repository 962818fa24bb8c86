/// Puts letters into lower case: the component `Lowercase`.
enum LowercaseNormalizer {
  static func apply(to text: inout AlignedText) {
    let table = LowercaseTable.shared
    guard let start = text.modifyBytes({ lowerInPlace($0, table) }) else { return }
    text.rewrite { bytes, writer in
      writer.keep(0..<start)
      var kept = start
      forEachCharacter(in: bytes, start..<bytes.count) { character, place in
        let lower = table[character]
        if lower == character { return }
        writer.keep(kept..<place.lowerBound)
        kept = place.upperBound
        writer.replace(at: place.lowerBound, with: lower)
        if character == LowercaseTable.dottedI {
          writer.insert(at: place.upperBound, LowercaseTable.dotAbove)
        }
      }
      writer.keep(kept..<bytes.count)
    }
  }

  /// Lowers letters up to the first whose lower case takes another number of bytes: where it is, nil
  /// if there is none.
  private static func lowerInPlace(
    _ bytes: UnsafeMutableBufferPointer<UInt8>, _ table: LowercaseTable
  ) -> Int? {
    guard let text = bytes.baseAddress else { return nil }
    let raw = UnsafeMutableRawPointer(text)
    let end = bytes.count
    var at = 0
    while at < end {
      while at + 8 <= end {
        let word = raw.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        if word & 0x8080_8080_8080_8080 != 0 { break }
        // The top bit of each byte that is at least A, without those that are past Z.
        let fromA = word + 0x3F3F_3F3F_3F3F_3F3F
        let pastZ = word + 0x2525_2525_2525_2525
        let upper = (fromA & ~pastZ) & 0x8080_8080_8080_8080
        if upper != 0 {
          raw.storeBytes(of: word | upper >> 2, toByteOffset: at, as: UInt64.self)
        }
        at += 8
      }
      guard at < end else { break }
      if text[at] < 0x80 {
        if text[at] &- 0x41 < 26 { text[at] |= 0x20 }
        at += 1
        continue
      }
      let (value, length) = character(in: text, at: at, end: end)
      let lower = table[value]
      if lower != value {
        if value == LowercaseTable.dottedI || utf8Length(lower) != length { return at }
        writeUTF8(lower, at: text + at)
      }
      at += length
    }
    return nil
  }
}
