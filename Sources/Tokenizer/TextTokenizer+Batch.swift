extension TextTokenizer {
  /// The tokens of many texts, encoded on several threads.
  ///
  /// The result does not depend on the number of threads, which is that of the
  /// processors unless given.
  public func encodeBatch(
    _ texts: [String], specialTokens: SpecialTokenHandling = .asText, addsTemplate: Bool = true,
    threads: Int? = nil
  ) -> [[TokenID]] {
    guard !texts.isEmpty else { return [] }
    if let padding, padding.length == nil {
      var unpadded = self
      unpadded.padding = nil
      var all = unpadded.encodeBatch(
        texts, specialTokens: specialTokens, addsTemplate: addsTemplate, threads: threads)
      let length = padding.length(forLongest: all.map(\.count).max() ?? 0)
      for index in all.indices { padding.apply(to: &all[index], length: length) }
      return all
    }
    let frame = frame
    let threads = max(1, min(threads ?? availableProcessors(), texts.count))
    return [[TokenID]](unsafeUninitializedCapacity: texts.count) { results, count in
      // Texts are handed out some at a time, so that short ones do not queue for the counter.
      let chunk = max(1, min(64, texts.count / (threads * 8)))
      let chunks = (texts.count + chunk - 1) / chunk
      nonisolated(unsafe) let output = results
      let shares = Shares(of: chunks, workers: threads)
      runConcurrently(shares.workers) { worker in
        // One encoder a thread, whose tables stay in the cache of its processor.
        pool.withEncoder { encoder in
          shares.forEach(of: worker) { index in
            for number in (index * chunk)..<min(texts.count, (index + 1) * chunk) {
              var text = texts[number]
              let ids = text.withUTF8 { utf8 in
                encoder.encode(utf8, specialTokens: specialTokens, recordingOffsets: false)
                return finished(encoder.sink, frame, addsTemplate)
              }
              (output.baseAddress! + number).initialize(to: ids)
            }
          }
        }
      }
      count = texts.count
    }
  }
}
