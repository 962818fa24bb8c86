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
    String(decoding: joined(ids, skipsSpecialTokens, asText: true), as: UTF8.self)
  }

  /// The bytes of some tokens, which need not be whole characters.
  public func decodeBytes(
    _ ids: some Sequence<TokenID>, skipsSpecialTokens: Bool = true
  ) -> [UInt8] {
    joined(ids, skipsSpecialTokens, asText: false)
  }

  /// A decoder for tokens that come one at a time.
  public func streamDecoder(skipsSpecialTokens: Bool = true) -> StreamDecoder {
    StreamDecoder(self, skipsSpecialTokens: skipsSpecialTokens)
  }

  private func joined(
    _ ids: some Sequence<TokenID>, _ skipsSpecialTokens: Bool, asText: Bool
  ) -> [UInt8] {
    let known = ids.withContiguousStorageIfAvailable {
      decoding.joined(
        $0, decoder: decoder, skipsSpecialTokens: skipsSpecialTokens, asText: asText)
    }
    return known
      ?? Array(ids).withUnsafeBufferPointer {
        decoding.joined(
          $0, decoder: decoder, skipsSpecialTokens: skipsSpecialTokens, asText: asText)
      }
  }
}
