#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Learns a unigram vocabulary from text: the pieces, among all frequent substrings, with which the
/// text is most likely (Kudo, arXiv 1804.10959).
///
/// Pieces and scores are those of `UnigramTrainer` in Hugging Face tokenizers 0.23, as far as those
/// are always the same. There sums over the text are formed in an order that changes from run to run,
/// so that the last bits of scores do; a piece on the verge of being dropped may then stay or go.
/// Characters that were dropped but must have a token get the worst score and a little more each, in
/// an order that changes too; here it is that of their codes. This trainer's result is always the same
/// and does not depend on the number of threads.
public struct UnigramTrainer: Sendable {
  /// The number of tokens wanted, special tokens and alphabet included.
  ///
  /// Every character of the text gets a token, even if there are then more tokens than wanted.
  public var vocabularySize: Int
  /// Tokens that get the first ids.
  public var specialTokens: [String] = []
  /// The token for characters that have none.
  ///
  /// Unless it is a special token, it gets the first id. It may be nil only if there are tokens for
  /// bytes.
  public var unknownToken: String? = "<unk>"
  /// Whether there are tokens for all bytes, `<0x00>` to `<0xFF>`, right after the special tokens,
  /// which stand in for text that has none.
  public var fallsBackToBytes = false
  /// Characters that have a token even if the text has none of them.
  public var initialAlphabet = ""
  /// The share of the pieces that is left each time the least useful ones are dropped.
  public var shrinkingFactor = 0.75
  /// How often probabilities are estimated before pieces are dropped.
  public var estimations = 2
  /// The largest number of characters of a piece.
  public var longestPiece = 16
  /// The largest number of pieces to begin with.
  public var seedSize = 1_000_000
  /// What happens to text before it is learned from, and around the model that is made.
  public var components = TokenizerComponents.sentencePieceUnigram()
  /// The number of threads; that of the processors if nil.
  public var threads: Int?

  /// Makes a trainer for a vocabulary of the given size, with the options of
  /// `SentencePieceUnigramTokenizer`.
  public init(vocabularySize: Int) {
    self.vocabularySize = vocabularySize
  }

  /// A trainer for a vocabulary as T5 has it: `<pad>`, `</s>` and `<unk>` have the first ids.
  public static func t5(vocabularySize: Int) -> UnigramTrainer {
    var trainer = UnigramTrainer(vocabularySize: vocabularySize)
    trainer.specialTokens = ["<pad>", "</s>", "<unk>"]
    return trainer
  }

  /// Learns from files, which may be larger than memory; their different words must fit.
  ///
  /// - Parameters:
  ///   - paths: the files.
  ///   - sequence: what of them is cut into words on its own.
  ///   - progress: is told now and then how far training has come, on the caller's thread.
  public func train(
    onFilesAt paths: [String], sequence: TrainingSequence = .lines,
    progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TokenizerError) -> TextTokenizer {
    let parts = try check()
    let text = TrainingText(
      .components(parts.normalizer, parts.preTokenizer), threads: threads)
    return try learn(
      try text.words(ofFilesAt: paths, sequence, progress: progress), parts, progress)
  }

  /// Learns from texts, each a sequence of its own; none is kept.
  ///
  /// - Parameters:
  ///   - texts: the texts.
  ///   - progress: is told now and then how far training has come, on the caller's thread.
  public func train(
    on texts: some Sequence<String>, progress: (TrainingProgress) -> Void = { _ in }
  ) throws(TokenizerError) -> TextTokenizer {
    let parts = try check()
    let text = TrainingText(
      .components(parts.normalizer, parts.preTokenizer), threads: threads)
    return try learn(text.words(of: texts, progress: progress), parts, progress)
  }

  private func check() throws(TokenizerError) -> TokenizerComponents.Resolved {
    try checkTraining(vocabularySize: vocabularySize, specialTokens: specialTokens)
    guard unknownToken != nil || fallsBackToBytes else {
      throw .impossibleOption(
        name: "unknownToken", reason: "may be nil only if the model falls back to bytes")
    }
    if let unknownToken, unknownToken.isEmpty {
      throw .impossibleOption(name: "unknownToken", reason: "must not be empty")
    }
    guard shrinkingFactor > 0, shrinkingFactor < 1 else {
      throw .impossibleOption(name: "shrinkingFactor", reason: "must lie between 0 and 1")
    }
    guard estimations >= 1 else {
      throw .impossibleOption(name: "estimations", reason: "must be 1 or more")
    }
    guard longestPiece >= 1, seedSize >= 0 else {
      throw .impossibleOption(
        name: longestPiece < 1 ? "longestPiece" : "seedSize", reason: "is too small")
    }
    guard firstTokens.count <= vocabularySize else {
      throw .impossibleOption(
        name: "vocabularySize",
        reason: "is less than the number of special tokens, \(firstTokens.count)")
    }
    return try components.resolved()
  }

  /// The tokens before the pieces.
  private var firstTokens: [String] {
    let bytes = fallsBackToBytes ? (UInt8.min...UInt8.max).map { byteToken($0) } : []
    guard let unknownToken, !specialTokens.contains(unknownToken) else {
      return specialTokens + bytes
    }
    return [unknownToken] + specialTokens + bytes
  }

