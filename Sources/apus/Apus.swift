import ArgumentParser
import CBLAS
import CKernels

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

  /// Applies to every subcommand.
  func validate() throws {
    guard let unknown = apus_level_unknown() else { return }
    let names = (apus_level_baseline.rawValue...apus_level_avx512_vnni.rawValue).map {
      String(cString: apus_level_name(apus_level($0)))
    }
    throw ValidationError(
      "the environment variable APUS_LEVEL holds \"\(String(cString: unknown))\"; levels of "
        + "instructions are \(names.joined(separator: ", "))")
  }
}
