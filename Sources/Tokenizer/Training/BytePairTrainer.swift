import Files

/// Learns a byte-level BPE vocabulary from text.
///
/// ```swift
/// var trainer = BytePairTrainer(vocabularySize: 8192)
/// trainer.specialTokens = ["<|endoftext|>"]
/// let tokenizer = try trainer.train(onFilesAt: ["corpus.txt"])
/// try tokenizer.save(to: "tokenizer")
/// ```
///
/// Vocabulary and merges are those of `BpeTrainer` in Hugging Face tokenizers 0.23 on the same text
/// with the same options: the most frequent pair is merged, among equals the one with the smaller ids
/// (Sennrich et al., arXiv 1508.07909). They do not depend on the number of threads.
public struct BytePairTrainer: Sendable {
  /// What of a file is cut into words on its own.
  public enum SequenceUnit: Sendable {
    /// Each line with its line feed, as Hugging Face tokenizers trains on files.
    case lines
    /// The whole file, as its `train_from_iterator` does with texts.
    case wholeText
  }

  /// Which bytes have a token even if the text has none of them.
  public enum Alphabet: Sendable {
    /// All 256, so that any text can be encoded.
    case allBytes
    /// Only those of the text.
    case seenBytes
  }

  /// How far training has come.
  public enum Progress: Sendable, Equatable {
    /// Text is read: how many bytes of how many; the latter is unknown for texts from an iterator.
    case counting(bytes: Int, of: Int?)
    /// Pairs are merged: how many tokens there are of how many wanted.
    case merging(tokens: Int, of: Int)
  }

  /// The number of tokens wanted, special tokens and alphabet included.
  public var vocabularySize: Int
  /// Pairs that occur less often than this are not merged.
  public var minimumFrequency = 0
  /// Tokens that get the first ids and are never merged from text; the first is named as the end of
  /// a text in the configuration.
  public var specialTokens: [String] = []
  /// Which bytes have a token even if the text has none of them.
  public var alphabet = Alphabet.allBytes
  /// The largest number of bytes with a token, the most frequent ones of the text; no limit if nil.
  public var alphabetLimit: Int?
  /// The limit of a token's length in bytes, compared as Hugging Face tokenizers compares it; no
  /// limit if nil.
  public var longestToken: Int?
  /// How text is cut into words.
  public var preTokenizer = ByteLevelPreTokenizer()
  /// The number of threads that count words; that of the processors if nil.
  public var threads: Int?

  /// Makes a trainer for a vocabulary of the given size.
  public init(vocabularySize: Int) {
    self.vocabularySize = vocabularySize
  }

  /// Learns from files, which may be larger than memory.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - sequence: what of them is cut into words on its own.
  ///   - progress: is told now and then how far training has come, on the caller's thread.
  public func train(
    onFilesAt paths: [String], sequence: SequenceUnit = .lines,
    progress: (Progress) -> Void = { _ in }
  ) throws(TokenizerError) -> TextTokenizer {
    try check()
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
    return try learn(counters, progress)
  }

  /// Learns from texts, each a sequence of its own; none is kept.
  ///
  /// - Parameters:
  ///   - texts: the texts.
  ///   - progress: is told now and then how far training has come, on the caller's thread.
  public func train(
    on texts: some Sequence<String>, progress: (Progress) -> Void = { _ in }
  ) throws(TokenizerError) -> TextTokenizer {
    try check()
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
    return try learn(counters, progress)
  }

  private func makeCounters() -> [WordCounter] {
    (0..<max(1, threads ?? availableProcessors())).map { _ in WordCounter(preTokenizer) }
  }

  /// Counts the words of one file in rounds of a stretch for each thread.
  private func count(
    _ text: UnsafeBufferPointer<UInt8>, _ sequence: SequenceUnit, _ counters: [WordCounter],
    _ progress: (Int, Int) -> Void
  ) {
    guard let start = text.baseAddress, !text.isEmpty else { return }
    // Without a pattern or with a space put before it, a whole text cannot be cut.
    let inOnePiece = preTokenizer.addsPrefixSpace || !preTokenizer.usesPattern
    if case .wholeText = sequence, inOnePiece {
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

  private func check() throws(TokenizerError) {
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

  private func learn(
    _ counters: [WordCounter], _ progress: (Progress) -> Void
  ) throws(TokenizerError) -> TextTokenizer {
    let words = counters[0]
    for other in counters.dropFirst() { words.merge(other) }
    let (vocabulary, byteTokens) = startingVocabulary(words)
    var learner = BytePairLearner(
      vocabulary: vocabulary, byteTokens: byteTokens, words: words,
      minimumFrequency: minimumFrequency, longestToken: longestToken)
    learner.learn(size: vocabularySize) { progress(.merging(tokens: $0, of: vocabularySize)) }
    progress(.merging(tokens: learner.texts.count, of: vocabularySize))
    return try TextTokenizer.byteLevel(
      vocabulary: learner.texts, merges: learner.merges, specialTokens: specialTokens,
      preTokenizer: preTokenizer)
  }

  /// The special tokens and the alphabet, in the order of their characters.
  private func startingVocabulary(
    _ words: WordCounter
  ) -> (vocabulary: [String], byteTokens: [TokenID]) {
    var frequency = [Int64](repeating: 0, count: 256)
    for word in 0..<words.count {
      for byte in words[word] { frequency[Int(byte)] += words.counts[word] }
    }
    if alphabet == .allBytes { frequency = frequency.map { _ in .max } }
    var bytes = ByteAlphabet.bytesInCharacterOrder.filter { frequency[Int($0)] > 0 }
    if let alphabetLimit, bytes.count > alphabetLimit {
      let kept = Set(
        bytes.sorted { frequency[Int($0)] > frequency[Int($1)] }.prefix(alphabetLimit))
      bytes = bytes.filter(kept.contains)
    }
    let table = ByteStringTable()
    var vocabulary: [String] = []
    for token in specialTokens where table.insert(token) == vocabulary.count {
      vocabulary.append(token)
    }
    var byteTokens = [TokenID](repeating: -1, count: 256)
    for byte in bytes {
      let text = ByteAlphabet.token(for: CollectionOfOne(byte))
      let number = table.insert(text)
      if number == vocabulary.count { vocabulary.append(text) }
      byteTokens[Int(byte)] = TokenID(number)
    }
    return (vocabulary, byteTokens)
  }
}
