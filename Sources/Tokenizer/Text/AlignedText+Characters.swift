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
  /// A text of which everything is kept is not copied.
  ///
  /// - Parameters:
  ///   - start: where to begin: what is before is kept.
  ///   - keepsASCII: whether no ASCII character is changed; then `change` is not asked.
  ///   - change: what becomes of a character.
  @inline(__always)
  mutating func changeCharacters(
    from start: Int = 0, keepsASCII: Bool, _ change: (UInt32) -> CharacterChange
  ) {
    /// The next character that is not kept, at or after a place.
    func nextChange(
      _ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int
    ) -> (at: Int, length: Int, change: CharacterChange)? {
      var at = start
      while at < end {
        if keepsASCII, text[at] < 0x80 {
          at = asciiEnd(text, at, end)
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
    let first = withBytes { bytes in
      bytes.baseAddress.flatMap { nextChange($0, start, bytes.count) }
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
