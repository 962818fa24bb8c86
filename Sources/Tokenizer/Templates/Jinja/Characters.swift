/// The character that begins at `place` of valid UTF-8.
@inline(__always)
func decodeScalar(_ bytes: [UInt8], _ place: Int) -> (scalar: Unicode.Scalar, length: Int) {
  let first = UInt32(bytes[place])
  if first < 0x80 { return (Unicode.Scalar(UInt8(first)), 1) }
  let length = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4
  guard place + length <= bytes.count else { return ("\u{FFFD}", 1) }
  var value = first & (0xFF >> UInt32(length + 1))
  for offset in 1..<length { value = value << 6 | UInt32(bytes[place + offset] & 0x3F) }
  return (Unicode.Scalar(value) ?? "\u{FFFD}", length)
}

/// The length of the character that begins at `place`, by its first byte.
@inline(__always)
func scalarLength(_ byte: UInt8) -> Int {
  byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4
}

/// How many bytes the white space character at `place` has, zero if it is none.
///
/// White space is what Python's `str.isspace` and `\s` take for it.
@inline(__always)
func spaceLength(_ bytes: [UInt8], _ place: Int) -> Int {
  let byte = bytes[place]
  if byte < 0x80 {
    return byte == 0x20 || (byte >= 9 && byte <= 13) || (byte >= 28 && byte <= 31) ? 1 : 0
  }
  let (scalar, length) = decodeScalar(bytes, place)
  return isPythonSpace(scalar) ? length : 0
}

/// Whether Python's `str.isspace` is true of a character.
func isPythonSpace(_ scalar: Unicode.Scalar) -> Bool {
  switch scalar.value {
  case 9...13, 28...32, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
    true
  default: false
  }
}

/// How many bytes the line end at `place` has, zero if there is none: those of `str.splitlines`.
func lineEndLength(_ bytes: [UInt8], _ place: Int) -> Int {
  switch bytes[place] {
  case 0x0A, 0x0B, 0x0C, 0x1C, 0x1D, 0x1E: return 1
  case 0x0D: return place + 1 < bytes.count && bytes[place + 1] == 0x0A ? 2 : 1
  case 0xC2: return place + 1 < bytes.count && bytes[place + 1] == 0x85 ? 2 : 0
  case 0xE2:
    guard place + 2 < bytes.count, bytes[place + 1] == 0x80 else { return 0 }
    return bytes[place + 2] == 0xA8 || bytes[place + 2] == 0xA9 ? 3 : 0
  default: return 0
  }
}

/// Whether Python's `repr` shows a character as it is.
func isPythonPrintable(_ scalar: Unicode.Scalar) -> Bool {
  if scalar.value < 0x7F { return scalar.value >= 0x20 }
  switch scalar.properties.generalCategory {
  case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
    .paragraphSeparator, .spaceSeparator:
    return false
  default: return true
  }
}
