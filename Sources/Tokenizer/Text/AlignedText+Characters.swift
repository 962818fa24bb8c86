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
    let length = replacement.count
    let (count, countAtStart) = withBytes { source in
      var (count, atStart) = (0, 0)
      for other in source { count += other == byte ? 1 : 0 }
      for other in source[..<self.countAtStart] { atStart += other == byte ? length : 1 }
      return (count, atStart)
    }
    if count == 0 { return }
    let total = bytes.count + count * (length - 1)
    if tracksOrigins {
      replaceOrigins(Self.replaced(origins, of: bytes, byte, length, total: total))
    }
    let changed = withBytes { source in
      replacement.withUnsafeBufferPointer {
        Self.replaced(source, byte, by: $0, total: total)
      }
    }
    replaceBytes(changed, countAtStart: countAtStart)
  }

  private static func replaced(
    _ source: UnsafeBufferPointer<UInt8>, _ byte: UInt8,
    by replacement: UnsafeBufferPointer<UInt8>, total: Int
  ) -> [UInt8] {
    // Short replacements are written as a whole word, of which the next byte overwrites the rest.
    let slack = 4
    let length = replacement.count
    let isShort = length <= slack
    let word = replacement.prefix(slack).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    return [UInt8](unsafeUninitializedCapacity: total + slack) { output, written in
      guard let start = output.baseAddress else { return }
      let raw = UnsafeMutableRawPointer(start)
      var at = 0
      for other in source {
        let matches = other == byte
        if isShort {
          let new = (matches ? word : UInt32(other)).littleEndian
          raw.storeBytes(of: new, toByteOffset: at, as: UInt32.self)
          at += matches ? length : 1
        } else if matches {
          for new in replacement {
            start[at] = new
            at += 1
          }
        } else {
          start[at] = other
          at += 1
        }
      }
      written = at
    }
  }

  private static func replaced(
    _ origins: [Origin], of source: [UInt8], _ byte: UInt8, _ length: Int, total: Int
  ) -> [Origin] {
    [Origin](unsafeUninitializedCapacity: total) { output, written in
      guard let start = output.baseAddress else { return }
      var at = 0
      for (other, origin) in zip(source, origins) {
        for _ in 0..<(other == byte ? length : 1) {
          (start + at).initialize(to: origin)
          at += 1
        }
      }
      written = at
    }
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
