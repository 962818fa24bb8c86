import Model
import Tensor
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Known results on small distributions, those of llama.cpp's tests among them.
@Suite struct SamplerVectorTests {
  private let four: [Float] = [0.1, 0.2, 0.3, 0.4]

  /// The probabilities that a processor leaves.
  private func run(
    _ processor: any LogitsProcessor, _ probabilities: [Float], history: [Int32] = []
  ) -> [Double] {
    var processor = processor
    var logits = probabilities.map { log($0) }
    processor.begin(promptLength: 0)
    processor.process(&logits, history: history)
    return Tensor(logits).softmax(axis: 0).scalars(as: Double.self)
  }

  private func expect(_ found: [Double], _ wanted: [Double]) {
    #expect(zip(found, wanted).allSatisfy { abs($0 - $1) < 1e-5 }, "\(found), not \(wanted)")
  }

  @Test func truncations() {
    expect(run(TopK(3), four), [0, 0.22222, 0.33333, 0.44444])
    expect(run(TopP(0.69), four), [0, 0, 0.428571, 0.571429])
    expect(run(TopP(0.8), four), [0, 0.22222, 0.33333, 0.44444])
    expect(run(TopP(1), four), [0.1, 0.2, 0.3, 0.4])
    for (share, count) in [(0.24, 4), (0.26, 3), (0.51, 2), (0.76, 1)] {
      #expect(run(MinP(share), four).count { $0 > 0 } == count)
    }
    expect(run(Typical(0.5), [0.97, 0.01, 0.01, 0.01]), [1, 0, 0, 0])
    expect(run(Typical(0.5), [0.4, 0.2, 0.2, 0.2]), [0, 1 / 3, 1 / 3, 1 / 3])
    expect(run(TopNSigma(1), four), [0, 0, 0.428571, 0.571429])
    expect(run(TopNSigma(3), four), [0.1, 0.2, 0.3, 0.4])
    expect(run(TopNSigma(0), four), [0.1, 0.2, 0.3, 0.4])
  }

  @Test func penalties() {
    let even: [Float] = [0.2, 0.2, 0.2, 0.2, 0.2]
    expect(run(RepetitionPenalty(50), even, history: [0, 1, 2]), [0, 0, 0, 0.5, 0.5])
    expect(
      run(FrequencyPenalty(frequency: 5, presence: 5), even, history: [0]),
      [0.000011, 0.249997, 0.249997, 0.249997, 0.249997])
    // Three times as many occurrences cost three times as much, presence only once.
    let found = run(
      FrequencyPenalty(frequency: 0.5, presence: 0.25), even, history: [1, 1, 0, 1])
    #expect(abs(log(found[1] / found[2]) + 1.75) < 1e-4)
    #expect(abs(log(found[0] / found[2]) + 0.75) < 1e-4)
  }

  @Test func thePromptCountsOnlyForSome() {
    var logits: [Float] = [1, 1, 1]
    var penalty = FrequencyPenalty(frequency: 1)
    penalty.begin(promptLength: 2)
    penalty.process(&logits, history: [0, 1, 2])
    #expect(logits == [1, 1, 0])
    var all = FrequencyPenalty(frequency: 1, countsPrompt: true)
    all.begin(promptLength: 2)
    all.process(&logits, history: [0, 1, 2])
    #expect(logits == [0, 0, -1])
  }

  /// Processors meet what they have no words for: every token forbidden, no number, ids too large.
  @Test func oddInputIsNoCrash() {
    let all: [any LogitsProcessor] = [
      Temperature(0.5), TopK(2), TopP(0.5), TopH(0.5), MinP(0.1), Typical(0.5), TopNSigma(1),
      EpsilonCutoff(0.1), EtaCutoff(0.1), RepetitionPenalty(2), FrequencyPenalty(frequency: 1),
      NoRepeatedNGrams(2), SequenceBias([99: 1, 1: 2]), BadWords([[1, 99], [2]]),
      MinimumLength(.new(5), ends: [1, 99]), ForcedTokens([99], atLength: .new(0)),
      SuppressedTokens([99, 0]), LengthDecay(start: 0, factor: 2, ends: [1, 99]), FiniteLogits(),
      LogProbabilities(),
    ]
    let rows: [[Float]] = [
      [], [1], [-.infinity, -.infinity, -.infinity], [.nan, 1, 2], [.infinity, 0, 1], [0, 0, 0],
    ]
    for var processor in all {
      processor.begin(promptLength: 1)
      for row in rows {
        for history: [Int32] in [[], [0], [99, 0, 99, 0], [1, -5, 1]] {
          var logits = row
          processor.process(&logits, history: history)
          #expect(logits.count == row.count)
        }
      }
    }
    for row in rows where !row.isEmpty {
      var sampling = Sampling([TopP(0.5)], random: RandomStream(seed: 1))
      let token = sampling.choose(from: row, history: [])
      #expect(row.indices.contains(Int(token)))
    }
  }

  @Test func truncatedSamplesFollowTheProbabilities() {
    var random = RandomStream(seed: 12)
    let logits = (0..<40).map { _ in Float.random(in: -3...3, using: &random) }
    let chains: [[any LogitsProcessor]] = [
      [], [Temperature(0.7), TopK(7)], [TopP(0.8)], [Temperature(1.4), MinP(0.2), Typical(0.9)],
    ]
    for chain in chains {
      var left = logits
      for var processor in chain { processor.process(&left, history: []) }
      let exact = Tensor(left).softmax(axis: 0).scalars(as: Double.self)
      let expected = Dictionary(
        uniqueKeysWithValues: exact.enumerated().filter { $0.element > 0 }.map {
          (Int32($0.offset), $0.element)
        })
      var sampling = Sampling(chain, random: RandomStream(seed: 3))
      var counts: [Int32: Int] = [:]
      for _ in 0..<4000 { counts[sampling.choose(from: logits, history: []), default: 0] += 1 }
      #expect(counts.keys.allSatisfy { expected[$0] != nil })
      expectChiSquare(expected, counts, 4000)
    }
  }
}
