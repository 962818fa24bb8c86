extension TextTokenizer {
  /// A text, or a pair of texts, as a model reads it: tokens, types, offsets, masks.
  ///
  /// - Parameters:
  ///   - text: the text.
  ///   - pair: a second text, for models that compare two.
  ///   - specialTokens: what happens to special tokens that the texts spell out.
  ///   - addsTemplate: whether the tokens that the post-processor puts around texts are added.
  /// - Throws: `TokenizerError.impossibleOption` if truncation cannot make the pair short enough.
  public func encoding(
    of text: String, pair: String? = nil, specialTokens: SpecialTokenHandling = .asText,
    addsTemplate: Bool = true
  ) throws(TokenizerError) -> Encoding {
    var encoding = try unpadded(text, pair, specialTokens, addsTemplate)
    if let padding { encoding.pad(to: padding.length(forLongest: encoding.ids.count), padding) }
    return encoding
  }

  /// Many texts as a model reads them, padded to the same length if the tokenizer pads.
  ///
  /// - Parameters:
  ///   - texts: the texts.
  ///   - specialTokens: what happens to special tokens that the texts spell out.
  ///   - addsTemplate: whether the tokens that the post-processor puts around texts are added.
  public func encodings(
    of texts: [String], specialTokens: SpecialTokenHandling = .asText, addsTemplate: Bool = true
  ) throws(TokenizerError) -> [Encoding] {
    var encodings: [Encoding] = []
    encodings.reserveCapacity(texts.count)
    for text in texts {
      encodings.append(try unpadded(text, nil, specialTokens, addsTemplate))
    }
    if let padding {
      let length = padding.length(forLongest: encodings.map(\.ids.count).max() ?? 0)
      for index in encodings.indices { encodings[index].pad(to: length, padding) }
    }
    return encodings
  }

  private func unpadded(
    _ text: String, _ pair: String?, _ specialTokens: SpecialTokenHandling, _ addsTemplate: Bool
  ) throws(TokenizerError) -> Encoding {
    var drafts = [drafted(text, 0, specialTokens)]
    if let pair { drafts.append(drafted(pair, 1, specialTokens)) }
    let around = addsTemplate ? postProcessor.addedCount(texts: drafts.count) : 0
    try truncation?.apply(to: &drafts, around: around)
    return laidOut([text] + (pair.map { [$0] } ?? []), drafts, addsTemplate: addsTemplate)
  }
}
