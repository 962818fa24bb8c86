/// Where a run of ASCII letters ends that goes on at `start`, which may be its end.
///
/// Eight bytes are looked at at once, so that the end of most words costs no branch of its own.
@inline(__always)
func asciiLettersEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
  var at = start
  while at &+ 8 <= end {
    let bytes = UnsafeRawPointer(text + at).loadUnaligned(as: UInt64.self).littleEndian
    // In lower case letters are 0x61…0x7A: adding 0x1F brings them to 0x80 and more, adding 0x05 does
    // not. Bytes of 0x80 and more are put right by the last term; no addition carries over.
    let lower = (bytes | 0x2020_2020_2020_2020) & 0x7F7F_7F7F_7F7F_7F7F
    let letters =
      (lower &+ 0x1F1F_1F1F_1F1F_1F1F) & ~(lower &+ 0x0505_0505_0505_0505) & ~bytes
      & 0x8080_8080_8080_8080
    let others = letters ^ 0x8080_8080_8080_8080
    if others != 0 { return at &+ others.trailingZeroBitCount &>> 3 }
    at &+= 8
  }
  while at < end, (text[at] | 0x20) &- 0x61 < 26 { at &+= 1 }
  return at
}
