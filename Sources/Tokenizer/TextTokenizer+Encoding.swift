/// What happens to special tokens that a text spells out, such as `<|endoftext|>`.
public enum SpecialTokenHandling: Sendable, Equatable {
  /// Each becomes its id. For text of one's own, such as a rendered chat template.
  case parse
  /// They are text like any other. For text from outside, which must not control the model.
  case asText
  /// Those with the given contents become their ids, the others are text.
  case parseOnly(Set<String>)

  func accepts(_ token: AddedToken) -> Bool {
    switch self {
    case .parse: true
    case .asText: !token.special
    case .parseOnly(let contents): !token.special || contents.contains(token.content)
    }
  }
}

/// The tokens of a text and where they lie in it.
public struct TokenizedText: Sendable, Equatable {
  /// The tokens.
  public var ids: [TokenID]
  /// For each token the UTF-8 bytes of the text that it stands for, widened to whole characters.
  ///
  /// Tokens that share a character have the same or overlapping ranges. Tokens that are not in the
  /// text, such as those of a template, have the range `0..<0`.
  public var offsets: [Range<Int>]
}

extension TextTokenizer {
  /// The tokens of a text.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - specialTokens: what happens to special tokens that the text spells out. Hugging Face
  ///     tokenizers parse them; here that must be asked for.
  ///   - addsTemplate: whether the tokens that the post-processor puts around a text are added.
  public func encode(
    _ text: String, specialTokens: SpecialTokenHandling = .asText, addsTemplate: Bool = true
  ) -> [TokenID] {
    withEncoded(text, specialTokens) { finished($0, frame, addsTemplate) }
  }

  /// The tokens of a text given as UTF-8.
  ///
  /// Bytes that are not valid UTF-8 are encoded too, each as a character of its own.
  public func encode(
    utf8 text: UnsafeBufferPointer<UInt8>, specialTokens: SpecialTokenHandling = .asText,
    addsTemplate: Bool = true
  ) -> [TokenID] {
    pool.withEncoder { encoder in
      encoder.encode(text, specialTokens: specialTokens, recordingOffsets: false)
      return finished(encoder.sink, frame, addsTemplate)
    }
  }

  /// The tokens of a text and where they lie in it.
  public func encodeWithOffsets(
    _ text: String, specialTokens: SpecialTokenHandling = .asText, addsTemplate: Bool = true
  ) -> TokenizedText {
    var encoding = processed(
      [text], [drafted(text, 0, specialTokens)], addsTemplate: addsTemplate)
    if let padding { encoding.pad(to: padding.length(forLongest: encoding.ids.count), padding) }
    return TokenizedText(ids: encoding.ids, offsets: encoding.offsets)
  }

  /// The number of tokens of a text, which are not collected.
  public func count(
    _ text: String, specialTokens: SpecialTokenHandling = .asText, addsTemplate: Bool = true
  ) -> Int {
    guard truncation == nil, padding == nil, let frame else {
      return encode(text, specialTokens: specialTokens, addsTemplate: addsTemplate).count
    }
    let around = addsTemplate ? frame.before.count + frame.after.count : 0
    return withEncoded(text, specialTokens) { $0.count } + around
  }

  /// Throws the first special token that a text spells out, for text that must not hold any.
  public func refuseSpecialTokens(in text: String) throws(TokenizerError) {
    var text = text
    let first: (token: String, offset: Int)? = text.withUTF8 { utf8 in
      guard let start = utf8.baseAddress else { return nil }
      var first: (token: String, offset: Int)?
      for matcher in [added.exact, added.normalized] {
        matcher.split(start, 0..<utf8.count, accepts: { token, _ in token.special }, text: { _ in })
        { match in
          let content = matcher.tokens[match.index].token.content
          if first.map({ match.range.lowerBound < $0.offset }) ?? true {
            first = (content, match.range.lowerBound)
          }
        }
      }
      return first
    }
    if let first { throw .specialTokenInText(token: first.token, offset: first.offset) }
  }

  func withEncoded<Result>(
    _ text: String, _ specialTokens: SpecialTokenHandling, recordingOffsets: Bool = false,
    where counts: AddedTokenFilter? = nil, _ body: (TokenSink) -> Result
  ) -> Result {
    var text = text
    return text.withUTF8 { utf8 in
      pool.withEncoder { encoder in
        encoder.encode(
          utf8, specialTokens: specialTokens, recordingOffsets: recordingOffsets, where: counts)
        return body(encoder.sink)
      }
    }
  }
}
