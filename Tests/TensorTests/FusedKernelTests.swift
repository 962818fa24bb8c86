import CKernels
import Tensor
import TestSupport
import Testing

/// Fused kernels at sizes that need several blocks, beside the same formulas in float64, at every
/// instruction level the machine has and for several numbers of threads.
@Suite(.serialized) struct FusedKernelTests {
  static let levels: [apus_level] = [apus_level_baseline, apus_level_avx2, apus_level_avx512]

  private func atEveryLevel(_ body: (String) throws -> Void) rethrows {
    defer { _ = apus_set_level(apus_best_level()) }
    for level in Self.levels where apus_set_level(level) { try body("level \(level.rawValue)") }
  }

  /// The float32 results and gradients of `body` beside the float64 ones.
  private func expectAgreement(
    _ inputs: [Tensor], _ tolerance: Double = 2e-5, _ label: String,
    _ body: @escaping ([Tensor]) -> Tensor
  ) {
    func wide(_ x: Tensor) -> Tensor { x.dtype.isFloatingPoint ? x.cast(to: .float64) : x }
    let (value, slopes) = scored(inputs, body)
    let (expected, exact) = scored(inputs.map(wide), body)
    #expect(worstDifference(value, expected) < tolerance, "\(label) value")
    for (index, (slope, reference)) in zip(slopes, exact).enumerated() where !slope.isAbsent {
      #expect(worstDifference(slope, reference) < tolerance, "\(label) gradient \(index)")
    }
  }

  private func scored(
    _ inputs: [Tensor], _ body: @escaping ([Tensor]) -> Tensor
  ) -> (Tensor, [Tensor]) {
    let (value, pullback) = valueWithPullback(at: inputs, body)
    var random = RandomStream(seed: 99)
    let seed = Tensor.normal(value.shape, dtype: .float64, using: &random)
    return (value, pullback(seed.cast(to: value.dtype)))
  }

  @Test(arguments: [
    (1, 1, 1), (3, 5, 7), (14, 32, 512), (15, 33, 513), (64, 200, 1100), (200, 64, 300),
    (1, 300, 700), (700, 1, 65), (29, 31, 1025),
  ])
  func productsOfEverySize(_ m: Int, _ n: Int, _ k: Int) {
    var random = RandomStream(seed: UInt64(m * 7 + n * 3 + k))
    let a = Tensor.normal([m, k], using: &random)
    let b = Tensor.normal([k, n], using: &random)
    let (at, bt) = (a.transposed().copied().transposed(), b.transposed().copied().transposed())
    let exact = matmul(a.cast(to: .float64), b.cast(to: .float64))
    // Half a unit in the last place of each partial sum: k steps, sums of about √k.
    let tolerance = 6e-8 * Double(k) * max(1, Double(k).squareRoot() / 16) + 1e-6
    atEveryLevel { level in
      for (left, right) in [(a, b), (at, b), (a, bt), (at, bt)] {
        #expect(worstDifference(matmul(left, right), exact) < tolerance, "\(level)")
      }
    }
  }

  @Test func productsOfStridedParts() {
    var random = RandomStream(seed: 3)
    let a = Tensor.normal([40, 60], using: &random)[.every(2), .every(3)]
    let b = Tensor.normal([50, 90], using: &random).flipped(0)[5..<25, .every(4, from: 1)]
    let exact = matmul(a.cast(to: .float64), b.cast(to: .float64))
    atEveryLevel { level in
      #expect(worstDifference(matmul(a, b), exact) < 1e-5, "\(level)")
    }
  }

  @Test func sumsOfNothingAreZero() {
    let y = matmul(Tensor.zeros(3, 0), Tensor.zeros(0, 4))
    #expect(y.shape == [3, 4])
    #expect(y.scalars(as: Float.self) == [Float](repeating: 0, count: 12))
    let z = linear(Tensor.zeros(2, 0), Tensor.zeros(3, 0), [1, 2, 3])
    #expect(z.scalars(as: Float.self) == [1, 2, 3, 1, 2, 3])
  }

  @Test(arguments: [false, true]) func attentionOverSeveralBlocks(_ causal: Bool) {
    var random = RandomStream(seed: 5)
    let inputs = [
      Tensor.normal([2, 4, 150, 24], using: &random),
      Tensor.normal([2, 2, 170, 24], using: &random),
      Tensor.normal([2, 2, 170, 16], using: &random),
      Tensor.normal([1, 4, 1, 170], using: &random),
    ]
    atEveryLevel { level in
      expectAgreement(inputs, 5e-5, level) { x in
        attention(
          query: x[0], key: x[1], value: x[2], mask: causal ? .causal : .none, bias: x[3])
      }
    }
  }

