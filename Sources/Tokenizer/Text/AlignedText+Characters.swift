/// What becomes of one character of a text.
enum CharacterChange {
  case keep
  case remove
  /// Another character with the same origin.
  case replace(UInt32)
}

extension AlignedText {
  /// Keeps, removes or replaces each character.
  ///
  /// Up to the first character that takes another number of bytes afterwards the text is changed where
  /// it is; a text of which everything is kept is not copied.
  ///
  /// - Parameters:
  ///   - keepsASCII: whether an ASCII character is kept for certain; then `change` is not asked.
  ///   - change: what becomes of a character.
  @inline(__always)
  mutating func changeCharacters(
    keepsASCII: (UInt8) -> Bool, _ change: (UInt32) -> CharacterChange
  ) {
    /// The next character that is not kept, at or after a place.
    func nextChange(
      _ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int
    ) -> (at: Int, length: Int, change: CharacterChange)? {
      var at = start
      while at < end {
        if text[at] < 0x80, keepsASCII(text[at]) {
          at += 1
          continue
        }
        let (value, length) = character(in: text, at: at, end: end)
        let change = change(value)
        if case .keep = change {
          at += length
        } else {
          return (at, length, change)
        }
      }
      return nil
    }
    let first = modifyBytes { bytes -> (at: Int, length: Int, change: CharacterChange)? in
      guard let text = bytes.baseAddress else { return nil }
      var at = 0
      while let found = nextChange(text, at, bytes.count) {
        guard case .replace(let character) = found.change, utf8Length(character) == found.length
        else { return found }
        writeUTF8(character, at: text + found.at)
        at = found.at + found.length
      }
      return nil
    }
    guard var found = first else { return }
    rewrite { bytes, writer in
      guard let text = bytes.baseAddress else { return }
      var done = 0
      while true {
        writer.keep(done..<found.at)
        done = found.at + found.length
        if case .replace(let character) = found.change {
          writer.replace(at: found.at, with: character)
        }
        guard let next = nextChange(text, done, bytes.count) else { break }
        found = next
      }
      writer.keep(done..<bytes.count)
    }
  }

  /// Replaces every occurrence of a byte below 0x80 by a text, which takes the byte's origin.
  mutating func replace(byte: UInt8, by replacement: [UInt8]) {
    var count = 0
    for other in bytes where other == byte { count += 1 }
    if count == 0 { return }
    let total = bytes.count + count * (replacement.count - 1)
    var atStart = 0
    for other in bytes[..<countAtStart] { atStart += other == byte ? replacement.count : 1 }
    if tracksOrigins {
      replaceOrigins(
        [Origin](unsafeUninitializedCapacity: total) { output, written in
          for (other, origin) in zip(bytes, origins) {
            for _ in 0..<(other == byte ? replacement.count : 1) {
              output[written] = origin
              written += 1
            }
          }
        })
    }
    // Short replacements are written as a whole word, of which the next byte overwrites the rest.
    let slack = 4
    let word = replacement.prefix(slack).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    let length = replacement.count
    let changed = [UInt8](unsafeUninitializedCapacity: total + slack) { output, written in
      guard let start = output.baseAddress else { return }
      let raw = UnsafeMutableRawPointer(start)
      for other in bytes {
        let matches = other == byte
        if length <= slack {
          raw.storeBytes(
            of: (matches ? word : UInt32(other)).littleEndian, toByteOffset: written,
            as: UInt32.self)
          written += matches ? length : 1
        } else {
          if matches {
            for new in replacement {
              start[written] = new
              written += 1
            }
          } else {
            start[written] = other
            written += 1
          }
        }
      }
    }
    replaceBytes(changed, countAtStart: atStart)
  }
}

/// Whether a character is white space: the White_Space property, which has not changed since
/// Unicode 6.3.
@inline(__always)
func isWhiteSpace(_ character: UInt32) -> Bool {
  switch character {
  case 0x20, 0x09...0x0D: true
  case 0..<0x80: false
  case 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
  default: false
  }
}
