/// Special tokens as a model's configuration numbers them, for tokenizers that do not name theirs.
package struct GGUFTokenIdentifiers: Sendable {
  /// The token before a text.
  package var beginning: Int?
  /// The token after a text.
  package var end: Int?
  /// The token that fills a batch.
  package var padding: Int?

  /// None.
  package init() {}
}
