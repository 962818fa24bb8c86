/// What a BPE model that runs on characters needs beside its vocabulary and merges; all threads share
/// it.
final class CharacterTokens: Sendable {
  /// The token of each character below U+10000, −1 where there is none.
  private let basic: [TokenID]
  private let tokens: TokenTable
  /// The tokens `<0x00>` to `<0xFF>`, −1 where there is none.
  let byteTokens: [TokenID]
  /// How many bytes of text each token mostly stands for: those of its own text, or one.
  let widths: [Int32]
  /// Whether a piece may be cut before each `▁` that follows another character, because no merge
  /// crosses such a place.
  ///
  /// The words in between are then merged, and remembered, one by one.
  let cutsAtSpaces: Bool
  /// For each ASCII character whether no merge crosses the place before it (1) and after it (2), as it
  /// often is with digits and line ends; 0 for other bytes.
  private let cuts: [UInt8]

  init(_ model: BytePairModel) {
    let tokens = model.tokens
    self.tokens = tokens
    var basic = [TokenID](repeating: -1, count: 0x1_0000)
    var widths = [Int32](repeating: 0, count: tokens.idLimit)
    let suffix = Array(model.options.endSuffix.utf8)
    for id in 0..<tokens.idLimit {
      guard let text = tokens.bytes(of: TokenID(id)), let start = text.baseAddress, !text.isEmpty
      else { continue }
      let first = character(in: start, at: 0, end: text.count)
      if first.length == text.count, first.value < 0x1_0000 {
        basic[Int(first.value)] = TokenID(id)
      }
      let hasSuffix =
        !suffix.isEmpty && text.count > suffix.count
        && text.suffix(suffix.count).elementsEqual(suffix)
      widths[id] = Int32(text.count - (hasSuffix ? suffix.count : 0))
    }
    // A lone U+FFFD also stands for each invalid byte; only the character itself has the token.
    self.basic = basic
    byteTokens = (UInt8.min...UInt8.max).map { tokens.id(of: byteToken($0)) ?? -1 }
    if model.options.fallsBackToBytes {
      for token in byteTokens where token >= 0 { widths[Int(token)] = 1 }
    }
    self.widths = widths
    cutsAtSpaces = Self.mayCutAtSpaces(model, hasSpace: basic[0x2581] >= 0)
    cuts = cutsAtSpaces ? Self.cuts(model, basic, byteTokens) : [UInt8](repeating: 0, count: 256)
  }

  /// The token of a character whose bytes are given, −1 if there is none.
  @inline(__always)
  func token(_ character: UInt32, _ text: UnsafePointer<UInt8>, _ length: Int) -> TokenID {
    if character < 0x1_0000, character != 0xFFFD { return basic[Int(character)] }
    return tokens.id(of: UnsafeBufferPointer(start: text, count: length)) ?? -1
  }

  /// Where the word that begins at `start` ends: before the next `▁` that follows another character,
  /// or at a character that merges with nothing.
  @inline(__always)
  func wordEnd(in text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
    cuts.withUnsafeBufferPointer { cuts in
      var at = start
      while at < end, isSpace(text, at, end) { at += 3 }
      while at < end {
        let cut = cuts[Int(text[at])]
        if cut & 1 != 0, at > start { return at }
        if isSpace(text, at, end) { return at }
        at += 1
        if cut & 2 != 0 { return at }
      }
      return end
    }
  }

  @inline(__always)
  private func isSpace(_ text: UnsafePointer<UInt8>, _ at: Int, _ end: Int) -> Bool {
    text[at] == 0xE2 && at + 2 < end && text[at + 1] == 0x96 && text[at + 2] == 0x81
  }

  private static func mayCutAtSpaces(_ model: BytePairModel, hasSpace: Bool) -> Bool {
    guard hasSpace, !model.hasAffixes, !model.options.ignoresMerges else { return false }
    let space: [UInt8] = [0xE2, 0x96, 0x81]
    return model.merges.allSatisfy { rule in
      guard let left = model.tokens.bytes(of: rule.left),
        let right = model.tokens.bytes(of: rule.right)
      else { return false }
      return left.suffix(3).elementsEqual(space) || !right.prefix(3).elementsEqual(space)
    }
  }

  /// Which ASCII characters may be cut off.
  private static func cuts(
    _ model: BytePairModel, _ basic: [TokenID], _ byteTokens: [TokenID]
  ) -> [UInt8] {
    // An unknown character may be fused with the one beside it.
    let hasAllBytes = model.options.fallsBackToBytes && byteTokens.allSatisfy { $0 >= 0 }
    var cuts = (0..<256).map { byte -> UInt8 in
      let isKnown = basic[byte] >= 0 || hasAllBytes
      return byte < 0x80 && isKnown ? 3 : 0
    }
    let bytes = Dictionary(
      byteTokens.enumerated().map { ($0.element, $0.offset) },
      uniquingKeysWith: { first, _ in first })
    for rule in model.merges {
      if let last = model.tokens.bytes(of: rule.left)?.last { cuts[Int(last)] &= ~2 }
      if let first = model.tokens.bytes(of: rule.right)?.first { cuts[Int(first)] &= ~1 }
      // Merges of byte tokens stand for the bytes themselves.
      if let byte = bytes[rule.left] { cuts[byte] &= ~2 }
      if let byte = bytes[rule.right] { cuts[byte] &= ~1 }
    }
    return cuts
  }
}

/// How the token of a byte is written in vocabularies that fall back to bytes.
func byteToken(_ byte: UInt8) -> String {
  let digits = String(byte, radix: 16, uppercase: true)
  return "<0x\(digits.count < 2 ? "0" : "")\(digits)>"
}
