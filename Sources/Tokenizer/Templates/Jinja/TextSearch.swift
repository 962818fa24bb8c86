#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where `part` first lies in bytes from one place to another, found in linear time.
func find(_ part: [UInt8], in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
  if part.isEmpty { return start <= end ? start : nil }
  guard end - start >= part.count else { return nil }
  return bytes.withUnsafeBytes { bytes in
    part.withUnsafeBytes { part in
      guard let base = bytes.baseAddress, let needle = part.baseAddress else { return nil }
      if part.count > 16 { return findLong(part, in: bytes, from: start, to: end) }
      let last = end - part.count
      var at = start
      while at <= last, let found = memchr(base + at, Int32(part[0]), last + 1 - at) {
        at = UnsafeRawPointer(found) - base
        if memcmp(found, needle, part.count) == 0 { return at }
        at += 1
      }
      return nil
    }
  }
}

/// The search of Knuth, Morris and Pratt, which never looks at a byte twice.
private func findLong(
  _ part: UnsafeRawBufferPointer, in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int
) -> Int? {
  // How much of `part` still fits where the next byte does not.
  var borders = [Int](repeating: 0, count: part.count)
  var length = 0
  for place in 1..<part.count {
    while length > 0, part[place] != part[length] { length = borders[length - 1] }
    if part[place] == part[length] { length += 1 }
    borders[place] = length
  }
  length = 0
  for at in start..<end {
    while length > 0, bytes[at] != part[length] { length = borders[length - 1] }
    if bytes[at] == part[length] { length += 1 }
    if length == part.count { return at + 1 - length }
  }
  return nil
}

/// Where `part` last lies in bytes from one place to another, found in linear time.
func findLast(_ part: [UInt8], in bytes: [UInt8], from start: Int, to end: Int) -> Int? {
  if part.isEmpty { return start <= end ? end : nil }
  guard end - start >= part.count else { return nil }
  let mirrored = Array(bytes[start..<end].reversed())
  guard let found = find(part.reversed(), in: mirrored, from: 0, to: mirrored.count) else {
    return nil
  }
  return end - found - part.count
}

extension Text {
  /// Where the string begins once characters are taken off its start: white space, or those of `set`.
  func strippedStart(_ set: Set<Unicode.Scalar>?) -> Int {
    var at = 0
    while at < bytes.count {
      let (scalar, length) = decodeScalar(bytes, at)
      guard set?.contains(scalar) ?? isPythonSpace(scalar) else { break }
      at += length
    }
    return at
  }

  /// Where the string ends once characters are taken off its end, not before `start`.
  func strippedEnd(_ set: Set<Unicode.Scalar>?, from start: Int) -> Int {
    var end = bytes.count
    while end > start {
      var first = end - 1
      while first > start, bytes[first] & 0xC0 == 0x80 { first -= 1 }
      let (scalar, _) = decodeScalar(bytes, first)
      guard set?.contains(scalar) ?? isPythonSpace(scalar) else { break }
      end = first
    }
    return end
  }

  /// The string without characters at its ends.
  func stripped(_ set: Set<Unicode.Scalar>? = nil, left: Bool = true, right: Bool = true) -> Text {
    let start = left ? strippedStart(set) : 0
    return slice(start..<(right ? strippedEnd(set, from: start) : bytes.count))
  }

  /// The lines, as `str.splitlines` finds them.
  func lines(keepsEnds: Bool = false) -> [Text] {
    var lines: [Text] = []
    var start = 0
    var at = 0
    while at < bytes.count {
      let length = lineEndLength(bytes, at)
      if length == 0 {
        at += 1
        continue
      }
      lines.append(slice(start..<(keepsEnds ? at + length : at)))
      at += length
      start = at
    }
    if start < bytes.count { lines.append(slice(start..<bytes.count)) }
    return lines
  }

  /// The parts between white space, at most `limit` cuts from the left.
  func words(limit: Int) -> [Text] {
    var words: [Text] = []
    var at = strippedStart(nil)
    while at < bytes.count {
      if limit >= 0, words.count == limit {
        words.append(slice(at..<bytes.count))
        break
      }
      var end = at
      while end < bytes.count, spaceLength(bytes, end) == 0 { end += scalarLength(bytes[end]) }
      words.append(slice(at..<end))
      at = end
      while at < bytes.count, case let length = spaceLength(bytes, at), length > 0 { at += length }
    }
    return words
  }

  /// The parts between white space, at most `limit` cuts from the right.
  func wordsFromRight(limit: Int) -> [Text] {
    var words: [Text] = []
    var end = strippedEnd(nil, from: 0)
    while end > 0 {
      if limit >= 0, words.count == limit {
        words.append(slice(0..<end))
        break
      }
      var start = end
      while start > 0 {
        var first = start - 1
        while first > 0, bytes[first] & 0xC0 == 0x80 { first -= 1 }
        if spaceLength(bytes, first) > 0 { break }
        start = first
      }
      words.append(slice(start..<end))
      end = start
      while end > 0 {
        var first = end - 1
        while first > 0, bytes[first] & 0xC0 == 0x80 { first -= 1 }
        if spaceLength(bytes, first) == 0 { break }
        end = first
      }
    }
    return words.reversed()
  }

  /// The parts between separators, at most `limit` cuts from the left.
  func parts(separator: [UInt8], limit: Int) -> [Text] {
    var parts: [Text] = []
    var at = 0
    while limit < 0 || parts.count < limit,
      let found = find(separator, in: bytes, from: at, to: bytes.count)
    {
      parts.append(slice(at..<found))
      at = found + separator.count
    }
    parts.append(slice(at..<bytes.count))
    return parts
  }

  /// The parts between separators, at most `limit` cuts from the right.
  func partsFromRight(separator: [UInt8], limit: Int) -> [Text] {
    let mirrored = Array(bytes.reversed())
    let mirroredSeparator = Array(separator.reversed())
    var parts: [Text] = []
    var at = 0
    while limit < 0 || parts.count < limit,
      let found = find(mirroredSeparator, in: mirrored, from: at, to: mirrored.count)
    {
      parts.append(slice(bytes.count - found..<bytes.count - at))
      at = found + separator.count
    }
    parts.append(slice(0..<bytes.count - at))
    return parts.reversed()
  }
}
