import JSON
import Tensor
import TestSupport
import Testing
import Training

/// AdamW and clipping beside PyTorch.
@Suite struct AdamWTests {
  @Test func everyStepAgrees() throws {
    let golden = try Fixture.tensors("Training/adamw.safetensors")
    let cases = try #require(try Fixture.json("Training/adamw.json").object?["cases"]?.array)
    #expect(cases.count == 10)
    for settings in cases.compactMap(\.object) {
      let id = try #require(settings["id"]?.string)
      func number(_ key: String) throws -> Double { try #require(settings[key]?.double) }
      var parameter = try #require(golden[id + ".start"])
      let gradients = try #require(golden[id + ".gradients"])
      let after = try #require(golden[id + ".after"])
      var optimizer = AdamW(
        for: parameter, beta1: try number("beta1"), beta2: try number("beta2"),
        epsilon: try number("epsilon"), weightDecay: try number("weightDecay"),
        decays: { _, _ in true })
      let tolerance = parameter.dtype == .float64 ? 1e-12 : 1e-5
      for step in 0..<gradients.shape[0] {
        optimizer.update(
          &parameter, along: gradients[step], learningRate: try number("learningRate"))
        #expect(worstDifference(parameter, after[step]) < tolerance, "\(id) step \(step)")
      }
      let (mean, square) = (optimizer.states[0].mean, optimizer.states[0].square)
      #expect(worstDifference(mean, try #require(golden[id + ".firstMoment"])) < tolerance)
      #expect(worstDifference(square, try #require(golden[id + ".secondMoment"])) < tolerance)
    }
  }

  @Test func clippingAgrees() throws {
    let golden = try Fixture.tensors("Training/clipping.safetensors")
    let cases = try #require(try Fixture.json("Training/clipping.json").object?["cases"]?.array)
    for settings in cases.compactMap(\.object) {
      let id = try #require(settings["id"]?.string)
      var tree = [
        try #require(golden[id + ".before0"]), try #require(golden[id + ".before1"]),
      ]
      let norm = tree.clip(toNorm: try #require(settings["limit"]?.double))
      #expect(abs(norm - (try #require(settings["norm"]?.double))) < 1e-6)
      for index in 0..<2 {
        #expect(worstDifference(tree[index], try #require(golden[id + ".after\(index)"])) < 1e-6)
      }
    }
  }

  @Test func absentGradientsLeaveTheirLeaf() {
    var parameters = [Tensor.ones([3]), Tensor.ones([3])]
    var optimizer = AdamW(for: parameters, weightDecay: 0.5, decays: { _, _ in true })
    let slope = gradient(at: parameters, where: { $0 == "1" }) { ($0[0] * $0[1]).sum() }
    #expect(slope[0].isAbsent)
    optimizer.update(&parameters, along: slope, learningRate: 0.1)
    #expect(parameters[0].scalars(as: Float.self) == [1, 1, 1])
    #expect(parameters[1].scalars(as: Float.self) != [1, 1, 1])
  }

  @Test func restoringNamesWhatIsWrong() {
    var optimizer = AdamW(for: [Tensor.ones([3])])
    #expect(optimizer.restore(steps: 4) { _ in nil } == ["mean.0", "square.0"])
    #expect(optimizer.steps == 0)
    #expect(optimizer.restore(steps: 4) { _ in Tensor.ones([3]) } == [])
    #expect(optimizer.steps == 4)
  }
}
