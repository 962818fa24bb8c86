import ArgumentParser
import CKernels
import JSON
import Model
import Tensor
import Training

/// `apus benchmark ops`: overhead of tiny operations, memory-bound and transcendental kernels.
struct OperationsBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ops",
    abstract: "Overhead of an operation, and kernels beside the copy bandwidth.")

  @Option(help: "How many threads to use; by default all cores this process may use.")
  var threads = 0

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    useThreads(threads)
    var result: JSONObject = [
      "threads": .integer(Int64(Runtime.threads)), "level": .string(Measuring.level),
    ]
    let copy = apus_copy_gigabytes()
    result["copy_gigabytes_per_second"] = .measured(copy)
    result["fma_peak_gflops"] = .measured(apus_fma_gflops())
    measureOverhead(&result)
    for kernel in kernels() {
      let seconds = Measuring.seconds(budget: 1, kernel.body)
      result[kernel.name + "_milliseconds"] = .measured(seconds * 1e3)
      if kernel.bytes > 0 {
        let rate = Double(kernel.bytes) / seconds / 1e9
        result[kernel.name + "_gigabytes_per_second"] = .measured(rate)
        result[kernel.name + "_share_of_copy"] = .measured(rate / copy)
      }
    }
    if json {
      print(JSONValue.object(result).serialized())
    } else {
      for (key, value) in result { print("\(key): \(value.string ?? value.serialized())") }
    }
  }

  private func measureOverhead(_ result: inout JSONObject) {
    let small = Tensor.ones([4])
    var x = small
    let plain = Measuring.seconds(repeats: 10_000) { x = small + small }
    result["overhead_nanoseconds"] = .measured(plain * 1e9)
    // One recorded operation, its backward pass and its release, from chains of a thousand.
    let recorded = Measuring.seconds {
      x = gradient(at: small) { start in
        var sum = start
        for _ in 0..<1000 { sum = sum + small }
        return sum.sum()
      }
    }
    result["recorded_overhead_nanoseconds"] = .measured(recorded * 1e9 / 1000)
    withExtendedLifetime(x) {}
  }

  private struct Kernel {
    let name: String
    /// Bytes that must be read and written; 0 where arithmetic is the limit.
    let bytes: Int
    let body: () -> Void
  }

  private func kernels() -> [Kernel] {
    var random = RandomStream(seed: 3)
    let count = 1 << 24
    let a = Tensor.uniform([count], in: -4..<4, using: &random)
    let b = Tensor.uniform([count], in: -4..<4, using: &random)
    let rows = Tensor.normal([1024, 1000], using: &random)
    let wide = Tensor.normal([1024, 768], using: &random)
    let (weight, bias) = (Tensor.ones([768]), Tensor.zeros([768]))
    let tree = Boxed(a)
    let million = a[..<(1 << 20)].contiguous()
    return [
      Kernel(name: "exp_1048576", bytes: 0) { _ = million.exp() },
      Kernel(name: "gelu_1048576", bytes: 0) { _ = million.gelu() },
      Kernel(name: "gelu_tanh_1048576", bytes: 0) { _ = million.gelu(.tanh) },
      Kernel(name: "silu_1048576", bytes: 0) { _ = million.silu() },
      Kernel(name: "add", bytes: 12 * count) { _ = a + b },
      Kernel(name: "multiply_scalar", bytes: 8 * count) { _ = a * 2.5 },
      Kernel(name: "relu", bytes: 8 * count) { _ = a.relu() },
      Kernel(name: "sum", bytes: 4 * count) { _ = a.sum() },
      Kernel(name: "cast_float16", bytes: 6 * count) { _ = a.cast(to: .float16) },
      Kernel(name: "cast_bfloat16", bytes: 6 * count) { _ = a.cast(to: .bfloat16) },
      Kernel(name: "exp", bytes: 0) { _ = a.exp() },
      Kernel(name: "tanh", bytes: 0) { _ = a.tanh() },
      Kernel(name: "gelu", bytes: 0) { _ = a.gelu() },
      Kernel(name: "gelu_tanh", bytes: 0) { _ = a.gelu(.tanh) },
      Kernel(name: "silu", bytes: 0) { _ = a.silu() },
      Kernel(name: "softmax_1024x1000", bytes: 0) { _ = rows.softmax(axis: -1) },
      Kernel(name: "rms_norm_1024x768", bytes: 0) { _ = rmsNorm(wide, weight: weight) },
      Kernel(name: "layer_norm_1024x768", bytes: 0) {
        _ = layerNorm(wide, weight: weight, bias: bias)
      },
      Kernel(name: "adamw_16777216", bytes: 28 * count) { tree.step(b) },
    ]
  }

  /// A parameter with its optimizer, to be stepped in place.
  private final class Boxed {
    var parameter: Tensor
    var optimizer: AdamW

    init(_ parameter: Tensor) {
      self.parameter = parameter.contiguous()
      optimizer = AdamW(for: parameter)
    }

    func step(_ gradient: Tensor) {
      optimizer.update(&parameter, along: gradient, learningRate: 1e-6)
    }
  }
}
