import ArgumentParser

/// `apus benchmark`.
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Measures this machine's limits and how close Apus comes to them.",
    subcommands: [
      TrainBenchmark.self, GemmBenchmark.self, OperationsBenchmark.self, TokenizerBenchmark.self,
      GenerateBenchmark.self,
    ])
}
