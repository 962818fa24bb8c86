import JSON

/// Takes white space from the ends of a text: the component `Strip`.
struct StripNormalizer: Sendable, Equatable {
  var stripsLeft: Bool
  var stripsRight: Bool

  init(stripsLeft: Bool = true, stripsRight: Bool = true) {
    self.stripsLeft = stripsLeft
    self.stripsRight = stripsRight
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    stripsLeft = try reader.bool("strip_left")
    stripsRight = try reader.bool("strip_right")
  }

  var json: JSONValue {
    ["type": "Strip", "strip_left": .bool(stripsLeft), "strip_right": .bool(stripsRight)]
  }

  func apply(to text: inout AlignedText) {
    let kept = text.withBytes { bytes -> Range<Int> in
      guard let text = bytes.baseAddress else { return 0..<0 }
      var (lower, upper) = (0, bytes.count)
      while stripsLeft, lower < upper {
        let (value, length) = character(in: text, at: lower, end: upper)
        guard isWhiteSpace(value) else { break }
        lower += length
      }
      while stripsRight, upper > lower {
        let (value, length) = lastCharacter(in: text, start: lower, end: upper)
        guard isWhiteSpace(value) else { break }
        upper -= length
      }
      return lower..<upper
    }
    if kept.count < text.bytes.count { text.rewrite { $1.keep(kept) } }
  }
}
