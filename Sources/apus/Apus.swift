import ArgumentParser
import CBLAS

/// The command line tool: argument parsing and printing over the libraries.
@main
struct Apus: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apus",
    abstract: "Engineers large language models on ordinary machines.",
    version: "0.1.0",
    subcommands: [
      QuickstartCommand.self, PretrainCommand.self, GenerateCommand.self, ChatCommand.self,
      LogitsCommand.self, PerplexityCommand.self, InspectCommand.self, ConvertCommand.self,
      TokenizerCommand.self,
      BenchmarkCommand.self,
    ])

  static func main() {
    // Matrix products are split over threads of our own.
    apus_stop_blas_threads()
    main(nil)
  }
}
