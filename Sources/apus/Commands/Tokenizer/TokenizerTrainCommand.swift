import ArgumentParser
import Files
import JSON
import Tokenizer
import Training

/// `apus tokenizer train`.
struct TokenizerTrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Learns a vocabulary from text files and writes tokenizer.json.",
    discussion: """
      The files may be larger than memory. Each line with its line feed is a text, as Hugging Face \
      tokenizers trains on files, or each file with --whole. The result is the vocabulary that its \
      trainers learn with the same options. If the output folder already holds a tokenizer.json, \
      --force writes over it.
      """)

  /// What is learned.
  enum Algorithm: String, CaseIterable, ExpressibleByArgument {
    case byteLevelBPE = "byte-level-bpe"
    case bpe
  }

  /// Which bytes have a token at least.
  enum Alphabet: String, CaseIterable, ExpressibleByArgument {
    case all
    case seen
  }

  @Option(help: "What is learned; bpe is byte-level-bpe.")
  var algorithm = Algorithm.byteLevelBPE

  @Option(help: "The number of tokens, special ones and the alphabet included.")
  var vocabSize: Int

  @Option(help: "The folder to write.")
  var out: String

  @Option(help: "Pairs that occur less often are not merged.")
  var minFrequency = 0

  @Option(
    name: .customLong("special"),
    help: ArgumentHelp(
      "A special token; the first is the end of a text. Repeatable.", valueName: "token"))
  var specialTokens: [String] = []

  @Option(help: "The bytes that have a token: all 256, or only those seen in the text.")
  var alphabet = Alphabet.all

  @Option(help: "The largest number of bytes with a token, the most frequent ones.")
  var alphabetLimit: Int?

  @Option(help: "The longest token, in bytes.")
  var longestToken: Int?

  @Flag(help: "Puts a space before each text that does not begin with one.")
  var prefixSpace = false

  @Flag(help: "Each file is one text instead of each line.")
  var whole = false

  @Flag(help: "Writes over a tokenizer.json that is there already.")
  var force = false

  @Flag(help: "Prints one JSON object about the result.")
  var json = false

  @Option(help: "How many threads to use; by default all processors.")
  var threads = 0

  @Argument(help: "The text files.")
  var files: [String]

  func validate() throws {
    if vocabSize < 1 { throw ValidationError("--vocab-size must be at least 1") }
    if minFrequency < 0 { throw ValidationError("--min-frequency must not be negative") }
    if threads < 0 { throw ValidationError("--threads must not be negative") }
    if let alphabetLimit, alphabetLimit < 0 {
      throw ValidationError("--alphabet-limit must not be negative")
    }
    if let longestToken, longestToken < 1 {
      throw ValidationError("--longest-token must be at least 1")
    }
  }

  func run() throws {
    if !force && fileExists(out / "tokenizer.json") {
      throw Failure("“\(out)” already holds a tokenizer.json; give --force to write over it.")
    }
    let began = secondsNow()
    var report = TrainingReport()
    let tokenizer = try train { report($0) }
    report.finish()
    try tokenizer.save(to: out)
    let seconds = secondsNow() - began
    if json {
      let result: JSONValue = [
        "vocabulary": .integer(Int64(tokenizer.vocabularySize)), "out": .string(out),
        "seconds": .measured(seconds),
      ]
      print(result.serialized())
    } else {
      Terminal.say(
        "\(out): \(tokenizer.vocabularySize) tokens in \(Terminal.fixed(seconds, 2)) s")
    }
  }

  private func train(
    _ progress: (BytePairTrainer.Progress) -> Void
  ) throws(TokenizerError) -> TextTokenizer {
    var trainer = BytePairTrainer(vocabularySize: vocabSize)
    trainer.minimumFrequency = minFrequency
    trainer.specialTokens = specialTokens
    trainer.alphabet = alphabet == .all ? .allBytes : .seenBytes
    trainer.alphabetLimit = alphabetLimit
    trainer.longestToken = longestToken
    trainer.preTokenizer.addsPrefixSpace = prefixSpace
    trainer.threads = threads > 0 ? threads : nil
    return try trainer.train(
      onFilesAt: files, sequence: whole ? .wholeText : .lines, progress: progress)
  }
}

/// Shows how far training has come.
struct TrainingReport {
  private var shown = secondsNow()
  private var hasShown = false

  /// Shows it if the last time is a while ago.
  mutating func callAsFunction(_ progress: BytePairTrainer.Progress) {
    let now = secondsNow()
    guard now - shown > (Terminal.isInteractive ? 0.2 : 10) else { return }
    shown = now
    hasShown = true
    switch progress {
    case .counting(let bytes, let total):
      let all = total.map { " of \(Terminal.fixed(Double($0) / 1e6, 1))" } ?? ""
      Terminal.progress("reading: \(Terminal.fixed(Double(bytes) / 1e6, 1))\(all) MB")
    case .merging(let tokens, let wanted):
      Terminal.progress("learning: \(tokens) of \(wanted) tokens")
    }
  }

  /// Ends the progress line.
  func finish() { if hasShown { Terminal.endProgress() } }
}
