import Files

/// Reads the text that a trainer learns from and counts its words, on several threads.
struct TrainingText {
  let cutting: WordCounter.Cutting
  let threads: Int

  init(_ cutting: WordCounter.Cutting, threads: Int?) {
    self.cutting = cutting
    self.threads = max(1, threads ?? availableProcessors())
  }

  /// The words of files, which may be larger than memory.
  func words(
    ofFilesAt paths: [String], _ sequence: TrainingSequence,
    progress: (TrainingProgress) -> Void
  ) throws(TokenizerError) -> WordCounter {
    let counters = makeCounters()
    for path in paths {
      let file: MappedFile
      do {
        file = try MappedFile(path)
      } catch {
        throw .unreadable(path: path, reason: error.reason)
      }
      file.bytes.withMemoryRebound(to: UInt8.self) {
        count($0, sequence, counters) { progress(.counting(bytes: $0, of: $1)) }
      }
    }
    return joined(counters)
  }

  /// The words of texts, each a sequence of its own.
  func words(
    of texts: some Sequence<String>, progress: (TrainingProgress) -> Void
  ) -> WordCounter {
    let counters = makeCounters()
    var batch: [String] = []
    var bytes = 0
    var batchBytes = 0
    func flush() {
      forEachIndex(below: batch.count, threads: counters.count) { worker, index in
        var text = batch[index]
        text.withUTF8 { counters[worker].add($0) }
      }
      bytes += batchBytes
      batchBytes = 0
      batch.removeAll(keepingCapacity: true)
      progress(.counting(bytes: bytes, of: nil))
    }
    for text in texts {
      batch.append(text)
      batchBytes += text.utf8.count
      if batchBytes >= 4 << 20 || batch.count >= 1 << 16 { flush() }
    }
    if !batch.isEmpty { flush() }
    return joined(counters)
  }

  private func makeCounters() -> [WordCounter] {
    (0..<threads).map { _ in WordCounter(cutting) }
  }

  private func joined(_ counters: [WordCounter]) -> WordCounter {
    let words = counters[0]
    for other in counters.dropFirst() { words.merge(other) }
    return words
  }

  /// Counts the words of one file in rounds of a stretch for each thread.
  private func count(
    _ text: UnsafeBufferPointer<UInt8>, _ sequence: TrainingSequence, _ counters: [WordCounter],
    _ progress: (Int, Int) -> Void
  ) {
    guard let start = text.baseAddress, !text.isEmpty else { return }
    if case .wholeText = sequence, !cutting.followsPattern {
      counters[0].add(text)
      return progress(text.count, text.count)
    }
    let stretch = 4 << 20
    var at = 0
    while at < text.count {
      var bounds = [at]
      for _ in counters.indices where bounds[bounds.count - 1] < text.count {
        let wanted = min(text.count, bounds[bounds.count - 1] + stretch)
        bounds.append(
          sequence == .lines
            ? lineStart(start, atOrAfter: wanted, end: text.count)
            : wordBoundary(in: start, atOrAfter: wanted, end: text.count))
      }
      let limits = bounds
      runConcurrently(limits.count - 1) { worker in
        let part = UnsafeBufferPointer(rebasing: text[limits[worker]..<limits[worker + 1]])
        if sequence == .lines {
          counters[worker].addLines(part)
        } else {
          counters[worker].add(part)
        }
      }
      at = limits[limits.count - 1]
      progress(at, text.count)
    }
  }

  private func lineStart(_ text: UnsafePointer<UInt8>, atOrAfter place: Int, end: Int) -> Int {
    var at = place
    while at < end, text[at - 1] != 0x0A { at += 1 }
    return at
  }
}

/// Throws if options that all trainers have are impossible.
func checkTraining(
  vocabularySize: Int, specialTokens: [String], alphabetLimit: Int? = nil
) throws(TokenizerError) {
  let most = TokenTable.largestID + 1
  guard vocabularySize >= 0, vocabularySize <= most else {
    throw .impossibleOption(name: "vocabularySize", reason: "must be from 0 to \(most)")
  }
  if let alphabetLimit, alphabetLimit < 0 {
    throw .impossibleOption(name: "alphabetLimit", reason: "must not be negative")
  }
  if specialTokens.contains(where: \.isEmpty) {
    throw .impossibleOption(name: "specialTokens", reason: "must not hold an empty token")
  }
}

extension TextTokenizer {
  /// Puts a learned model and its components together.
  ///
  /// - Parameters:
  ///   - specialTokens: the tokens that are found in text as they stand; those that the model has not
  ///     get the next ids.
  init(
    learned model: TokenModel, _ components: TokenizerComponents.Resolved,
    specialTokens: [String], configuration: TokenizerConfiguration
  ) {
    var added: [(token: AddedToken, id: TokenID)] = []
    var next = TokenID(model.tokens.idLimit)
    for token in specialTokens
    where !added.contains(where: { $0.token.content.utf8.elementsEqual(token.utf8) }) {
      let known = model.tokens.id(of: token)
      added.append((AddedToken(token), known ?? next))
      if known == nil { next += 1 }
    }
    self.init(
      pipeline: Pipeline(
        normalizer: components.normalizer, preTokenizer: components.preTokenizer, model: model,
        added: AddedVocabulary(added, normalizer: components.normalizer)),
      postProcessor: components.postProcessor, decoder: components.decoder,
      configuration: configuration)
  }
}

extension TokenizerConfiguration {
  /// Names the tokens of a vocabulary with the customary contents.
  init(specialTokens: [String], unknown: String?) {
    self.init()
    self.unknown = unknown
    func first(_ names: [String]) -> String? { specialTokens.first(where: names.contains) }
    beginningOfText = first(["<s>", "<bos>", "<|startoftext|>"])
    endOfText = first(["</s>", "<eos>", "<|endoftext|>"])
    padding = first(["<pad>", "[PAD]"])
  }
}
