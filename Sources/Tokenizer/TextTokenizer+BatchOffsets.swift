extension TextTokenizer {
  /// The tokens of many texts and where they lie in them, encoded on several threads.
  ///
  /// The result does not depend on the number of threads, which is that of the
  /// processors unless given.
  public func encodeBatchWithOffsets(
    _ texts: [String], specialTokens: SpecialTokenHandling = .asText, addsTemplate: Bool = true,
    threads: Int? = nil
  ) -> [TokenizedText] {
    guard !texts.isEmpty else { return [] }
    let threads = max(1, min(threads ?? availableProcessors(), texts.count))
    return [TokenizedText](unsafeUninitializedCapacity: texts.count) { results, count in
      // Texts are handed out some at a time, so that short ones do not queue for the counter.
      let chunk = max(1, min(64, texts.count / (threads * 8)))
      let chunks = (texts.count + chunk - 1) / chunk
      nonisolated(unsafe) let output = results
      forEachIndex(below: chunks, threads: threads) { _, index in
        for number in (index * chunk)..<min(texts.count, (index + 1) * chunk) {
          (output.baseAddress! + number).initialize(
            to: encodeWithOffsets(
              texts[number], specialTokens: specialTokens, addsTemplate: addsTemplate))
        }
      }
      count = texts.count
    }
  }
}