  private func learn(
    _ words: WordCounter, _ parts: TokenizerComponents.Resolved,
    _ progress: (TrainingProgress) -> Void
  ) throws(TokenizerError) -> TextTokenizer {
    // Sums are formed in this order, which does not depend on that of the threads.
    let order = (0..<words.count).sorted { words[$0].lexicographicallyPrecedes(words[$1]) }
    let texts = order.map { words[$0] }
    let counts = order.map { words.counts[$0] }
    let seeds = UnigramSeeds(texts, counts: counts, longest: longestPiece, size: seedSize)
    let required = seeds.characters.union(initialAlphabet.unicodeScalars.map(\.value)).sorted()
    guard required.count <= vocabularySize else {
      throw .impossibleOption(
        name: "vocabularySize",
        reason: "is less than the number of different characters, \(required.count)")
    }
    var learner = UnigramLearner(
      words: texts, counts: counts, pieces: seeds.pieces,
      threads: max(1, threads ?? availableProcessors()))
    let wanted = vocabularySize * 11 / 10
    while true {
      let size = learner.pieces.count
      for _ in 0..<estimations {
        learner.estimate()
        progress(.pruning(tokens: learner.pieces.count, to: vocabularySize))
      }
      if learner.pieces.count <= wanted { break }
      let pruned = Int(Double(learner.pieces.count) * shrinkingFactor)
      learner.prune(to: max(wanted, pruned))
      // Nothing is left that can be dropped.
      if learner.pieces.count == size { break }
    }
    withExtendedLifetime(words) {}
    return finish(learner.pieces, required, parts)
  }

  /// Puts the special tokens, the required characters and the best pieces together.
  private func finish(
    _ pieces: PieceSet, _ required: [UInt32], _ parts: TokenizerComponents.Resolved
  ) -> TextTokenizer {
    func text(_ piece: Int) -> String {
      pieces.withText(of: piece) { String(decoding: $0, as: UTF8.self) }
    }
    let smallest = pieces.smallestScore
    var penalty = 0.0
    var list: [(text: String, score: Double)] = []
    var isListed = [Bool](repeating: false, count: pieces.count)
    for character in required {
      var bytes: [UInt8] = []
      appendUTF8(character, to: &bytes)
      let node = pieces.trie.node(of: bytes)
      let piece = node < 0 ? -1 : Int(pieces.trie.value(at: node))
      if piece >= 0 {
        isListed[piece] = true
        list.append((String(decoding: bytes, as: UTF8.self), pieces.scores[piece]))
      } else {
        list.append((String(decoding: bytes, as: UTF8.self), smallest + penalty))
        penalty += 0.0001
      }
    }
    let first = firstTokens
    let wanted = vocabularySize - first.count
    for piece in 1..<max(1, pieces.count) where !isListed[piece] {
      let text = text(piece)
      // The reference's name for unknown characters while it learns never becomes a token.
      if text == "<UNK>" { continue }
      list.append((text, pieces.scores[piece]))
      if list.count == wanted { break }
    }
    let order = list.indices.sorted {
      list[$0].score != list[$1].score ? list[$0].score > list[$1].score : $0 < $1
    }
    let scores = first.map { _ in 0.0 } + order.map { list[$0].score }
    let model = UnigramModel(
      tokens: TokenTable(inOrder: first + order.map { list[$0].text }), scores: scores,
      unknownID: unknownToken.flatMap { first.firstIndex(of: $0) }.map { TokenID($0) } ?? -1,
      fallsBackToBytes: fallsBackToBytes)
    return TextTokenizer(
      learned: .unigram(model), parts, specialTokens: specialTokens,
      configuration: TokenizerConfiguration(specialTokens: specialTokens, unknown: unknownToken))
  }
}

/// The pieces that a unigram trainer begins with: all characters, and the substrings that cover most
/// of the words.
struct UnigramSeeds {
  /// The characters of the words.
  private(set) var characters: Set<UInt32> = []
  let pieces: PieceSet

  init(
    _ words: [UnsafeBufferPointer<UInt8>], counts: [Int64], longest: Int, size: Int
  ) {
    var flat: [UInt32] = []
    flat.reserveCapacity(words.reduce(0) { $0 + $1.count + 1 })
    var frequency = [Int64](repeating: 0, count: 0x11_0000)
    for (index, word) in words.enumerated() {
      forEachCharacter(in: word, 0..<word.count) { character, _ in
        flat.append(character)
        frequency[Int(character)] += counts[index]
      }
      flat.append(0)
    }
    characters = Set(frequency.indices.filter { frequency[$0] > 0 }.map { UInt32($0) })
    // U+0000 parts the words.
    let list = characters.subtracting([0]).sorted {
      let (left, right) = (frequency[Int($0)], frequency[Int($1)])
      return left != right ? left > right : $0 > $1
    }
    var bytes: [UInt8] = []
    var starts = [0, 0]
    var scores = [Double.nan]
    for character in list {
      appendUTF8(character, to: &bytes)
      starts.append(bytes.count)
      scores.append(Double(frequency[Int(character)]))
    }
    let frequent = FrequentSubstrings(flat, longest: longest)
    for substring in frequent.substrings {
      bytes.append(contentsOf: frequent.text(of: substring))
      starts.append(bytes.count)
      scores.append(Double(substring.score))
      if scores.count - 1 >= size { break }
    }
    var sum = 0.0
    for score in scores.dropFirst() { sum += score }
    let logarithm = log(sum)
    pieces = PieceSet(
      bytes: bytes, starts: starts, scores: scores.map { log($0) - logarithm })
  }
}
