/// Metaspace as a decoder turns the character that stands for a space back into one; in the first token
/// it goes if the pre-tokenizer puts one before the text.
extension MetaspacePreTokenizer {
  /// Changes the text of a token.
  func decode(_ text: [UInt8], isFirst: Bool) -> [UInt8] {
    let isPrefix = isFirst && prependScheme != .never
    return replacing(Array(String(replacement).utf8), with: isPrefix ? [] : [0x20], in: text)
  }
}
