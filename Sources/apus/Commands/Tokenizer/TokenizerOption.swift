import ArgumentParser
import Tokenizer
import Training

/// The option that names a tokenizer, shared by the subcommands.
struct TokenizerOption: ParsableArguments {
  @Option(
    name: .customLong("tokenizer"),
    help: ArgumentHelp(
      "A tokenizer's folder or file.", discussion: "All formats that Docs/Tokenizers.md lists.",
      valueName: "path"))
  var path: String

  /// Loads the tokenizer.
  func load() throws -> TextTokenizer { try TextTokenizer(contentsOf: path) }
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
