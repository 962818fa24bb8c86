import JSON
import Tensor
import Testing

/// The generator against known answers, and distributions against their laws.
@Suite struct RandomTests {
  @Test func knownAnswers() throws {
    let rows = try #require(try fixture("Numpy/philox.json")["vectors"]?.array)
    #expect(rows.count >= 20)
    for row in rows {
      let row = try #require(row.object)
      func words(_ key: String) throws -> [UInt32] {
        try #require(row[key]?.array).map { UInt32(try #require($0.integer)) }
      }
      let (counter, key) = (try words("counter"), try words("key"))
      let block = Philox(key: SIMD2(key[0], key[1]))
        .block(at: SIMD4(counter[0], counter[1], counter[2], counter[3]))
      #expect([block[0], block[1], block[2], block[3]] == (try words("output")))
    }
  }

  @Test func uniformNumbersAreUniform() {
    var stream = RandomStream(seed: 1)
    let values = numbers(.uniform([100_000], in: -1..<3, dtype: .float64, using: &stream))
    #expect(values.allSatisfy { $0 >= -1 && $0 < 3 })
    expectDistribution(values) { ($0 + 1) / 4 }
    let narrow = Tensor.uniform([100_000], using: &stream)
    #expect(numbers(narrow).allSatisfy { $0 >= 0 && $0 < 1 })
  }

  @Test func normalNumbersAreNormal() {
    var stream = RandomStream(seed: 2)
    let values = numbers(
      .normal([100_000], mean: 3, deviation: 2, dtype: .float64, using: &stream))
    let (mean, variance) = moments(values)
    #expect((mean - 3).magnitude < 0.03 && (variance - 4).magnitude < 0.08)
    // Φ by its integral, from far below.
    expectDistribution(values) { normalProbability(($0 - 3) / 2) }
  }

  @Test func truncatedNumbersStayInBounds() {
    var stream = RandomStream(seed: 3)
    let values = numbers(
      .truncatedNormal([100_000], deviation: 1, in: -0.5...1.5, dtype: .float64, using: &stream))
    #expect(values.allSatisfy { $0 >= -0.5 && $0 <= 1.5 })
    let (low, high) = (normalProbability(-0.5), normalProbability(1.5))
    expectDistribution(values) { (normalProbability($0) - low) / (high - low) }
  }

  @Test(arguments: [0, 0.1, 0.5, 1]) func bernoulliHasItsMean(probability: Double) {
    var stream = RandomStream(seed: 4)
    let values = numbers(.bernoulli([100_000], probability: probability, using: &stream))
    let (mean, _) = moments(values)
    #expect(
      (mean - probability).magnitude <= 5 * (probability * (1 - probability) / 1e5).squareRoot())
  }

  @Test func permutationsAndIntegers() {
    var stream = RandomStream(seed: 5)
    let order = Tensor.permutation(1000, using: &stream).scalars(as: Int.self)
    #expect(order.sorted() == Array(0..<1000) && order != Array(0..<1000))
    #expect(Tensor.permutation(0, using: &stream).shape == [0])
    let values = Tensor.integers([60_000], in: -2..<4, using: &stream).scalars(as: Int.self)
    for value in -2..<4 {
      let share = Double(values.count { $0 == value }) / 60_000
      #expect((share - 1.0 / 6).magnitude < 0.01)
    }
  }

  @Test func theNumberOfThreadsDoesNotMatter() {
    let draws = [1, 2, 3].map { threads in
      withThreads(threads) {
        var stream = RandomStream(seed: 6)
        return numbers(.normal([20_001], using: &stream)) + numbers(.uniform([5], using: &stream))
      }
    }
    #expect(draws[0] == draws[1] && draws[1] == draws[2])
  }

  @Test func streamsAreValuesAndIndependent() {
    var stream = RandomStream(seed: 7)
    var copy = stream
    let first = numbers(.uniform([9], using: &stream))
    #expect(numbers(.uniform([9], using: &copy)) == first)
    #expect(numbers(.uniform([9], using: &stream)) != first)
    var streams = [
      RandomStream(seed: 7).stream("dropout"), RandomStream(seed: 7).stream("dropout", 1),
      RandomStream(seed: 7).stream("shuffle"), RandomStream(seed: 8).stream("dropout"),
      RandomStream(seed: 7).stream("dropout").stream("dropout"),
    ]
    let draws = streams.indices.map { numbers(.uniform([4], using: &streams[$0])) }
    #expect(Set(draws).count == draws.count && !draws.contains(Array(first.prefix(4))))
  }
}

private func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
  let mean = values.reduce(0, +) / Double(values.count)
  let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
  return (mean, variance)
}

/// The largest distance between the shares below each value and `law`: Kolmogorov and Smirnov's
/// bound, which chance alone exceeds once in 10⁵ times.
private func expectDistribution(
  _ values: [Double], sourceLocation: SourceLocation = #_sourceLocation,
  _ law: (Double) -> Double
) {
  let count = Double(values.count)
  var worst = 0.0
  for (index, value) in values.sorted().enumerated() {
    let expected = law(value)
    worst = max(
      worst, (expected - Double(index) / count).magnitude,
      (expected - Double(index + 1) / count).magnitude)
  }
  #expect(worst < 2.47 / count.squareRoot(), sourceLocation: sourceLocation)
}

/// The normal distribution function, from a table of Simpson sums: no relative of the quantile.
private func normalProbability(_ x: Double) -> Double {
  let steps = 4000
  let scaled = (x.clamped + 10) * Double(steps) / 20
  let index = min(Int(scaled), steps - 1)
  let share = scaled - Double(index)
  return normalTable[index] * (1 - share) + normalTable[index + 1] * share
}

private let normalTable: [Double] = {
  func density(_ x: Double) -> Double {
    // exp by squaring a short series, to keep the test free of the C library.
    let y: Double = -x * x / 8192
    var value: Double = 1 + y / 4
    value = 1 + y / 3 * value
    value = 1 + y / 2 * value
    value = 1 + y * value
    for _ in 0..<12 { value *= value }
    let total: Double = (2 * Double.pi).squareRoot()
    return value / total
  }
  var table = [0.0]
  let step: Double = 0.005
  for index in 0..<4000 {
    let x: Double = -10 + Double(index) * step
    let middle: Double = density(x + step / 2)
    let ends: Double = density(x) + density(x + step)
    let area: Double = (ends + 4 * middle) * step / 6
    table.append(table[index] + area)
  }
  return table
}()

extension Double {
  fileprivate var clamped: Double { min(max(self, -10), 10) }
}
