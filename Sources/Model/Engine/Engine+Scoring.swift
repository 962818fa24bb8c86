import CKernels
import Tensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Engine {
  /// Gives the negative log-likelihood of each of `targets`, in nats, in order.
  ///
  /// Logits are made for a few positions at a time, never for a whole text.
  ///
  /// - Parameters:
  ///   - targets: The tokens that come after the states.
  ///   - first: The kept position that predicts the first of them, in sequence 0.
  ///   - use: Called with each number.
  func score(_ targets: [Int32], after first: Int, _ use: (Double) -> Void) {
    let (width, size) = (plan.architecture.width, vocabularySize)
    let step = 128
    var losses = [Double](repeating: 0, count: step)
    for start in stride(from: 0, to: targets.count, by: step) {
      let count = min(step, targets.count - start)
      let states = hidden.floats + (hiddenFirst[0] + first + start) * width
      let rows = logits.reserve(step * size)
      project(states, rows: count, into: rows, few: false)
      losses.withUnsafeMutableBufferPointer { losses in
        let losses = losses.baseAddress
        parallel(count) { row in
          var total: Float = 0
          apus_softmax_rows(
            apus_log_sum_exp, apus_float32, &total, rows + row * size, 1, Int64(size))
          losses?[row] = Double(total - rows[row * size + Int(targets[start + row])])
        }
      }
      for row in 0..<count { use(losses[row]) }
    }
  }
}
