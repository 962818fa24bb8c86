/// Decodes tokens as they come and never gives out a part of a character.
///
/// ```swift
/// var decoder = tokenizer.streamDecoder()
/// for id in ids { print(decoder.append(id), terminator: "") }
/// print(decoder.finish())
/// ```
///
/// What it gives out, joined, is what `decode` makes of all tokens.
public struct StreamDecoder: Sendable {
  private let tokenizer: TextTokenizer
  private let skipsSpecialTokens: Bool
  private var held: [UInt8] = []
  private var isFirst = true

  /// Makes a decoder.
  public init(_ tokenizer: TextTokenizer, skipsSpecialTokens: Bool = true) {
    self.tokenizer = tokenizer
    self.skipsSpecialTokens = skipsSpecialTokens
  }

  /// The characters that this token completes; none if more bytes may belong to the last one.
  public mutating func append(_ id: TokenID) -> String {
    let table = tokenizer.decoding
    if skipsSpecialTokens, table.isSpecial(id) { return "" }
    guard let bytes = table.bytes(of: id) else { return "" }
    if !isFirst { held += tokenizer.decoder.separator }
    isFirst = false
    held += bytes
    let whole = held.count - incompleteSuffixLength(held[...])
    defer { held.removeFirst(whole) }
    return String(decoding: held[..<whole], as: UTF8.self)
  }

  /// What is left at the end: U+FFFD if the tokens end within a character, else nothing.
  public mutating func finish() -> String {
    defer {
      held = []
      isFirst = true
    }
    return String(decoding: held, as: UTF8.self)
  }
}
