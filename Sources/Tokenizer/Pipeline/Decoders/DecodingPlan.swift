/// How a decoder is run: token by token from tables, or over all tokens at once.
///
/// The decoders of nearly all tokenizers change each token on its own, apart from the first or the
/// last, so that the bytes of every token can be known in advance and text can be decoded as it comes.
struct DecodingPlan {
  /// The decoders that change each token's text.
  private(set) var tokenwise: [Decoder] = []
  /// Whether `<0xE2>` and the like are bytes that form characters with their neighbours.
  private(set) var joinsByteTokens = false
  /// What is taken away from both ends of the whole text.
  private(set) var strips: [StripDecoder] = []
  /// What comes between two tokens.
  private(set) var separator: [UInt8] = []

  /// The plan for a decoder; nil if a token's text depends on other tokens in another way.
  init?(_ decoder: Decoder) {
    if case .none = decoder {
      separator = [0x20]
      return
    }
    var isFused = false
    for part in decoder.flattened {
      switch part {
      case .fuse: isFused = true
      case .strip(let strip) where isFused: strips.append(strip)
      case _ where isFused: return nil
      case .byteFallback where !joinsByteTokens: joinsByteTokens = true
      case .connectionist, .byteFallback, .sequence: return nil
      case .none: continue
      case .byteLevel:
        if joinsByteTokens { return nil }
        tokenwise.append(part)
        isFused = true
      case .wordPiece, .metaspace, .bytePair, .replace, .strip:
        // Behind ByteFallback a token is a whole run of bytes.
        if joinsByteTokens { return nil }
        tokenwise.append(part)
      }
    }
  }

  /// Whether the first token's text differs from what it is elsewhere.
  var distinguishesFirst: Bool {
    tokenwise.contains {
      switch $0 {
      case .wordPiece, .metaspace: true
      default: false
      }
    }
  }

  /// Whether the last token's text differs from what it is elsewhere.
  var distinguishesLast: Bool {
    tokenwise.contains { if case .bytePair = $0 { true } else { false } }
  }

  /// The text of a token at its place, and whether it is a byte that joins its neighbours.
  func decode(_ text: [UInt8], isFirst: Bool, isLast: Bool) -> (bytes: [UInt8], isByte: Bool) {
    let changed = tokenwise.reduce(text) { $1.decode($0, isFirst: isFirst, isLast: isLast) }
    if joinsByteTokens, let byte = byteOfToken(changed) { return ([byte], true) }
    return (changed, false)
  }
}
