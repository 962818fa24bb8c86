import ArgumentParser
import CKernels
import JSON
import Model
import Tensor
import Training

/// `apus benchmark train`: full training steps on random tokens.
struct TrainBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "train",
    abstract: "Training steps of GPT-2: forward, backward, clipping, AdamW.")

  /// The shapes that are compared with other libraries.
  enum Preset: String, CaseIterable, ExpressibleByArgument {
    case gpt2Small = "gpt2-124m"
    case mini
    case nano

    var shape: GPT2Configuration {
      switch self {
      case .gpt2Small:
        GPT2Configuration(
          vocabularySize: 50257, contextLength: 1024, width: 768, layers: 12, heads: 12)
      case .mini:
        GPT2Configuration(
          vocabularySize: 8192, contextLength: 128, width: 384, layers: 6, heads: 6)
      case .nano:
        GPT2Configuration(
          vocabularySize: 256, contextLength: 64, width: 128, layers: 4, heads: 4)
      }
    }
  }

  @Option(help: "The model's shape.")
  var preset = Preset.gpt2Small

  @Option(help: "Sequences a step.")
  var batch = 4

  @Option(help: "Positions a sequence.")
  var time = 64

  @Option(help: "Steps that are timed, after two that are not.")
  var steps = 8

  @Option(help: "How many threads to use; by default all cores this process may use.")
  var threads = 0

  @Flag(help: "Prints one JSON object.")
  var json = false

  func validate() throws {
    if batch < 1 || time < 1 || steps < 1 {
      throw ValidationError("--batch, --time and --steps must be at least 1")
    }
    if time > preset.shape.contextLength {
      throw ValidationError(
        "--time is at most \(preset.shape.contextLength) for \(preset.rawValue)")
    }
  }

  func run() throws {
    useThreads(threads)
    let shape = preset.shape
    var random = RandomStream(seed: 0)
    var model = GPT2(shape, using: &random)
    var optimizer = AdamW(for: model)
    var (times, peaks, pages): ([Double], [Double], [Int]) = ([], [], [])
    for step in 0..<(steps + 2) {
      let inputs = Tensor.integers([batch, time], in: 0..<shape.vocabularySize, using: &random)
      let targets = Tensor.integers([batch, time], in: 0..<shape.vocabularySize, using: &random)
      let (start, before) = (secondsNow(), Measuring.pagesTouched)
      let (_, gradient) = valueWithGradient(at: model) { $0.loss(inputs, targets) }
      let norm = gradient.globalNorm()
      optimizer.update(
        &model, along: gradient, learningRate: 3e-4,
        gradientScale: clippingScale(norm: norm, limit: 1))
      if step >= 2 {
        times.append(secondsNow() - start)
        pages.append(Measuring.pagesTouched - before)
        peaks.append(apus_fma_gflops())  // beside each step, because the machine's speed drifts
      }
    }
    let seconds = Measuring.median(times)
    let resident = Measuring.peakResidentBytes
    let peak = Measuring.median(peaks)
    let tokens = Double(batch * time)
    let gflops = operations(shape) * tokens / seconds / 1e9
    let result: JSONValue = [
      "preset": .string(preset.rawValue), "batch": .integer(Int64(batch)),
      "time": .integer(Int64(time)), "threads": .integer(Int64(Runtime.threads)),
      "level": .string(Measuring.level), "parameters": .integer(Int64(model.parameterCount)),
      "tokens_per_second": .measured(tokens / seconds),
      "step_seconds": .array(times.map { .measured($0) }),
      "pages_touched": .array(pages.map { .integer(Int64($0)) }),
      "peak_resident_bytes": .integer(Int64(resident)),
      "peak_tensor_bytes": .integer(Int64(Runtime.memory.peakBytesInUse)),
      "cached_bytes": .integer(Int64(Runtime.memory.bytesCached)), "gflops": .measured(gflops),
      "fma_peak_gflops": .measured(peak), "share_of_peak": .measured(gflops / peak),
    ]
    if json {
      print(result.serialized())
    } else {
      for (key, value) in result.object ?? JSONObject([]) { print("\(key): \(value.serialized())") }
    }
  }

  /// Floating-point operations a token: six a weight that multiplies (two forward, four backward),
  /// and attention over the half of the scores that a causal mask leaves.
  private func operations(_ shape: GPT2Configuration) -> Double {
    let (width, layers) = (Double(shape.width), Double(shape.layers))
    let weights = 12 * layers * width * width + Double(shape.vocabularySize) * width
    return 6 * weights + 6 * layers * width * Double(time)
  }
}
