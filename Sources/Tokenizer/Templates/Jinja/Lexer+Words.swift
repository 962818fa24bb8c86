extension Lexer {
  /// The number, name or string that begins here, with the place after it.
  func word() throws(TemplateFault) -> (kind: Token.Kind, range: Range<Int>, end: Int)? {
    let byte = source[position]
    if isDigit(position) {
      if let end = floatEnd() { return (.float, position..<end, end) }
      let end = integerEnd()
      return (.integer, position..<end, end)
    }
    if byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") {
      guard let end = stringEnd(quote: byte) else { return nil }
      return (.string, position + 1..<end - 1, end)
    }
    let end = try nameEnd()
    return end > position ? (.name, position..<end, end) : nil
  }

  private func isDigit(_ place: Int) -> Bool {
    place < source.count && source[place] &- UInt8(ascii: "0") < 10
  }

  /// The end of digits in which each underscore stands between two digits.
  private func digitsEnd(_ place: Int, _ accepts: (UInt8) -> Bool) -> Int {
    var at = place
    while at < source.count {
      if accepts(source[at]) {
        at += 1
      } else if source[at] == UInt8(ascii: "_"), at > place, at + 1 < source.count,
        accepts(source[at + 1])
      {
        at += 2
      } else {
        break
      }
    }
    return at
  }

  private func decimalsEnd(_ place: Int) -> Int {
    digitsEnd(place) { $0 &- UInt8(ascii: "0") < 10 }
  }

  /// Where a number with a fraction or an exponent ends.
  private func floatEnd() -> Int? {
    if position > 0, source[position - 1] == UInt8(ascii: ".") { return nil }
    let whole = decimalsEnd(position)
    var at = whole
    if at < source.count, source[at] == UInt8(ascii: "."), isDigit(at + 1) {
      at = decimalsEnd(at + 1)
    }
    if at < source.count, source[at] | 0x20 == UInt8(ascii: "e") {
      var digits = at + 1
      if digits < source.count,
        source[digits] == UInt8(ascii: "+") || source[digits] == UInt8(ascii: "-")
      {
        digits += 1
      }
      if isDigit(digits) { return decimalsEnd(digits) }
    }
    return at > whole ? at : nil
  }

  private func integerEnd() -> Int {
    guard source[position] == UInt8(ascii: "0") else { return decimalsEnd(position) }
    func prefixed(_ accepts: (UInt8) -> Bool) -> Int? {
      // An underscore may follow the letter.
      var start = position + 2
      if start < source.count, source[start] == UInt8(ascii: "_") { start += 1 }
      let end = digitsEnd(start, accepts)
      return end > start ? end : nil
    }
    let letter = position + 1 < source.count ? source[position + 1] | 0x20 : 0
    switch letter {
    case UInt8(ascii: "b"):
      if let end = prefixed({ $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }) { return end }
    case UInt8(ascii: "o"):
      if let end = prefixed({ $0 &- UInt8(ascii: "0") < 8 }) { return end }
    case UInt8(ascii: "x"):
      if let end = prefixed({
        $0 &- UInt8(ascii: "0") < 10 || ($0 | 0x20) &- UInt8(ascii: "a") < 6
      }) {
        return end
      }
    default: break
    }
    return digitsEnd(position) { $0 == UInt8(ascii: "0") }
  }

  /// The place after a string's closing quote, nil if there is none.
  private func stringEnd(quote: UInt8) -> Int? {
    var at = position + 1
    while at < source.count {
      if source[at] == quote { return at + 1 }
      at += source[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    return nil
  }

  private func nameEnd() throws(TemplateFault) -> Int {
    var at = position
    while at < source.count {
      let byte = source[at]
      if (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
        || (at > position && byte &- UInt8(ascii: "0") < 10)
      {
        at += 1
      } else if byte >= 0x80 {
        let (scalar, length) = decodeScalar(source, at)
        let properties = scalar.properties
        guard at == position ? properties.isXIDStart : properties.isXIDContinue else { break }
        at += length
      } else {
        break
      }
    }
    return at
  }
}
