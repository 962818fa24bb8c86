/// Reads the inside of a string literal, which lies in a template at `range`.
///
/// Escapes are Python's. A backslash before a character beyond ASCII stays, and the character
/// becomes its own escape, as in jinja2.
func stringLiteral(
  _ source: [UInt8], _ range: Range<Int>, into builder: inout TextBuilder
) throws(TemplateFault) {
  let whole = Text(Array(source[range]), source: .template, offset: range.lowerBound)
  let bytes = whole.bytes
  var at = 0
  var plainStart = 0
  while at < bytes.count {
    guard bytes[at] == UInt8(ascii: "\\"), at + 1 < bytes.count else {
      at += 1
      continue
    }
    builder.append(whole, plainStart..<at)
    let start = at
    let (replacement, end) = try escape(bytes, at + 1)
    builder.append(
      replacement, source: .template, offset: range.lowerBound + start, span: end - start)
    at = end
    plainStart = end
  }
  builder.append(whole, plainStart..<bytes.count)
}

/// What stands for the escape whose letter is at `place`, and where it ends.
private func escape(_ bytes: [UInt8], _ place: Int) throws(TemplateFault) -> ([UInt8], Int) {
  let byte = bytes[place]
  let next = place + 1
  switch byte {
  case UInt8(ascii: "\n"): return ([], next)
  case UInt8(ascii: "\\"), UInt8(ascii: "'"), UInt8(ascii: "\""): return ([byte], next)
  case UInt8(ascii: "a"): return ([7], next)
  case UInt8(ascii: "b"): return ([8], next)
  case UInt8(ascii: "f"): return ([12], next)
  case UInt8(ascii: "n"): return ([10], next)
  case UInt8(ascii: "r"): return ([13], next)
  case UInt8(ascii: "t"): return ([9], next)
  case UInt8(ascii: "v"): return ([11], next)
  case UInt8(ascii: "0")...UInt8(ascii: "7"):
    var value: UInt32 = 0
    var at = place
    while at < min(place + 3, bytes.count), bytes[at] &- UInt8(ascii: "0") < 8 {
      value = value * 8 + UInt32(bytes[at] - UInt8(ascii: "0"))
      at += 1
    }
    return (try encoded(value), at)
  case UInt8(ascii: "x"): return try hexadecimal(bytes, next, digits: 2)
  case UInt8(ascii: "u"): return try hexadecimal(bytes, next, digits: 4)
  case UInt8(ascii: "U"): return try hexadecimal(bytes, next, digits: 8)
  case UInt8(ascii: "N"):
    throw .unsupported("a string names a character with \\N, whose names are not known here")
  case 0x80...:
    let (scalar, length) = decodeScalar(bytes, place)
    let digits = String(scalar.value, radix: 16)
    let (letter, width) =
      scalar.value > 0xFFFF ? ("U", 8) : scalar.value > 0xFF ? ("u", 4) : ("x", 2)
    let padded = String(repeating: "0", count: width - digits.utf8.count) + digits
    return (Array("\\\(letter)\(padded)".utf8), place + length)
  default: return ([UInt8(ascii: "\\"), byte], next)
  }
}

private func hexadecimal(
  _ bytes: [UInt8], _ place: Int, digits: Int
) throws(TemplateFault) -> ([UInt8], Int) {
  guard place + digits <= bytes.count,
    let value = UInt32(String(decoding: bytes[place..<place + digits], as: UTF8.self), radix: 16),
    bytes[place] != UInt8(ascii: "+")
  else { throw TemplateFault(.syntax, "a string has an escape with too few hexadecimal digits") }
  return (try encoded(value), place + digits)
}

private func encoded(_ value: UInt32) throws(TemplateFault) -> [UInt8] {
  guard let scalar = Unicode.Scalar(value) else {
    throw TemplateFault(
      value < 0x11_0000 ? .unsupported : .syntax,
      "a string has the escape of U+\(String(value, radix: 16, uppercase: true)), which is no character"
    )
  }
  return Array(String(Character(scalar)).utf8)
}
