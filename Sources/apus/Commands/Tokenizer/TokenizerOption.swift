import ArgumentParser
import Tokenizer
import Training

/// The option that names a tokenizer, shared by the subcommands.
struct TokenizerOption: ParsableArguments {
  @Option(
    name: .customLong("tokenizer"),
    help: ArgumentHelp(
      "A tokenizer's folder or file.", discussion: "All formats that Docs/TokenizerFiles.md lists.",
      valueName: "path"))
  var path: String

  @OptionGroup var tiktoken: TiktokenOption

  /// Loads the tokenizer.
  func load() throws -> TextTokenizer { try tiktoken.load(path) }
}

/// What a tiktoken file does not say.
struct TiktokenOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "For a tiktoken file: its encoding, such as cl100k_base; else its name or size tells.",
      valueName: "name"))
  var encoding: String?

  @Option(
    help: ArgumentHelp(
      "For a tiktoken file without special tokens: the pattern that cuts text.",
      valueName: "regex"))
  var pattern: String?

  func validate() throws {
    if encoding != nil && pattern != nil {
      throw ValidationError("give either --encoding or --pattern")
    }
    if let encoding, TiktokenEncoding(named: encoding) == nil {
      throw ValidationError("--encoding \(encoding): no encoding has this name; give --pattern")
    }
  }

  /// Loads a tokenizer, with the encoding if one was given.
  func load(_ path: String) throws -> TextTokenizer {
    let given =
      encoding.flatMap { TiktokenEncoding(named: $0) }
      ?? pattern.map { TiktokenEncoding(pattern: $0) }
    guard let given else { return try TextTokenizer(contentsOf: path) }
    return try TextTokenizer(tiktoken: path, encoding: given)
  }
}

/// What happens to special tokens that a text spells out.
enum SpecialTokenOption: String, CaseIterable, ExpressibleByArgument {
  case none
  case all
  case parse
  case refuse

  /// The library's name for it.
  var handling: SpecialTokenHandling {
    switch self {
    case .none, .refuse: .asText
    case .all, .parse: .parse
    }
  }
}

/// Shows how much of a stream has been worked on, on a terminal only.
struct StreamProgress {
  private let began = secondsNow()
  private var shown: Double?

  /// Shows it if the last time is a while ago.
  mutating func update(bytes: Int) {
    let now = secondsNow()
    guard Terminal.isInteractive, !StandardOutput.isTerminal, now - (shown ?? began) > 0.5 else {
      return
    }
    shown = now
    Terminal.progress(line(bytes, now))
  }

  /// Shows the end, where there was a progress line.
  func finish(bytes: Int) {
    guard shown != nil else { return }
    Terminal.progress(line(bytes, secondsNow()))
    Terminal.endProgress()
  }

  private func line(_ bytes: Int, _ now: Double) -> String {
    let megabytes = Double(bytes) / 1e6
    let rate = megabytes / max(now - began, 1e-9)
    return "\(Terminal.fixed(megabytes, 1)) MB  \(Terminal.fixed(rate, 1)) MB/s"
  }
}
