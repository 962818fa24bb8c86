extension TextTokenizer {
  /// The text of some tokens.
  ///
  /// Ids that no token has are left out. Bytes that are not valid UTF-8, such as half a character,
  /// become U+FFFD.
  ///
  /// - Parameters:
  ///   - ids: the tokens.
  ///   - skipsSpecialTokens: whether special tokens are left out.
  public func decode(_ ids: some Sequence<TokenID>, skipsSpecialTokens: Bool = true) -> String {
    String(decoding: decodeBytes(ids, skipsSpecialTokens: skipsSpecialTokens), as: UTF8.self)
  }

  /// The bytes of some tokens, which need not be whole characters.
  public func decodeBytes(
    _ ids: some Sequence<TokenID>, skipsSpecialTokens: Bool = true
  ) -> [UInt8] {
    var result: [UInt8] = []
    let separator = decoder.separator
    var isFirst = true
    for id in ids {
      if skipsSpecialTokens, decoding.isSpecial(id) { continue }
      guard let bytes = decoding.bytes(of: id) else { continue }
      if !isFirst { result += separator }
      isFirst = false
      result += bytes
    }
    return result
  }

  /// A decoder for tokens that come one at a time.
  public func streamDecoder(skipsSpecialTokens: Bool = true) -> StreamDecoder {
    StreamDecoder(self, skipsSpecialTokens: skipsSpecialTokens)
  }
}
