import ArgumentParser
import CKernels
import JSON
import Model
import Tensor
import Training

/// `apus benchmark generate`.
struct GenerateBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "generate",
    abstract: "Measures how fast a model reads a prompt and writes tokens.")

  @OptionGroup var source: ModelOptions

  @Option(help: "How many tokens the prompt has.")
  var promptTokens = 512

  @Option(help: "How many tokens are written, from an empty context.")
  var newTokens = 128

  @Option(help: "How often each is measured; medians are reported.")
  var repetitions = 3

  @Flag(help: "Prints one JSON object.")
  var json = false

  func validate() throws {
    if promptTokens < 1 || newTokens < 1 || repetitions < 1 {
      throw ValidationError("--prompt-tokens, --new-tokens and --repetitions must be positive")
    }
  }

  func run() throws {
    let began = secondsNow()
    let model = try source.load()
    let engine = try source.engine(model)
    let longest = max(promptTokens, newTokens)
    guard longest <= engine.contextLength else {
      throw DecodingError.contextFull(tokens: longest, context: engine.contextLength)
    }
    try engine.extend(sequence: 0, token: 0)
    let load = (secondsNow() - began) * 1000
    let size = Int32(model.vocabularySize)
    var random = RandomStream(seed: 1)
    let tokens = (0..<longest).map { _ in
      Int32.random(in: 0..<size, using: &random)
    }
    func timed(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
      engine.truncate(0, to: 0)
      let start = secondsNow()
      try body()
      return Double(count) / (secondsNow() - start)
    }
    let prompt = Array(tokens.prefix(promptTokens))
    var (reading, writing): ([Double], [Double]) = ([], [])
    for round in 0...repetitions {
      let read = try timed(promptTokens) { try engine.extend([prompt], keeping: .last) }
      let wrote = try timed(newTokens) {
        for token in tokens.prefix(newTokens) { try engine.extend(sequence: 0, token: token) }
      }
      if round > 0 {  // the first warms caches and memory up
        reading.append(read)
        writing.append(wrote)
      }
    }
    let blocks = Runtime.memory.blocksCreated
    _ = try timed(newTokens) {
      for token in tokens.prefix(newTokens) { try engine.extend(sequence: 0, token: token) }
    }
    let fresh = Runtime.memory.blocksCreated - blocks
    report(load, Measuring.median(reading), Measuring.median(writing), fresh, model)
  }

  private func report(
    _ load: Double, _ reading: Double, _ writing: Double, _ fresh: Int, _ model: Transformer
  ) {
    let bytes = model.bytesPerToken
    if json {
      let object: JSONValue = [
        "load_milliseconds": .measured(load), "prompt_tokens_per_second": .measured(reading),
        "decode_tokens_per_second": .measured(writing),
        "peak_resident_bytes": .integer(Int64(Measuring.peakResidentBytes)),
        "weight_bytes_per_token": .integer(Int64(bytes)),
        "decode_gigabytes_per_second": .measured(Double(bytes) * writing / 1e9),
        "blocks_allocated_while_decoding": .integer(Int64(fresh)),
        "threads": .integer(Int64(Runtime.threads)), "level": .string(Measuring.level),
      ]
      print(object.serialized())
    } else {
      print(
        "loaded in \(Terminal.fixed(load, 1)) ms, prompt \(Terminal.fixed(reading, 1)) tokens/s, "
          + "decoding \(Terminal.fixed(writing, 1)) tokens/s = "
          + "\(Terminal.fixed(Double(bytes) * writing / 1e9, 2)) GB/s of weights, at most "
          + "\(Terminal.short(Measuring.peakResidentBytes))B in memory")
    }
  }
}
