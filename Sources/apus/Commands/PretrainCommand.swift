import ArgumentParser
import Training

/// `apus pretrain`.
struct PretrainCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "pretrain",
    abstract: "Trains a GPT-2 from nothing on text files.",
    discussion: """
      The configuration is YAML; all keys are listed in Docs/Pretraining.md. A run that was \
      interrupted continues from its last checkpoint when it is started again.
      """)

  @Argument(help: "The configuration.")
  var configurationFile: String

  @Option(name: .customLong("set"), help: "Changes a key: training.steps=100. Repeatable.")
  var changes: [String] = []

  @Flag(help: "Starts anew, even where the output folder holds a checkpoint.")
  var restart = false

  @Option(help: "How many threads to use; by default all cores this process may use.")
  var threads = 0

  func run() throws {
    useThreads(threads)
    let configuration = try PretrainingConfiguration(
      ConfigurationFile.read(configurationFile, changes: changes))
    Interruption.listen()
    var report = PretrainingReport()
    let result = try pretrain(configuration, resuming: !restart) { report($0) }
    if result.isComplete {
      Terminal.say("done: \(configuration.output)")
    } else {
      Terminal.say(
        "stopped after step \(result.steps); the same command continues from here")
      throw ExitCode(130)
    }
  }
}
