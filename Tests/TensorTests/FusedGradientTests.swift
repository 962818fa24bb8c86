import Tensor
import Testing

/// Finite differences of products and fused operations, in float64.
@Suite struct FusedGradientTests {
  private var random = RandomStream(seed: 21)

  private mutating func normal(_ shape: Shape) -> Tensor {
    .normal(shape, dtype: .float64, using: &random)
  }

  @Test mutating func products() {
    let (a, b, c) = (normal([2, 3, 4]), normal([4, 5]), normal([2, 4, 3]))
    #expect(checkGradient(at: [a, b]) { matmul($0[0], $0[1]) }.passed)
    #expect(checkGradient(at: [a, c]) { matmul($0[0], $0[1]) }.passed)
    #expect(checkGradient(at: [a, c]) { matmul($0[1], $0[0].transposed(0, 0)) }.passed)
    let (w, bias) = (normal([5, 4]), normal([5]))
    #expect(checkGradient(at: [a, w, bias]) { linear($0[0], $0[1], $0[2]) }.passed)
    #expect(
      checkGradient(at: [a, w.transposed().copied()]) { linear($0[0], $0[1].transposed()) }.passed)
  }

  @Test mutating func usingAWeightTwiceAddsItsGradients() {
    let (x, w) = (normal([3, 4]), normal([4, 4]))
    #expect(checkGradient(at: [x, w]) { linear(linear($0[0], $0[1]), $0[1]) }.passed)
    #expect(
      checkGradient(at: [x, w]) {
        linear(linear($0[0], $0[1].transposed()), $0[1]) + matmul($0[0], $0[1])
      }.passed)
  }

  @Test mutating func norms() {
    let (x, w, b) = (normal([3, 6]), normal([6]), normal([6]))
    #expect(checkGradient(at: [x, w, b]) { layerNorm($0[0], weight: $0[1], bias: $0[2]) }.passed)
    #expect(checkGradient(at: x) { layerNorm($0) }.passed)
    #expect(checkGradient(at: [x, w]) { rmsNorm($0[0], weight: $0[1]) }.passed)
  }

  @Test mutating func attentionWithGroupsAndBias() {
    let (q, k, v) = (normal([1, 4, 3, 4]), normal([1, 2, 5, 4]), normal([1, 2, 5, 2]))
    let bias = normal([1, 4, 1, 5])
    for mask in [AttentionMask.none, .causal] {
      #expect(
        checkGradient(at: [q, k, v, bias]) {
          attention(query: $0[0], key: $0[1], value: $0[2], mask: mask, bias: $0[3])
        }.passed)
    }
  }

  @Test mutating func rotaryGatesAndEmbedding() {
    let x = normal([2, 3, 6])
    let tables = rotaryTables(time: 3, width: 4, dtype: .float64)
    for pairing in [RotaryPairing.halves, .interleaved] {
      #expect(
        checkGradient(at: x) {
          rotary($0, cosines: tables.cosines, sines: tables.sines, pairing: pairing)
        }.passed)
    }
    #expect(checkGradient(at: [x, normal([2, 3, 6])]) { swiGLU(gate: $0[0], up: $0[1]) }.passed)
    let ids = Tensor([2, 0, 2, 1] as [Int32], shape: [2, 2])
    #expect(checkGradient(at: normal([4, 3])) { embedding(ids, $0) }.passed)
    let stream = random
    #expect(
      checkGradient(at: x) { x in
        var again = stream
        return dropout(x, rate: 0.5, using: &again)
      }.passed)
  }

  @Test mutating func losses() {
    let (hidden, weight) = (normal([4, 3]), normal([6, 3]))
    let targets = Tensor([1, -100, 5, 0] as [Int64])
    for options in [
      CrossEntropyOptions(), .init(labelSmoothing: 0.2), .init(zLoss: 0.1, reduction: .sum),
      .init(labelSmoothing: 0.1, zLoss: 0.01, reduction: .sumDivided(by: 7)),
    ] {
      #expect(
        checkGradient(at: [hidden, weight]) {
          crossEntropy(hidden: $0[0], weight: $0[1], targets, options)
        }.passed)
    }
  }

  @Test mutating func checkpointingGivesTheSameGradient() {
    let (x, w) = (normal([3, 4]), normal([4, 4]))
    let plain = gradient(at: [x, w]) { (linear($0[0], $0[1]).tanh() * $0[0]).sum() }
    let again = gradient(at: [x, w]) { p in
      checkpointed(p[0], [p[1]]) { x, w in linear(x, w[0]).tanh() * x }.sum()
    }
    for (one, other) in zip(plain, again) {
      #expect(one.scalars(as: Double.self) == other.scalars(as: Double.self))
    }
  }
}
