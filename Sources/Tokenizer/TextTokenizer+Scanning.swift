import JSON

extension TextTokenizer {
  /// The tokenizer of a tokenizer.json with a BPE model as every real file has it; nil for any other
  /// text, which is to be read as a tree of JSON values.
  ///
  /// - Parameters:
  ///   - bytes: the text.
  ///   - path: what errors call it.
  ///   - companions: what lies beside the file.
  ///   - configuration: what tokenizer_config.json says.
  static func scanned(
    _ bytes: UnsafeRawBufferPointer, path: String, _ companions: Companions,
    _ configuration: TokenizerConfiguration
  ) throws(TokenizerError) -> TextTokenizer? {
    guard
      let (json, deferred) = try? JSONValue.parsing(
        bytes, deferring: ["vocab", "merges"], of: "model"),
      let model = json.object?["model"]?.object, model["type"]?.string == "BPE",
      let vocabulary = deferred["vocab"], let merges = deferred["merges"],
      try companions.missing(in: json).isEmpty
    else { return nil }
    let prefix = model["continuing_subword_prefix"]?.string ?? ""
    let result = Locked<ScannedBytePairs?>(nil)
    // For a small file a thread costs more than it saves.
    runConcurrently(bytes.count > 1 << 20 ? 2 : 1) { part in
      if part == 0 {
        let scanned = ScannedBytePairs(
          vocabulary: vocabulary, merges: merges, prefixLength: prefix.utf8.count)
        result.withLock { $0 = scanned }
      } else {
        // Its classes of characters take a while the first time, and are kept.
        _ = try? PreTokenizer.read(json.object?["pre_tokenizer"] ?? .null, path: path)
      }
    }
    guard let scanned = result.withLock({ $0 }) else { return nil }
    return try TextTokenizer(json, path: path, configuration: configuration, scanned: scanned)
  }
}
