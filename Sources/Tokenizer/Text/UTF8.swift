/// Decodes the character that starts at `start`, which lies before `end`.
///
/// Bytes that are no valid UTF-8 count as one character U+FFFD each, so that any bytes can be split.
@inline(__always)
func character(
  in text: UnsafePointer<UInt8>, at start: Int, end: Int
) -> (value: UInt32, length: Int) {
  let first = UInt32(text[start])
  if first < 0x80 { return (first, 1) }
  return longCharacter(in: text, at: start, end: end, first: first)
}

@inline(__always)
private func longCharacter(
  in text: UnsafePointer<UInt8>, at start: Int, end: Int, first: UInt32
) -> (value: UInt32, length: Int) {
  let left = end - start
  func continuation(_ offset: Int) -> UInt32? {
    let byte = text[start + offset]
    return byte & 0xC0 == 0x80 ? UInt32(byte & 0x3F) : nil
  }
  if first >= 0xC2, first < 0xE0, left >= 2, let second = continuation(1) {
    return ((first & 0x1F) << 6 | second, 2)
  }
  if first >= 0xE0, first < 0xF0, left >= 3, let second = continuation(1),
    let third = continuation(2)
  {
    let value = (first & 0x0F) << 12 | second << 6 | third
    if value >= 0x800, value & 0xF800 != 0xD800 { return (value, 3) }
  }
  if first >= 0xF0, first < 0xF5, left >= 4, let second = continuation(1),
    let third = continuation(2), let fourth = continuation(3)
  {
    let value = (first & 0x07) << 18 | second << 12 | third << 6 | fourth
    if value >= 0x1_0000, value < 0x11_0000 { return (value, 4) }
  }
  return (0xFFFD, 1)
}

/// Decodes the character that ends just before `end`, which lies after `start`.
func lastCharacter(
  in text: UnsafePointer<UInt8>, start: Int, end: Int
) -> (value: UInt32, length: Int) {
  var at = end - 1
  while at > start, end - at < 4, text[at] & 0xC0 == 0x80 { at -= 1 }
  let found = character(in: text, at: at, end: end)
  return found.length == end - at ? found : (0xFFFD, 1)
}

/// How many bytes at the end of `bytes` are the beginning of a character that more bytes could
/// complete: 0 to 3.
func incompleteSuffixLength(_ bytes: ArraySlice<UInt8>) -> Int {
  var length = 0
  for byte in bytes.reversed().prefix(3) {
    length += 1
    if byte & 0xC0 == 0x80 { continue }
    let needed = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC2 ? 2 : 1
    guard byte < 0xF5, length < needed else { return 0 }
    // The second byte of some leads is restricted; a wrong one can never be completed.
    if length >= 2 {
      let second = bytes[bytes.endIndex - length + 1]
      let possible: ClosedRange<UInt8> =
        switch byte {
        case 0xE0: 0xA0...0xBF
        case 0xED: 0x80...0x9F
        case 0xF0: 0x90...0xBF
        case 0xF4: 0x80...0x8F
        default: 0x80...0xBF
        }
      guard possible.contains(second) else { return 0 }
    }
    return length
  }
  return 0
}

/// How many bytes a character takes.
@inline(__always)
func utf8Length(_ character: UInt32) -> Int {
  character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x1_0000 ? 3 : 4
}

/// Appends the bytes of a character below U+110000.
@inline(__always)
func appendUTF8(_ character: UInt32, to bytes: inout [UInt8]) {
  func low(_ shift: UInt32) -> UInt8 { UInt8(0x80 | character >> shift & 0x3F) }
  if character < 0x80 {
    bytes.append(UInt8(character))
  } else if character < 0x800 {
    bytes.append(UInt8(0xC0 | character >> 6))
    bytes.append(low(0))
  } else if character < 0x1_0000 {
    bytes.append(UInt8(0xE0 | character >> 12))
    bytes.append(low(6))
    bytes.append(low(0))
  } else {
    bytes.append(UInt8(0xF0 | character >> 18))
    bytes.append(low(12))
    bytes.append(low(6))
    bytes.append(low(0))
  }
}

/// Writes the bytes of a character below U+110000, as many as `utf8Length` says.
@inline(__always)
func writeUTF8(_ character: UInt32, at place: UnsafeMutablePointer<UInt8>) {
  func low(_ shift: UInt32) -> UInt8 { UInt8(0x80 | character >> shift & 0x3F) }
  if character < 0x80 {
    place[0] = UInt8(character)
  } else if character < 0x800 {
    place[0] = UInt8(0xC0 | character >> 6)
    place[1] = low(0)
  } else if character < 0x1_0000 {
    place[0] = UInt8(0xE0 | character >> 12)
    place[1] = low(6)
    place[2] = low(0)
  } else {
    place[0] = UInt8(0xF0 | character >> 18)
    place[1] = low(12)
    place[2] = low(6)
    place[3] = low(0)
  }
}

/// Calls `body` with each character of a range and where it begins.
@inline(__always)
func forEachCharacter(
  in text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>,
  _ body: (_ character: UInt32, _ place: Range<Int>) -> Void
) {
  guard let start = text.baseAddress else { return }
  var at = range.lowerBound
  while at < range.upperBound {
    let (value, length) = character(in: start, at: at, end: range.upperBound)
    body(value, at..<at + length)
    at += length
  }
}

/// Where the ASCII characters end that begin at `start`.
@inline(__always)
func asciiEnd(_ text: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
  var at = start
  let raw = UnsafeRawPointer(text)
  while at + 8 <= end,
    raw.loadUnaligned(fromByteOffset: at, as: UInt64.self) & 0x8080_8080_8080_8080 == 0
  {
    at += 8
  }
  while at < end, text[at] < 0x80 { at += 1 }
  return at
}
