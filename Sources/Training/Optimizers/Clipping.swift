internal import CKernels
public import Tensor

extension TensorTree {
  /// The Euclidean norm of all leaves together; absent leaves do not count.
  ///
  /// Squares are summed by fixed blocks, so the result does not depend on the number of threads.
  public func globalNorm() -> Double {
    var total = 0.0
    for (_, leaf) in leaves where !leaf.isAbsent {
      if leaf.dtype == .float32 {
        let leaf = leaf.contiguous()
        withExtendedLifetime(leaf) {
          total += apus_sum_of_squares(leaf.floats, Int64(leaf.count))
        }
      } else {
        total += leaf.detached().cast(to: .float64).squared().sum().scalar(as: Double.self)
      }
    }
    return total.squareRoot()
  }

  /// Scales all leaves so that their norm is at most `limit`, as `torch.nn.utils.clip_grad_norm_`.
  ///
  /// - Returns: The norm before.
  @discardableResult
  public mutating func clip(toNorm limit: Double) -> Double {
    let norm = globalNorm()
    let factor = clippingScale(norm: norm, limit: limit)
    if factor < 1 {
      forEachTensor { _, leaf in
        guard !leaf.isAbsent else { return }
        if leaf.dtype == .float32 {
          leaf.makeWritable()
          apus_scale(leaf.floats, Float(factor), Int64(leaf.count))
        } else {
          leaf = leaf.detached() * factor
        }
      }
    }
    return norm
  }
}

/// What a gradient of this norm is multiplied by to have at most the norm `limit`.
///
/// Passing it to ``AdamW/update(_:along:learningRate:gradientScale:)`` saves a pass over the gradient.
/// A norm that is not a number gives 1, so that the trouble stays visible.
public func clippingScale(norm: Double, limit: Double) -> Double {
  let factor = limit / (norm + 1e-6)
  return factor < 1 ? factor : 1
}
