/// The added tokens of a tokenizer and the two ways in which they are looked for.
struct AddedVocabulary: Sendable {
  /// The tokens in the order of their ids.
  let tokens: [(token: AddedToken, id: TokenID)]
  /// Finds those that are looked for in text as it is.
  let exact: AddedTokenMatcher
  /// Finds those that are looked for in normalized text.
  let normalized: AddedTokenMatcher
  /// What each token is looked for as: its content, normalized if it is looked for in normalized text.
  ///
  /// Decoding starts from it too: what a normalizer did, a decoder may undo.
  let spellings: [String]
  /// Whether all of them are special.
  let areAllSpecial: Bool
  private let specialContents: Set<[UInt8]>
  private let indices: [TokenID: Int]

  init(_ tokens: [(token: AddedToken, id: TokenID)], normalizer: Normalizer? = nil) {
    let tokens = tokens.sorted { $0.id < $1.id }
    self.tokens = tokens
    spellings = tokens.map { entry in
      let content = entry.token.content
      return entry.token.normalized ? normalizer?.normalized(content) ?? content : content
    }
    let spelled = Array(zip(tokens, spellings))
    func matcher(normalized: Bool) -> AddedTokenMatcher {
      let chosen = spelled.filter { $0.0.token.normalized == normalized }
      return AddedTokenMatcher(chosen.map(\.0), spellings: chosen.map(\.1))
    }
    exact = matcher(normalized: false)
    self.normalized = matcher(normalized: true)
    areAllSpecial = tokens.allSatisfy(\.token.special)
    specialContents = Set(
      tokens.lazy.filter(\.token.special).map { Array($0.token.content.utf8) })
    indices = Dictionary(
      uniqueKeysWithValues: tokens.enumerated().map { ($0.element.id, $0.offset) })
  }

  /// One more than the largest id.
  var idLimit: Int { tokens.last.map { Int($0.id) + 1 } ?? 0 }

  /// Whether there are none.
  var isEmpty: Bool { tokens.isEmpty }

  /// Whether decoding leaves out a token that is spelled like this where special tokens are left out.
  ///
  /// As in the reference the spelling decides: a special token stays that the normalizer spells
  /// differently.
  func isSpecial(spelling: some Sequence<UInt8>) -> Bool {
    !specialContents.isEmpty && specialContents.contains(Array(spelling))
  }

  /// The token with an id.
  subscript(id: TokenID) -> AddedToken? {
    indices[id].map { tokens[$0].token }
  }

  /// The id of the token with a content.
  func id(of content: String) -> TokenID? {
    tokens.first { $0.token.content.utf8.elementsEqual(content.utf8) }?.id
  }
}
