import JSON

/// A tokenizer in the terms of a tokenizer.json and a tokenizer_config.json, whatever file it was
/// read from.
///
/// Each reader of another format ends here, so that all tokenizers are loaded, run and saved in one
/// way.
struct TokenizerDescription {
  /// The tokens that are found in text before the model sees it.
  var added: [(token: AddedToken, id: Int)] = []
  var normalizer: JSONValue = nil
  var preTokenizer: JSONValue = nil
  var postProcessor: JSONValue = nil
  var decoder: JSONValue = nil
  var model: JSONValue = nil
  var configuration = TokenizerConfiguration()

  /// The tokenizer.json.
  var json: JSONValue {
    [
      "version": "1.0",
      "truncation": nil,
      "padding": nil,
      "added_tokens": .array(
        added.sorted { $0.id < $1.id }.map { $0.token.json(id: TokenID(truncatingIfNeeded: $0.id)) }
      ),
      "normalizer": normalizer,
      "pre_tokenizer": preTokenizer,
      "post_processor": postProcessor,
      "decoder": decoder,
      "model": model,
    ]
  }
}
