extension TextTokenizer {
  /// The tokens of many texts, encoded on several threads.
  ///
  /// The result does not depend on the number of threads, which is that of the
  /// processors unless given.
  public func encodeBatch(
    _ texts: [String], specialTokens: SpecialTokenHandling = .asText, addsTemplate: Bool = true,
    threads: Int? = nil
  ) -> TokenBatch {
    if let padding, padding.length == nil {
      var unpadded = self
      unpadded.padding = nil
      let batch = unpadded.encodeBatch(
        texts, specialTokens: specialTokens, addsTemplate: addsTemplate, threads: threads)
      return batch.padded(to: padding.length(forLongest: batch.longest), padding)
    }
    let frame = frame
    let collector = BatchCollector(texts)
    let workers = max(1, min(threads ?? availableProcessors(), texts.count))
    runConcurrently(workers) { _ in
      // One encoder a thread, whose tables stay in the cache of its processor.
      pool.withEncoder { encoder in
        while let part = collector.next() {
          let some = texts[part.texts]
          encode(some, encoder, specialTokens, frame, addsTemplate) { sink, ends in
            collector.put(part, sink, ends: ends)
          }
        }
      }
    }
    return collector.batch()
  }

  /// Calls `body` with the tokens of some texts, one after another, and where those of each end.
  private func encode(
    _ texts: ArraySlice<String>, _ encoder: Encoder, _ specialTokens: SpecialTokenHandling,
    _ frame: Frame?, _ addsTemplate: Bool, _ body: (TokenSink, [Int]) -> Void
  ) {
    var ends: [Int] = []
    ends.reserveCapacity(texts.count)
    if let frame, truncation == nil, padding == nil {
      let sink = encoder.sink
      sink.begin(recordingOffsets: false)
      for var text in texts {
        if addsTemplate { sink.append(frame.before) }
        text.withUTF8 { encoder.append($0, specialTokens: specialTokens) }
        if addsTemplate { sink.append(frame.after) }
        ends.append(sink.count)
      }
      return body(sink, ends)
    }
    let sink = TokenSink()
    for var text in texts {
      let ids = text.withUTF8 {
        encoder.encode($0, specialTokens: specialTokens, recordingOffsets: false)
        return finished(encoder.sink, frame, addsTemplate)
      }
      sink.append(ids)
      ends.append(sink.count)
    }
    body(sink, ends)
  }
}
