import ArgumentParser
import Tokenizer

/// What `apus tokenizer train` can learn.
enum TrainingAlgorithm: String, CaseIterable, ExpressibleByArgument {
  case byteLevelBPE = "byte-level-bpe"
  case bpe
  case sentencePieceBPE = "sentencepiece-bpe"
  case characterBPE = "character-bpe"
  case wordPiece = "wordpiece"
  case unigram
  case wordLevel = "wordlevel"

  /// Whether it merges pairs on bytes.
  var isByteLevel: Bool { self == .byteLevelBPE || self == .bpe }

  /// Whether it merges pairs to a BPE model.
  var isBytePair: Bool { isByteLevel || self == .sentencePieceBPE || self == .characterBPE }
}

/// The options of the trainers.
///
/// Those that are not given keep the trainer's own default.
struct TrainingOptions: ParsableArguments {
  /// Which characters have a token at least.
  enum Alphabet: String, CaseIterable, ExpressibleByArgument {
    case all
    case seen
  }

  @Option(
    name: .customLong("special"),
    help: ArgumentHelp(
      "A special token. Repeatable; they get the first ids, in this order.", valueName: "token"))
  var specialTokens: [String] = []

  @Option(
    name: .customLong("unknown"),
    help: ArgumentHelp(
      "The special token for what is not in the vocabulary.", valueName: "token"))
  var unknownToken: String?

  @Option(help: "Pairs, or words, that occur less often get no token.")
  var minFrequency: Int?

  @Option(help: "BPE: all 256 bytes have a token, or only the characters seen in the text.")
  var alphabet: Alphabet?

  @Option(help: "Characters that have a token in any case.")
  var initialAlphabet: String?

  @Option(help: "The largest number of characters with a token; 0: no limit.")
  var alphabetLimit: Int?

  @Option(help: "The longest token, in characters.")
  var longestToken: Int?

  @Flag(
    name: .customLong("byte-fallback"),
    help: "Tokens for all 256 bytes stand in for characters that have none.")
  var fallsBackToBytes = false

  @Option(help: "What tokens within a word are written with (wordpiece: ##).")
  var continuingPrefix: String?

  @Option(help: "What the last token of a word is written with (character-bpe: </w>).")
  var endSuffix: String?

  @Flag(inversion: .prefixedNo, help: "Whether text is put into lower case (wordpiece: yes).")
  var lowercase: Bool?

  @Flag(
    inversion: .prefixedNo,
    help: "Whether a text gets a space before it (sentencepiece-bpe, unigram: yes).")
  var prefixSpace: Bool?

  @Option(help: "unigram: the share of tokens that stays each time tokens are dropped.")
  var shrinkingFactor: Double?

  @Option(help: "unigram: how often probabilities are estimated before tokens are dropped.")
  var estimations: Int?

  @Option(help: "unigram: the largest number of tokens to begin with.")
  var seedSize: Int?

  @Option(
    help: ArgumentHelp(
      "A tokenizer whose normalizer, pre-tokenizer, post-processor and decoder are taken.",
      valueName: "path"))
  var like: String?

  /// Refuses options that make no sense, or none for an algorithm.
  func validate(for algorithm: TrainingAlgorithm) throws {
    let pairs = algorithm.isBytePair || algorithm == .wordPiece
    let given: [(name: String, isGiven: Bool, hasMeaning: Bool)] = [
      ("--min-frequency", minFrequency != nil, algorithm != .unigram),
      ("--alphabet", alphabet != nil, algorithm.isBytePair),
      ("--initial-alphabet", initialAlphabet != nil, algorithm != .wordLevel),
      ("--alphabet-limit", alphabetLimit != nil, pairs),
      ("--longest-token", longestToken != nil, algorithm.isBytePair || algorithm == .unigram),
      ("--byte-fallback", fallsBackToBytes, algorithm.isBytePair || algorithm == .unigram),
      ("--continuing-prefix", continuingPrefix != nil, pairs),
      ("--end-suffix", endSuffix != nil, algorithm.isBytePair),
      (
        "--lowercase", lowercase != nil,
        like == nil && algorithm != .unigram && algorithm != .sentencePieceBPE
      ),
      (
        "--prefix-space", prefixSpace != nil,
        like == nil
          && (algorithm.isByteLevel || algorithm == .unigram || algorithm == .sentencePieceBPE)
      ),
      ("--shrinking-factor", shrinkingFactor != nil, algorithm == .unigram),
      ("--estimations", estimations != nil, algorithm == .unigram),
      ("--seed-size", seedSize != nil, algorithm == .unigram),
    ]
    let wrong = given.filter { $0.isGiven && !$0.hasMeaning }.map(\.name)
    if !wrong.isEmpty {
      throw ValidationError(
        "\(wrong.joined(separator: ", ")): not for \(algorithm.rawValue)"
          + (like != nil && wrong.allSatisfy { $0 == "--lowercase" || $0 == "--prefix-space" }
            ? " with --like" : ""))
    }
    if alphabet != nil && initialAlphabet != nil {
      throw ValidationError("give either --alphabet or --initial-alphabet")
    }
    for (name, value, least) in [
      ("--min-frequency", minFrequency, 0), ("--alphabet-limit", alphabetLimit, 0),
      ("--longest-token", longestToken, 1), ("--estimations", estimations, 1),
      ("--seed-size", seedSize, 1),
    ] {
      if let value, value < least { throw ValidationError("\(name) must be at least \(least)") }
    }
    if let shrinkingFactor, !(shrinkingFactor > 0 && shrinkingFactor < 1) {
      throw ValidationError("--shrinking-factor must be above 0 and below 1")
    }
  }
}