  @Test func joinedAttentionIsAttentionOnTheParts() {
    var random = RandomStream(seed: 12)
    let joined = Tensor.normal([2, 140, 3 * 60], using: &random)
    let slope = Tensor.normal([2, 140, 60], using: &random)
    atEveryLevel { level in
      let (y, pullback) = valueWithPullback(at: joined) {
        selfAttention(joined: $0, heads: 4, scale: 0.2, mask: .causal)
      }
      let (expected, expectedPullback) = valueWithPullback(at: joined) { x in
        let parts = x.split(every: 60, axis: -1).map {
          $0.reshaped(2, 140, 4, 15).transposed(1, 2)
        }
        return attention(query: parts[0], key: parts[1], value: parts[2], scale: 0.2)
          .transposed(1, 2).reshaped(2, 140, 60)
      }
      #expect(y.scalars(as: Float.self) == expected.scalars(as: Float.self), "\(level)")
      let (found, wanted) = (pullback(slope), expectedPullback(slope))
      #expect(found.scalars(as: Float.self) == wanted.scalars(as: Float.self), "\(level)")
    }
  }

  @Test func queriesThatSeeNothingGiveZeros() {
    var random = RandomStream(seed: 6)
    let q = Tensor.normal([1, 1, 5, 8], using: &random)
    let k = Tensor.normal([1, 1, 3, 8], using: &random)
    let (y, pullback) = valueWithPullback(at: [q, k, k]) {
      attention(query: $0[0], key: $0[1], value: $0[2], mask: .causal)
    }
    let blind = y[0, 0, ..<2].scalars(as: Float.self)
    #expect(blind == [Float](repeating: 0, count: blind.count))
    let slopes = pullback(.ones(y.shape))
    for slope in slopes {
      let finite = slope.scalars(as: Float.self).allSatisfy { $0.isFinite }
      #expect(finite)
    }
    let bias = Tensor([-.infinity, 0, -.infinity] as [Float], shape: [1, 1, 1, 3])
    let masked = attention(query: q, key: k, value: k, mask: .none, bias: bias)
    #expect(worstDifference(masked, k[.all, .all, 1..<2].expanded(to: q.shape)) < 1e-6)
  }

  @Test func normsAndGatesOfOddWidths() {
    var random = RandomStream(seed: 7)
    for width in [1, 3, 17, 130, 768] {
      let x = Tensor.normal([37, width], mean: 3, using: &random)
      let w = Tensor.normal([width], using: &random)
      let b = Tensor.normal([width], using: &random)
      atEveryLevel { level in
        if width > 1 {
          expectAgreement([x, w, b], 2e-4, "\(level) layer norm \(width)") {
            layerNorm($0[0], weight: $0[1], bias: $0[2])
          }
        }
        expectAgreement([x, w], 2e-5, "\(level) rms norm \(width)") {
          rmsNorm($0[0], weight: $0[1])
        }
        expectAgreement([x, x * w], 2e-5, "\(level) swiglu \(width)") {
          swiGLU(gate: $0[0], up: $0[1])
        }
      }
    }
  }

