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
    if let padding, padding.length == nil {
      var unpadded = self
      unpadded.padding = nil
      var all = unpadded.encodeBatchWithOffsets(
        texts, specialTokens: specialTokens, addsTemplate: addsTemplate, threads: threads)
      let length = padding.length(forLongest: all.map(\.ids.count).max() ?? 0)
      for index in all.indices {
        let missing = max(0, length - all[index].ids.count)
        padding.apply(to: &all[index].ids, length: length)
        let place = padding.direction == .left ? 0 : all[index].offsets.count
        all[index].offsets.insert(contentsOf: repeatElement(0..<0, count: missing), at: place)
      }
      return all
    }
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
