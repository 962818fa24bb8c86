import Model
import Testing

/// Processors and the choice of a token.
@Suite struct SamplingTests {
  @Test func greedyTakesTheFirstOfEquals() {
    var sampling = Sampling.greedy
    #expect(sampling.choose(from: [1, 3, 3, 2], history: []) == 1)
  }

  @Test func topKKeepsTies() {
    var logits: [Float] = [1, 4, 3, 3, 0]
    var topK = TopK(2)
    topK.process(&logits, history: [])
    #expect(logits == [-.infinity, 4, 3, 3, -.infinity])
  }

  @Test func topPKeepsTheTokenThatCrosses() {
    // Probabilities 0.5, 0.3, 0.2.
    var logits: [Float] = [-0.6931472, -1.2039728, -1.6094379]
    var topP = TopP(0.6)
    topP.process(&logits, history: [])
    #expect(logits[2] == -.infinity && logits[1] > -2 && logits[0] > -2)
    var narrow = TopP(0.01)
    narrow.process(&logits, history: [])
    #expect(logits[1] == -.infinity && logits[0] > -2)
  }

  @Test func temperatureDivides() {
    var logits: [Float] = [1, -2]
    Temperature(0.5).process(&logits, history: [])
    #expect(logits == [2, -4])
    // As good as greedy, not infinite.
    for value in [1e-31, 1e-40, 1e-300] {
      var logits: [Float] = [3, 1e30, -2]
      Temperature(value).process(&logits, history: [])
      #expect(logits == [-.infinity, 0, -.infinity])
    }
  }

  @Test func samplesFollowTheProbabilities() {
    let weights: [Double] = [0.5, 0.3, 0.15, 0.05]
    let logits: [Float] = [-0.6931472, -1.2039728, -1.89712, -2.995732]
    var sampling = Sampling.random(seed: 4)
    var counts = [0, 0, 0, 0]
    for _ in 0..<20_000 { counts[Int(sampling.choose(from: logits, history: []))] += 1 }
    for (count, weight) in zip(counts, weights) {
      // Five standard deviations of a binomial count.
      let deviation = (20_000 * weight * (1 - weight)).squareRoot()
      #expect(abs(Double(count) - 20_000 * weight) < 5 * deviation)
    }
  }

  @Test func seedsRepeat() {
    var one = Sampling.random(seed: 9)
    var two = Sampling.random(seed: 9)
    let logits: [Float] = [0, 0, 0, 0, 0, 0, 0, 0]
    let drawn = (0..<50).map { _ in one.choose(from: logits, history: []) }
    #expect(drawn == (0..<50).map { _ in two.choose(from: logits, history: []) })
    #expect(Set(drawn).count > 1)
  }
}