  @Test func lossesInPiecesAreTheWholeLoss() {
    var random = RandomStream(seed: 8)
    let classes = 150_000  // so that the logits of 300 tokens need several pieces
    let hidden = Tensor.normal([300, 4], using: &random)
    let weight = Tensor.normal([classes, 4], using: &random)
    var targets = Tensor.integers([300], in: 0..<classes, using: &random)
    targets[.every(7)] = -100
    let options = CrossEntropyOptions(labelSmoothing: 0.1, zLoss: 1e-3)
    let (whole, one) = valueWithGradient(at: [hidden, weight]) {
      crossEntropy(linear($0[0], $0[1]), targets, options)
    }
    let (pieces, two) = valueWithGradient(at: [hidden, weight]) {
      crossEntropy(hidden: $0[0], weight: $0[1], targets, options)
    }
    #expect(worstDifference(pieces, whole) < 1e-5)
    for (x, y) in zip(one, two) { #expect(worstDifference(x, y) < 1e-6) }
    // A factor from outside reaches every gradient.
    let three = gradient(at: [hidden, weight]) {
      crossEntropy(hidden: $0[0], weight: $0[1], targets, options) * 3
    }
    for (x, y) in zip(two, three) { #expect(worstDifference(x * 3, y) < 1e-6) }
  }

  @Test func noTargetThatCounts() {
    let none = Tensor([-100, -100] as [Int64])
    let (x, w) = (Tensor.ones(2, 3), Tensor.ones(4, 3))
    #expect(crossEntropy(hidden: x, weight: w, none).scalar(as: Float.self).isNaN)
    let (loss, slope) = valueWithGradient(at: [x, w]) {
      crossEntropy(hidden: $0[0], weight: $0[1], none, .init(reduction: .sum))
    }
    #expect(loss.scalar(as: Float.self) == 0)
    for gradient in slope {
      #expect(gradient.scalars(as: Float.self) == [Float](repeating: 0, count: gradient.count))
    }
  }

  @Test func dropoutKeepsTheMeanAndItsGradientTheMask() {
    var random = RandomStream(seed: 9)
    let x = Tensor.ones([100_000])
    let (y, pullback) = valueWithPullback(at: x) { x in
      var again = random
      return dropout(x, rate: 0.3, using: &again)
    }
    _ = dropout(x, rate: 0.3, using: &random)
    let values = y.scalars(as: Float.self)
    let kept = values.filter { $0 != 0 }
    let scaled = kept.allSatisfy { abs($0 - 1 / 0.7) < 1e-6 }
    #expect(scaled)
    // Five standard deviations of a binomial count.
    let deviation = (100_000 * 0.3 * 0.7).squareRoot()
    #expect(abs(Double(kept.count) - 70_000) < 5 * deviation)
    #expect(pullback(.ones(y.shape)).scalars(as: Float.self) == values)
  }

  @Test func attentionDropoutHasTheGradientOfItsMask() {
    var random = RandomStream(seed: 10)
    let inputs = [
      Tensor.normal([1, 2, 9, 4], using: &random), Tensor.normal([1, 1, 9, 4], using: &random),
      Tensor.normal([1, 1, 9, 4], using: &random),
    ]
    let dropping = AttentionDropout(rate: 0.4, stream: random)
    func run(_ x: [Tensor]) -> Tensor {
      attention(query: x[0], key: x[1], value: x[2], dropout: dropping)
    }
    let (value, slopes) = scored(inputs, run)
    let whole = attention(query: inputs[0], key: inputs[1], value: inputs[2])
    #expect(worstDifference(value, whole) > 0.1)
    // The kernel has no float64 twin with the same mask, so the difference quotient is in float32.
    random = RandomStream(seed: 99)
    let weights = Tensor.normal(value.shape, dtype: .float64, using: &random)
    for (index, slope) in slopes.enumerated() {
      for position in stride(from: 0, to: slope.count, by: 5) {
        func score(_ shift: Float) -> Double {
          var moved = inputs
          moved[index].withUnsafeMutableElements(as: Float.self) { $0[position] += shift }
          return (run(moved).cast(to: .float64) * weights).sum().scalar(as: Double.self)
        }
        let measured = (score(0.01) - score(-0.01)) / 0.02
        let recorded = Double(slope.scalars(as: Float.self)[position])
        let allowed = 5e-3 * max(1, abs(recorded))
        #expect(abs(measured - recorded) < allowed)
      }
    }
  }

  @Test func resultsDoNotDependOnThreads() {
    var random = RandomStream(seed: 11)
    let x = Tensor.normal([3, 130, 96], using: &random)
    let w = Tensor.normal([288, 96], deviation: 0.1, using: &random)
    let head = Tensor.normal([500, 96], deviation: 0.1, using: &random)
    let targets = Tensor.integers([3, 130], in: 0..<500, using: &random)
    func step() -> [[Float]] {
      let (loss, slope) = valueWithGradient(at: [x, w, head, .ones([96])]) { p in
        let parts = linear(rmsNorm(p[0], weight: p[3]), p[1]).split(every: 96, axis: -1).map {
          $0.reshaped(3, 130, 4, 24).transposed(1, 2)
        }
        let y = attention(query: parts[0], key: parts[1], value: parts[2])
        let joined = y.transposed(1, 2).reshaped(3, 130, 96).gelu(.tanh) + p[0]
        return crossEntropy(hidden: joined, weight: p[2], targets)
      }
      return ([loss] + slope).map { $0.scalars(as: Float.self) }
    }
    defer { Runtime.threads = 0 }
    Runtime.threads = 1
    let one = step()
    for threads in [2, 3, 5] {
      Runtime.threads = threads
      #expect(step() == one, "\(threads) threads")
    }
  }
}
