import ArgumentParser
import CBLAS
import CKernels
import JSON
import Tensor

/// `apus benchmark gemm`: our matrix product beside OpenBLAS's.
struct GemmBenchmark: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gemm",
    abstract: "Matrix products, beside OpenBLAS on the same cores and the FMA peak.")

  @Option(help: "How many threads to use; by default all cores this process may use.")
  var threads = 0

  @Flag(help: "Prints one JSON object a line.")
  var json = false

  private typealias Product = (m: Int, k: Int, n: Int, aTransposed: Bool, bTransposed: Bool)

  func run() throws {
    useThreads(threads)
    let products: [Product] = [
      (512, 512, 512, false, false), (1024, 1024, 1024, false, false),
      (256, 768, 3072, false, false), (256, 3072, 768, false, false),
      (256, 768, 3072, false, true), (768, 256, 3072, true, false),
      (256, 768, 50257, false, true), (50257, 256, 768, true, false),
      (256, 50257, 768, false, false), (1024, 384, 1536, false, false),
    ]
    openblas_set_num_threads(Int32(Runtime.threads))
    defer { openblas_set_num_threads(1) }
    for product in products { try measure(product) }
  }

  private func measure(_ p: Product) throws {
    var random = RandomStream(seed: 1)
    let a = Tensor.uniform(p.aTransposed ? [p.k, p.m] : [p.m, p.k], in: -1..<1, using: &random)
    let b = Tensor.uniform(p.bTransposed ? [p.n, p.k] : [p.k, p.n], in: -1..<1, using: &random)
    let left = p.aTransposed ? a.transposed() : a
    let right = p.bTransposed ? b.transposed() : b
    var theirs = Tensor.zeros([p.m, p.n])
    var (ourTimes, theirTimes, peaks): ([Double], [Double], [Double]) = ([], [], [])
    for _ in 0..<5 {  // in turn, because the machine's speed drifts
      peaks.append(apus_fma_gflops())
      ourTimes.append(Measuring.seconds(budget: 0.1) { _ = matmul(left, right) })
      theirs.withUnsafeMutableElements(as: Float.self) { c in
        a.withUnsafeElements(as: Float.self) { a in
          b.withUnsafeElements(as: Float.self) { b in
            theirTimes.append(
              Measuring.seconds(budget: 0.1) {
                cblas_sgemm(
                  CblasRowMajor, p.aTransposed ? CblasTrans : CblasNoTrans,
                  p.bTransposed ? CblasTrans : CblasNoTrans, Int32(p.m), Int32(p.n), Int32(p.k), 1,
                  a.baseAddress, Int32(p.aTransposed ? p.m : p.k), b.baseAddress,
                  Int32(p.bTransposed ? p.k : p.n), 0, c.baseAddress, Int32(p.n))
              })
          }
        }
      }
    }
    let work = 2e-9 * Double(p.m) * Double(p.k) * Double(p.n)
    let ours = work / Measuring.median(ourTimes)
    let blas = work / Measuring.median(theirTimes)
    let peak = Measuring.median(peaks)
    let result: JSONValue = [
      "m": .integer(Int64(p.m)), "k": .integer(Int64(p.k)), "n": .integer(Int64(p.n)),
      "a_transposed": .bool(p.aTransposed), "b_transposed": .bool(p.bTransposed),
      "threads": .integer(Int64(Runtime.threads)), "gflops": .measured(ours),
      "openblas_gflops": .measured(blas), "ratio": .measured(ours / blas),
      "fma_peak_gflops": .measured(peak), "share_of_peak": .measured(ours / peak),
    ]
    if json {
      print(result.serialized())
    } else {
      let order = (p.aTransposed ? "T" : "N") + (p.bTransposed ? "T" : "N")
      print(
        "\(p.m)×\(p.k)×\(p.n) \(order): \(Terminal.fixed(ours, 1)) GFLOP/s, OpenBLAS "
          + "\(Terminal.fixed(blas, 1)), peak \(Terminal.fixed(peak, 1)), "
          + "\(Terminal.fixed(100 * ours / peak, 0)) % of peak")
    }
  }
}
