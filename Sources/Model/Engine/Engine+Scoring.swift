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
  /// Gives the logits of kept positions of sequence 0 in order, a block of rows at a time.
  ///
  /// They are made when they are given, from what was kept by `.states`, never for a whole text.
  ///
  /// - Parameters:
  ///   - first: The first kept position.
  ///   - count: How many positions.
  ///   - use: Called with the rows of a block, `[rows, vocabulary]`, and how many came before it.
  package func withLogits(
    from first: Int, count: Int, _ use: (UnsafeMutableBufferPointer<Float>, Int) throws -> Void
  ) rethrows {
    precondition(
      first >= 0 && count <= keptCounts[0] - first,
      "withLogits: positions \(first)..<\(first + count) of \(keptCounts[0]) kept ones")
    let (width, size, step) = (plan.architecture.width, vocabularySize, 128)
    for start in stride(from: 0, to: count, by: step) {
      let rows = min(step, count - start)
      let target = logits.reserve(min(step, count) * size)
      project(
        hidden.floats + (hiddenFirst[0] + first + start) * width, rows: rows, into: target,
        few: count <= Engine.fewTokens)
      try use(UnsafeMutableBufferPointer(start: target, count: rows * size), start)
    }
  }

  /// Gives the negative log-likelihood of each of `targets`, in nats, in order.
  ///
  /// - Parameters:
  ///   - targets: The tokens that come after the states.
  ///   - first: The kept position that predicts the first of them, in sequence 0.
  ///   - use: Called with each number.
  func score(_ targets: [Int32], after first: Int, _ use: (Double) -> Void) {
    let size = vocabularySize
    var losses: [Double] = []
    withLogits(from: first, count: targets.count) { rows, start in
      losses = Array(repeating: 0, count: rows.count / size)
      losses.withUnsafeMutableBufferPointer { losses in
        let (losses, rows, count) = (losses.baseAddress, rows.baseAddress, losses.count)
        parallel(count) { row in
          guard let losses, let logits = rows.map({ $0 + row * size }) else { return }
          var total: Float = 0
          apus_softmax_rows(apus_log_sum_exp, apus_float32, &total, logits, 1, Int64(size))
          losses[row] = Double(total - logits[Int(targets[start + row])])
        }
      }
      for loss in losses { use(loss) }
    }
  }
}
