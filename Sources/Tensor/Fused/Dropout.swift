import CKernels

/// Sets each element to zero with probability `rate` and divides the others by 1 - `rate`.
///
/// Which elements go depends on the stream and their position alone, not on the number of threads.
/// There is no training flag: where nothing is to be dropped, do not call it.
///
/// - Parameters:
///   - x: Any shape.
///   - rate: In 0 ..< 1; 0 returns `x` itself.
///   - stream: Where the random numbers come from.
public func dropout(_ x: Tensor, rate: Double, using stream: inout RandomStream) -> Tensor {
  precondition(rate >= 0 && rate < 1, "dropout: the rate must be in 0 ..< 1, not \(rate)")
  if rate == 0 { return x }
  let first = stream.draw(words: x.count)
  let source = stream
  func drop(_ x: Tensor) -> Tensor {
    guard x.dtype == .float32 else {
      let mask = drop(Tensor.ones(x.shape))
      return x * mask.cast(to: x.dtype)
    }
    let x = x.contiguous()
    let y = Tensor(uninitialized: x.shape)
    let purpose = source.purposeWords
    withExtendedLifetime(x) {
      apus_dropout(
        y.floats, x.floats, Int64(x.count), Float(rate), source.generator.key[0],
        source.generator.key[1], purpose.0, purpose.1, first)
    }
    return y
  }
  return drop(x.detached()).recorded(from: x) { dy, inputs in inputs.add(0, drop(dy)) }
}
