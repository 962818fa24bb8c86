/// The added tokens of a tokenizer and the two ways in which they are looked for.
struct AddedVocabulary: Sendable {
  /// The tokens in the order of their ids.
  let tokens: [(token: AddedToken, id: TokenID)]
  /// Finds those that are looked for in text as it is.
  let exact: AddedTokenMatcher
  /// Finds those that are looked for in normalized text.
  let normalized: AddedTokenMatcher
  private let indices: [TokenID: Int]

  init(_ tokens: [(token: AddedToken, id: TokenID)], normalizer: Normalizer? = nil) {
    let tokens = tokens.sorted { $0.id < $1.id }
    self.tokens = tokens
    exact = AddedTokenMatcher(tokens.filter { !$0.token.normalized })
    let normalizedTokens = tokens.filter { $0.token.normalized }
    normalized = AddedTokenMatcher(
      normalizedTokens,
      spellings: normalizedTokens.map { entry in
        normalizer.map { $0.normalized(entry.token.content) } ?? entry.token.content
      })
    indices = Dictionary(
      uniqueKeysWithValues: tokens.enumerated().map { ($0.element.id, $0.offset) })
  }

  /// Whether there are none.
  var isEmpty: Bool { tokens.isEmpty }

  /// The token with an id.
  subscript(id: TokenID) -> AddedToken? {
    indices[id].map { tokens[$0].token }
  }

  /// The id of the token with a content.
  func id(of content: String) -> TokenID? {
    tokens.first { $0.token.content.utf8.elementsEqual(content.utf8) }?.id
  }
}
