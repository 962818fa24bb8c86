/// Takes white space out of the offsets of tokens, as post-processors of byte-level vocabularies do.
struct OffsetTrimmer {
  /// The text, and the tokens' texts.
  let text: UnsafeBufferPointer<UInt8>
  let tokenizer: TextTokenizer
  /// Whether the pre-tokenizer may have put a space before the text.
  let addsPrefixSpace: Bool

  /// Moves the offsets of one text's tokens.
  func trim(_ encoding: inout Encoding) {
    for index in encoding.ids.indices {
      encoding.offsets[index] = trimmed(
        encoding.ids[index], encoding.offsets[index], isFirst: index == 0)
    }
    for part in encoding.overflowing.indices { trim(&encoding.overflowing[part]) }
  }

  private func trimmed(_ id: TokenID, _ range: Range<Int>, isFirst: Bool) -> Range<Int> {
    // An added token may have taken white space with it, which its content does not show.
    let token =
      tokenizer.added[id] == nil
      ? tokenizer.model.tokens.text(of: id) ?? ""
      : String(decoding: UnsafeBufferPointer(rebasing: text[range]), as: UTF8.self)
    let leading = token.unicodeScalars.prefix(while: isWrittenSpace).count
    let trailing = token.unicodeScalars.reversed().prefix(while: isWrittenSpace).count
    guard leading > 0 || trailing > 0 else { return range }
    return trimmed(range, isFirst: isFirst, leading: leading, trailing: trailing)
  }

  /// Moves a token's offsets past the white space at both of its ends, a character for each.
  ///
  /// A single space at the start of the text stays if the pre-tokenizer may have put it there, as
  /// then it is not in the text.
  private func trimmed(
    _ range: Range<Int>, isFirst: Bool, leading: Int, trailing: Int
  ) -> Range<Int> {
    guard let start = text.baseAddress else { return range }
    var (lower, upper) = (range.lowerBound, range.upperBound)
    let mayBeAdded = addsPrefixSpace && leading == 1 && (isFirst || lower == 0)
    for _ in 0..<(mayBeAdded ? 0 : leading) where lower < upper {
      lower += character(in: start, at: lower, end: upper).length
    }
    for _ in 0..<trailing where upper > lower {
      upper -= lastCharacter(in: start, start: lower, end: upper).length
    }
    return lower..<upper
  }
}

/// Whether a character of a token's text is white space, written as itself or as `Ġ`.
private func isWrittenSpace(_ character: Unicode.Scalar) -> Bool {
  character.value == 0x120 || character.properties.isWhitespace
}
