import Files
import JSON

extension TextTokenizer {
  /// The text of a tokenizer.json that Hugging Face tokenizers loads and that gives the same ids.
  public func serialized() -> [UInt8] {
    json.serializedBytes(pretty: true)
  }

  /// Writes tokenizer.json and tokenizer_config.json into a folder, which is made if need be.
  ///
  /// `AutoTokenizer` of transformers loads the folder.
  public func save(to folder: String) throws(TokenizerError) {
    do {
      try createDirectories(folder)
      try writeAtomically(folder / "tokenizer.json", serialized())
      try writeAtomically(
        folder / "tokenizer_config.json", configuration.json.serializedBytes(pretty: true))
    } catch {
      throw .unwritable(path: error.path, reason: error.reason)
    }
  }

  private var json: JSONValue {
    [
      "version": "1.0",
      "truncation": truncation?.json ?? .null,
      "padding": padding?.json ?? .null,
      "added_tokens": .array(added.tokens.map { $0.token.json(id: $0.id) }),
      "normalizer": pipeline.normalizer?.json ?? .null,
      "pre_tokenizer": pipeline.preTokenizer?.json ?? .null,
      "post_processor": postProcessor.json,
      "decoder": decoder.json,
      "model": model.json,
    ]
  }
}
