/// The end of white space for `\s*[\r\n]+|\s+(?!\S)|\s+`: after the last line end if there is one;
/// otherwise the last character is left to what follows.
///
/// - Parameter keepsTrailing: whether white space at the end of the text is one piece whatever is in
///   it (`\s+$` before the others).
@inline(never)
func lineSpaceEnd(
  in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses,
  keepsTrailing: Bool
) -> Int {
  var lastStart = start
  var lineEnd = start
  var at = start
  while at < end {
    let (value, length) = character(in: text, at: at, end: end)
    guard classes(value) & CharacterClass.space != 0 else {
      if lineEnd > start { return lineEnd }
      return lastStart == start ? at : lastStart
    }
    lastStart = at
    at += length
    if value == 0x0A || value == 0x0D { lineEnd = at }
  }
  return lineEnd > start && !keepsTrailing ? lineEnd : end
}

/// The end of at most `limit` characters of the class number, the first of which ends at `start`.
@inline(__always)
func numberEnd(
  in text: UnsafePointer<UInt8>, from start: Int, to end: Int, classes: CharacterClasses,
  limit: Int
) -> Int {
  var at = start
  var left = limit - 1
  while left > 0, at < end {
    let (value, length) = character(in: text, at: at, end: end)
    guard classes(value) & CharacterClass.number != 0 else { return at }
    at += length
    left -= 1
  }
  return at
}
