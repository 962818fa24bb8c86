#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Random tensors. Element `i` is made from the words at position `i` of the stream, whatever the
/// number of threads.
extension Tensor {
  /// Uniform numbers in [`low`, `high`).
  public static func uniform(
    _ shape: Shape, in range: Range<Double> = 0..<1, dtype: DType = .float32,
    using stream: inout RandomStream
  ) -> Tensor {
    let width = range.upperBound - range.lowerBound
    let last = range.upperBound.nextDown
    return drawn(shape, dtype, &stream) { word in
      Swift.min(range.lowerBound + unit(word) * width, last)
    }
  }

  /// Normal numbers (by inversion of the distribution function).
  public static func normal(
    _ shape: Shape, mean: Double = 0, deviation: Double = 1, dtype: DType = .float32,
    using stream: inout RandomStream
  ) -> Tensor {
    drawn(shape, dtype, &stream) { word in mean + deviation * normalQuantile(openUnit(word)) }
  }

  /// Normal numbers restricted to `bounds`, which are absolute values, not multiples of the
  /// deviation (as `torch.nn.init.trunc_normal_`).
  public static func truncatedNormal(
    _ shape: Shape, mean: Double = 0, deviation: Double = 1,
    in bounds: ClosedRange<Double> = -2...2, dtype: DType = .float32,
    using stream: inout RandomStream
  ) -> Tensor {
    func probability(_ x: Double) -> Double {
      0.5 * erfc(-(x - mean) / deviation / 2.0.squareRoot())
    }
    let low = probability(bounds.lowerBound)
    let high = probability(bounds.upperBound)
    return drawn(shape, dtype, &stream) { word in
      let value = mean + deviation * normalQuantile(low + openUnit(word) * (high - low))
      return Swift.min(Swift.max(value, bounds.lowerBound), bounds.upperBound)
    }
  }

  /// `true` with the given probability.
  public static func bernoulli(
    _ shape: Shape, probability: Double, using stream: inout RandomStream
  ) -> Tensor {
    let tensor = Tensor(uninitialized: shape, dtype: .bool)
    fill(tensor.pointer(as: Bool.self), tensor.count, &stream) { unit($0) < probability }
    return tensor
  }

  /// The integers 0 … `count` - 1 in random order (Fisher–Yates), as int64.
  public static func permutation(_ count: Int, using stream: inout RandomStream) -> Tensor {
    Tensor((0..<Int64(Swift.max(0, count))).shuffled(using: &stream))
  }

  /// Uniform integers in `range`, as int64.
  public static func integers(
    _ shape: Shape, in range: Range<Int>, using stream: inout RandomStream
  ) -> Tensor {
    precondition(!range.isEmpty, "integers: the range \(range) is empty")
    let values = (0..<shape.elementCount).map { _ in
      Int64(Int.random(in: range, using: &stream))
    }
    return Tensor(values, shape: shape)
  }

  private static func drawn(
    _ shape: Shape, _ dtype: DType, _ stream: inout RandomStream,
    _ value: (UInt64) -> Double
  ) -> Tensor {
    precondition(dtype.isFloatingPoint, "random real numbers cannot be \(dtype)")
    if dtype == .float64 {
      let tensor = Tensor(uninitialized: shape, dtype: .float64)
      fill(tensor.pointer(as: Double.self), tensor.count, &stream, value)
      return tensor
    }
    let tensor = Tensor(uninitialized: shape)
    fill(tensor.floats, tensor.count, &stream) { Float(value($0)) }
    return tensor.cast(to: dtype)
  }

  /// Each block of the stream makes two elements, of 64 bits each.
  private static func fill<Scalar>(
    _ target: UnsafeMutablePointer<Scalar>, _ count: Int, _ stream: inout RandomStream,
    _ value: (UInt64) -> Scalar
  ) {
    let source = stream
    let first = stream.draw(words: 2 * count)
    let run = 4096
    parallel((count + run - 1) / run) { part in
      let end = Swift.min(count, (part + 1) * run)
      for index in stride(from: part * run, to: end, by: 2) {
        let words = source.block(at: first + UInt64(index / 2))
        target[index] = value(UInt64(words[1]) << 32 | UInt64(words[0]))
        if index + 1 < end {
          target[index + 1] = value(UInt64(words[3]) << 32 | UInt64(words[2]))
        }
      }
    }
  }
}

/// A number in [0, 1) with 53 random bits.
private func unit(_ word: UInt64) -> Double { Double(word >> 11) * 0x1p-53 }

/// A number in (0, 1): never 0, where the normal quantile is infinite.
private func openUnit(_ word: UInt64) -> Double { (Double(word >> 11) + 0.5) * 0x1p-53 }

/// The x below which a standard normal number falls with probability `p`, to about 1e-9, refined by
/// one step of Halley's method to double precision (rational approximation by Acklam, 2003).
func normalQuantile(_ p: Double) -> Double {
  func polynomial(_ x: Double, _ coefficients: [6 of Double]) -> Double {
    var sum = coefficients[0]
    for index in 1..<6 { sum = sum * x + coefficients[index] }
    return sum
  }
  let a: [6 of Double] = [
    -3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02,
    1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00,
  ]
  let b: [6 of Double] = [
    -5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02,
    6.680131188771972e+01, -1.328068155288572e+01, 1,
  ]
  let c: [6 of Double] = [
    -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00,
    -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00,
  ]
  let d: [6 of Double] = [
    0, 7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00,
    3.754408661907416e+00, 1,
  ]
  var x: Double
  if p < 0.02425 {
    let q = (-2 * log(p)).squareRoot()
    x = polynomial(q, c) / polynomial(q, d)
  } else if p > 1 - 0.02425 {
    let q = (-2 * log(1 - p)).squareRoot()
    x = -polynomial(q, c) / polynomial(q, d)
  } else {
    let q = p - 0.5
    x = polynomial(q * q, a) * q / polynomial(q * q, b)
  }
  let error = 0.5 * erfc(-x / 2.0.squareRoot()) - p
  let step = error * (2 * Double.pi).squareRoot() * exp(x * x / 2)
  x -= step / (1 + x * step / 2)
  return x
}
