extension JSONScanner {
  /// The string whose opening quote is next.
  ///
  /// One without escapes, nearly all of them, becomes a `String` straight from the file's bytes.
  mutating func string() throws(JSONFailure) -> String {
    position += 1
    let start = position
    try skipPlain()
    if bytes[position] == UInt8(ascii: "\"") {
      let text = try validated(
        UnsafeBufferPointer(rebasing: bytes[start..<position]), start: start)
      position += 1
      return text
    }
    scratch.removeAll(keepingCapacity: true)
    var runStart = start
    while true {
      scratch.append(contentsOf: bytes[runStart..<position])
      if skip(UInt8(ascii: "\"")) { break }
      try escape()
      runStart = position
      try skipPlain()
    }
    return try scratch.withUnsafeBufferPointer { buffer in
      Result { () throws(JSONFailure) in try validated(buffer, start: start) }
    }.get()
  }

  /// Moves to the next quote or backslash.
  mutating func skipPlain() throws(JSONFailure) {
    let count = bytes.count
    var at = position
    guard let start = bytes.baseAddress, at < count else {
      throw failure("the text ends inside a string")
    }
    let base = UnsafeRawPointer(start)
    while true {
      // Eight bytes at a time while none of them is a quote, a backslash or a control character:
      // a zero byte of `word ^ pattern` borrows into its high bit.
      while at + 8 <= count {
        let word = base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
        let quote = word ^ 0x2222_2222_2222_2222
        let slash = word ^ 0x5C5C_5C5C_5C5C_5C5C
        let ones: UInt64 = 0x0101_0101_0101_0101
        let control = (word &- 0x2020_2020_2020_2020) & ~word
        let special = ((quote &- ones) & ~quote) | ((slash &- ones) & ~slash) | control
        if special & 0x8080_8080_8080_8080 != 0 { break }
        at += 8
      }
      let end = min(at + 8, count)
      while at < end {
        let byte = bytes[at]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
          position = at
          return
        }
        if byte < 0x20 {
          position = at
          throw failure("a control character in a string must be written as an escape")
        }
        at += 1
      }
      if at == count {
        position = at
        throw failure("the text ends inside a string")
      }
    }
  }

  private func validated(
    _ buffer: UnsafeBufferPointer<UInt8>, start: Int
  ) throws(JSONFailure) -> String {
    guard isValidUTF8(buffer) else {
      throw JSONFailure(offset: start, message: "the string that begins here is not valid UTF-8")
    }
    // Decoding repairs what is not valid, and is several times faster than `String(validating:)`.
    return String(decoding: buffer, as: UTF8.self)
  }

  /// Appends what the escape sequence at the present position stands for.
  private mutating func escape() throws(JSONFailure) {
    let start = position
    position += 1
    let letter = peek
    position += 1
    switch letter {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): scratch.append(letter)
    case UInt8(ascii: "b"): scratch.append(0x08)
    case UInt8(ascii: "f"): scratch.append(0x0C)
    case UInt8(ascii: "n"): scratch.append(0x0A)
    case UInt8(ascii: "r"): scratch.append(0x0D)
    case UInt8(ascii: "t"): scratch.append(0x09)
    case UInt8(ascii: "u"): scratch.append(contentsOf: try unicodeEscape(start: start))
    default: throw JSONFailure(offset: start, message: "unknown escape sequence in a string")
    }
  }

  private mutating func unicodeEscape(start: Int) throws(JSONFailure) -> String.UTF8View {
    let first = try hexadecimal(start: start)
    var code = UInt32(first)
    if first & 0xFC00 == 0xD800 {
      let paired = peek == UInt8(ascii: "\\")
      position += 1
      guard paired, skip(UInt8(ascii: "u")), case let second = try hexadecimal(start: start),
        second & 0xFC00 == 0xDC00
      else {
        throw JSONFailure(offset: start, message: "a surrogate escape without its second half")
      }
      code = 0x10000 + (UInt32(first & 0x3FF) << 10 | UInt32(second & 0x3FF))
    }
    guard let scalar = Unicode.Scalar(code) else {
      throw JSONFailure(offset: start, message: "a surrogate escape without its first half")
    }
    return String(scalar).utf8
  }

  private mutating func hexadecimal(start: Int) throws(JSONFailure) -> UInt16 {
    var code: UInt16 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(peek)).hexDigitValue else {
        throw JSONFailure(offset: start, message: "expected four hexadecimal digits after ‘\\u’")
      }
      code = code << 4 | UInt16(digit)
      position += 1
    }
    return code
  }
}
