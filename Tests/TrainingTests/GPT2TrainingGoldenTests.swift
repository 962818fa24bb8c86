import JSON
import Model
import Tensor
import TestSupport
import Testing
import Training

/// Twenty steps of a small GPT-2 beside PyTorch.
@Suite struct GPT2TrainingGoldenTests {
  @Test(arguments: ["default", "steady"]) func stepsAgree(_ id: String) throws {
    let golden = try Fixture.tensors("Gpt2Pico/golden.safetensors")
    let facts = try #require(try Fixture.json("Gpt2Pico/golden.json").object)
    let run = try #require(
      facts["runs"]?.array?.compactMap(\.object).first { $0["id"]?.string == id })
    let settings = try #require(run["optimizer"]?.object)
    func setting(_ key: String) throws -> Double { try #require(settings[key]?.double) }
    let losses = (run["losses"]?.array ?? []).compactMap(\.double)
    let norms = (run["gradientNorms"]?.array ?? []).compactMap(\.double)
    var model = try GPT2(contentsOf: Fixture.path("Gpt2Pico"))
    var optimizer = AdamW(
      for: model, beta1: try setting("beta1"), beta2: try setting("beta2"),
      epsilon: try setting("epsilon"), weightDecay: try setting("weightDecay"))
    let tokens = try #require(golden["training.tokens"])
    let (rate, limit) = (try setting("learningRate"), try setting("clip"))
    #expect(losses.count == 20)
    for step in 0..<20 {
      let batch = tokens[step]
      let (loss, gradient) = valueWithGradient(at: model) {
        $0.loss(batch[.all, ..<(-1)], batch[.all, 1...])
      }
      let norm = gradient.globalNorm()
      #expect(abs(loss.scalar(as: Double.self) - losses[step]) < 1e-5, "step \(step)")
      #expect(abs(norm - norms[step]) < 1e-4, "step \(step)")
      optimizer.update(
        &model, along: gradient, learningRate: rate,
        gradientScale: clippingScale(norm: norm, limit: limit))
    }
    // With the small epsilon, weights whose true gradient is zero move by rounding noise alone.
    let noise = id == "default" ? (facts["noise"]?.array ?? []).compactMap(\.object) : []
    for (path, weight) in model.leaves {
      var expected = try #require(golden["trained.\(id).\(path)"])
      var found = weight
      for range in noise where range["tensor"]?.string == path {
        let (start, end) = (range["start"]?.integer ?? 0, range["end"]?.integer ?? 0)
        expected[start..<end] = 0
        found[start..<end] = 0
      }
      #expect(worstDifference(found, expected) < 1e-4, "\(path)")
    }
  }

  @Test func aStepOnAnUnsharedModelCopiesNoWeight() throws {
    var random = RandomStream(seed: 1)
    var model = GPT2(
      GPT2Configuration(vocabularySize: 50, contextLength: 8, width: 16, layers: 1, heads: 2),
      using: &random)
    var optimizer = AdamW(for: model)
    let ids = Tensor.integers([2, 8], in: 0..<50, using: &random)
    func places(_ model: GPT2) -> [UInt] {
      let state = optimizer.states.flatMap { [$0.mean, $0.square] }
      return (model.leaves.map(\.tensor) + state).map { UInt(bitPattern: $0.base) }
    }
    func step() {
      let (_, gradient) = valueWithGradient(at: model) { $0.loss(ids, ids) }
      optimizer.update(&model, along: gradient, learningRate: 1e-3)
    }
    step()
    let before = places(model)
    step()
    #expect(places(model) == before)
    let reference = model
    let kept = reference.leaves.map { $0.tensor.scalars(as: Float.self) }
    step()
    #expect(reference.leaves.map { $0.tensor.scalars(as: Float.self) } == kept)
    #expect(places(model) != before)
  }
}
