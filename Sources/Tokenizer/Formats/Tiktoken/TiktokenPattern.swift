/// Turns a pattern of tiktoken into one that Hugging Face tokenizers understands in the same way.
///
/// tiktoken's `^` and `$` are the ends of the text, not of lines; and `{1,3}+` takes what it can and
/// gives nothing back, while for the other library the `+` repeats.
enum TiktokenPattern {
  static func translate(_ pattern: String, path: String) throws(TokenizerError) -> String {
    let bytes = Array(pattern.utf8)
    var result: [UInt8] = []
    var depth = 0
    var at = 0
    while at < bytes.count {
      let byte = bytes[at]
      switch byte {
      case UInt8(ascii: "\\"):
        result.append(byte)
        at += 1
        if at < bytes.count { result.append(bytes[at]) }
      case UInt8(ascii: "["):
        depth += 1
        result.append(byte)
        if at + 1 < bytes.count, bytes[at + 1] == UInt8(ascii: "^") {
          at += 1
          result.append(bytes[at])
        }
      case UInt8(ascii: "]"):
        depth = max(depth - 1, 0)
        result.append(byte)
      // After all white space has been taken, the end of a line is that of the text.
      case UInt8(ascii: "$") where depth == 0 && result.suffix(4).elementsEqual(#"\s++"#.utf8):
        result.append(byte)
      case UInt8(ascii: "$") where depth == 0: result += Array(#"\z"#.utf8)
      case UInt8(ascii: "^") where depth == 0: result += Array(#"\A"#.utf8)
      case UInt8(ascii: "}")
      where depth == 0 && at + 1 < bytes.count && bytes[at + 1] == UInt8(ascii: "+")
        && closesCount(bytes, at):
        try dropPossession(bytes, at, into: &result, path: path)
        at += 1
      default: result.append(byte)
      }
      at += 1
    }
    return String(decoding: result, as: UTF8.self)
  }

  /// Whether a brace ends a quantifier such as `{1,3}`, not a name such as `\p{L}`.
  private static func closesCount(_ bytes: [UInt8], _ brace: Int) -> Bool {
    var at = brace - 1
    while at >= 0, bytes[at] &- UInt8(ascii: "0") < 10 || bytes[at] == UInt8(ascii: ",") { at -= 1 }
    return at >= 0 && at < brace - 1 && bytes[at] == UInt8(ascii: "{")
  }

  /// Leaves out the `+` of `\p{N}{1,3}+`, which matches the same without it at the end of an
  /// alternative, where nothing could be given back to.
  private static func dropPossession(
    _ bytes: [UInt8], _ at: Int, into result: inout [UInt8], path: String
  ) throws(TokenizerError) {
    let next = at + 2
    guard next == bytes.count || bytes[next] == UInt8(ascii: "|") else {
      throw .unsupported(
        path: path, component: "a counted possessive quantifier within an alternative (pattern)")
    }
    result.append(bytes[at])
  }
}
