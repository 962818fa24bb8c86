import JSON

/// A token that is found in text as it stands, before the model sees it.
public struct AddedToken: Sendable, Equatable {
  /// The text that it stands for.
  public var content: String
  /// Whether it only counts as a word of its own: with no word character before or after it.
  public var singleWord: Bool
  /// Whether it takes the white space before it with it.
  public var stripsLeft: Bool
  /// Whether it takes the white space after it with it.
  public var stripsRight: Bool
  /// Whether it is looked for in normalized text instead of the text as it is.
  public var normalized: Bool
  /// Whether it controls the model and is no text: decoding can leave it out, and encoding can be
  /// told to treat its content as text.
  public var special: Bool

  /// Makes a token.
  public init(
    _ content: String, singleWord: Bool = false, stripsLeft: Bool = false,
    stripsRight: Bool = false, normalized: Bool = false, special: Bool = true
  ) {
    self.content = content
    self.singleWord = singleWord
    self.stripsLeft = stripsLeft
    self.stripsRight = stripsRight
    self.normalized = normalized
    self.special = special
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    content = try reader.string("content")
    singleWord = try reader.bool("single_word", default: false)
    stripsLeft = try reader.bool("lstrip", default: false)
    stripsRight = try reader.bool("rstrip", default: false)
    special = try reader.bool("special", default: false)
    normalized = try reader.bool("normalized", default: !special)
  }

  func json(id: TokenID) -> JSONValue {
    [
      "id": .integer(Int64(id)),
      "content": .string(content),
      "single_word": .bool(singleWord),
      "lstrip": .bool(stripsLeft),
      "rstrip": .bool(stripsRight),
      "normalized": .bool(normalized),
      "special": .bool(special),
    ]
  }
}
