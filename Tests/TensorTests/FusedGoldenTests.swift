import JSON
import Tensor
import Testing

/// Products and fused operations against PyTorch, forward and backward.
@Suite struct FusedGoldenTests {
  @Test(arguments: operations.keys.sorted())
  func agreesWithPyTorch(operation: String) throws {
    try GoldenCases.check(operation, try #require(Self.operations[operation]))
  }

  private static func crossEntropyOptions(
    _ a: GoldenArguments
  ) throws -> CrossEntropyOptions {
    CrossEntropyOptions(
      ignoreIndex: try a.integer("ignoreIndex"), labelSmoothing: try a.number("labelSmoothing"),
      zLoss: try a.number("zLoss"), reduction: try a.text("reduction") == "sum" ? .sum : .mean)
  }

  static let operations: [String: GoldenBody] = [
    "matmul": { x, _ in [matmul(x[0], x[1])] },
    "linear": { x, _ in [linear(x[0], x[1], x.count > 2 ? x[2] : nil)] },
    "embedding": { x, _ in [embedding(x[0], x[1])] },
    "rms_norm": { x, a in [rmsNorm(x[0], weight: x[1], epsilon: try a.number("epsilon"))] },
    "layer_norm": { x, a in
      [
        layerNorm(
          x[0], weight: x[1], bias: x.count > 2 ? x[2] : nil, epsilon: try a.number("epsilon"))
      ]
    },
    "rotary": { x, a in
      let tables = rotaryTables(
        time: x[0].shape[-2], width: x[0].shape[-1], base: try a.number("base"),
        start: try a.integer("start"), dtype: x[0].dtype)
      return [
        rotary(
          x[0], cosines: tables.cosines, sines: tables.sines,
          pairing: try a.flag("interleaved") ? .interleaved : .halves)
      ]
    },
    "attention": { x, a in
      [
        attention(
          query: x[0], key: x[1], value: x[2], scale: a.json["scale"]?.double,
          mask: try a.flag("causal") ? .causal : .none, bias: x.count > 3 ? x[3] : nil)
      ]
    },
    "swiglu": { x, _ in [swiGLU(gate: x[0], up: x[1])] },
    "cross_entropy": { x, a in [crossEntropy(x[0], x[1], try crossEntropyOptions(a))] },
    "cross_entropy_hidden": { x, a in
      [crossEntropy(hidden: x[0], weight: x[1], x[2], try crossEntropyOptions(a))]
    },
  ]
}
