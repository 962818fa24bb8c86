/// The end of `'s 't 're 've 'm 'll 'd` at `start`, where an apostrophe is; nil if there is none.
///
/// - Parameter ignoresCase: whether letters of either case count, and with them `ſ`, which is an `s`
///   in lower case.
@inline(__always)
func contractionEnd(
  in text: UnsafePointer<UInt8>, from start: Int, to end: Int, ignoresCase: Bool
) -> Int? {
  guard start + 1 < end else { return nil }
  let fold: UInt8 = ignoresCase ? 0x20 : 0
  let first = text[start + 1]
  switch first | fold {
  case UInt8(ascii: "s"), UInt8(ascii: "d"), UInt8(ascii: "m"), UInt8(ascii: "t"):
    return start + 2
  case UInt8(ascii: "l"), UInt8(ascii: "v"), UInt8(ascii: "r"):
    guard start + 2 < end else { return nil }
    let wanted = first | fold == UInt8(ascii: "l") ? UInt8(ascii: "l") : UInt8(ascii: "e")
    return text[start + 2] | fold == wanted ? start + 3 : nil
  default:
    let isLongS = first == 0xC5 && start + 2 < end && text[start + 2] == 0xBF
    return ignoresCase && isLongS ? start + 3 : nil
  }
}
