import ArgumentParser
import Files
import Foundation
import Model
import Tensor
import Tokenizer
import Training

/// `apus quickstart`.
struct QuickstartCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "quickstart",
    abstract: "Trains a tokenizer and a small GPT on a text that comes with Apus, in minutes.",
    discussion: """
      The text is the New Testament in the King James translation, about 1 MB of English. The run \
      folder can be loaded by `apus generate` and by transformers.
      """)

  @Option(help: "The run folder.")
  var output = "runs/quickstart"

  @Option(help: "How many steps to train.")
  var steps = 350

  @Option(help: "Another text to train on.")
  var text: String?

  @Option(help: "The seed of all random numbers.")
  var seed = 1337

  @Flag(help: "Starts anew, even where the output folder holds a checkpoint.")
  var restart = false

  @Option(help: "How many threads to use; by default all cores this process may use.")
  var threads = 0

  func run() throws {
    useThreads(threads)
    var c = PretrainingConfiguration()
    c.output = output
    c.seed = seed
    c.files = [try text ?? bundledText()]
    c.vocabularySize = 4096
    c.model = GPT2Configuration(
      vocabularySize: 4096, contextLength: 128, width: 256, layers: 4, heads: 4)
    c.steps = steps
    c.batch = 16
    c.learningRate = 2e-3
    c.warmup = min(50, steps / 10)
    c.evaluateEvery = max(1, steps / 4)
    c.checkpointEvery = max(1, steps / 4)
    Interruption.listen()
    var report = PretrainingReport()
    let began = secondsNow()
    let result = try pretrain(c, resuming: !restart) { event in
      if case .started = event { Terminal.say("threads: \(Runtime.threads)") }
      return report(event)
    }
    guard result.isComplete else {
      Terminal.say("stopped after step \(result.steps); the same command continues from here")
      throw ExitCode(130)
    }
    let trained = result.model
    var random = RandomStream(seed: UInt64(seed)).stream("weights")
    let fresh = GPT2(trained.configuration, using: &random)
    try print("\nbefore training: " + sample(fresh, result.tokenizer))
    try print("\nafter training:  " + sample(trained, result.tokenizer))
    if let loss = result.validationLoss, let bits = result.bitsPerByte {
      print(
        "\nvalidation: \(Terminal.fixed(loss, 4)) nats a token, \(Terminal.fixed(bits, 3)) bits a "
          + "byte, in \(Terminal.duration(secondsNow() - began))")
    }
    print(
      "\nNow try:\n  \(CommandLine.arguments[0]) generate --model \(output) --prompt \"And Jesus said\""
    )
  }

  private func sample(_ model: GPT2, _ tokenizer: TextTokenizer) throws -> String {
    let prompt = "And it came to pass"
    let ids = tokenizer.encode(prompt)
    let made = try model.generate(
      from: ids, sampling: .random(seed: 1, temperature: 0.8, topK: 50)
    ).prefix(60)
    return prompt + tokenizer.decode(Array(made))
  }

  private func bundledText() throws -> String {
    guard let path = Bundle.module.path(forResource: "kjv", ofType: "txt") else {
      throw ValidationError("the text that comes with Apus is not beside the program; give --text")
    }
    return path
  }
}
