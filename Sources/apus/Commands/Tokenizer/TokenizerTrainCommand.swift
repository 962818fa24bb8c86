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
      tokenizers trains on files, or each file with --whole. The vocabulary is the one that its \
      trainers learn with the same options:
        byte-level-bpe     as GPT-2 has it: any text can be encoded (bpe is the same)
        sentencepiece-bpe  as Llama-2 has it, on characters with ▁ for spaces
        character-bpe      as the first GPT has it, with </w> at the ends of words
        wordpiece          as BERT has it
        unigram            as T5 has it
        wordlevel          whole words
      What stands around the model, such as normalizers, is that of the example named, or that of \
      another tokenizer with --like.
      """)

  @Option(
    help: ArgumentHelp(
      "What is learned: "
        + TrainingAlgorithm.allCases.map(\.rawValue).joined(separator: ", ") + "."))
  var algorithm = TrainingAlgorithm.byteLevelBPE

  @Option(help: "The number of tokens, special ones and the alphabet included.")
  var vocabSize: Int

  @Option(help: "The folder to write.")
  var out: String

  @OptionGroup var options: TrainingOptions

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
    if threads < 0 { throw ValidationError("--threads must not be negative") }
    try options.validate(for: algorithm)
  }

  func run() throws {
    if !force && fileExists(out / "tokenizer.json") {
      throw Failure("“\(out)” already holds a tokenizer.json; give --force to write over it.")
    }
    let components = try options.like.map { try TextTokenizer(contentsOf: $0).components }
    let began = secondsNow()
    let report = TrainingReport()
    let tokenizer = try options.train(
      algorithm, vocabularySize: vocabSize, components: components, files: files,
      sequence: whole ? .wholeText : .lines, threads: threads > 0 ? threads : nil,
      progress: report.show)
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
}

/// Shows how far training has come.
private final class TrainingReport {
  private var shown = secondsNow()
  private var hasShown = false

  /// Shows it if the last time is a while ago.
  func show(_ progress: TrainingProgress) {
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
    case .pruning(let tokens, let wanted):
      Terminal.progress("pruning: \(tokens) tokens, down to \(wanted)")
    }
  }

  /// Ends the progress line.
  func finish() { if hasShown { Terminal.endProgress() } }
}
