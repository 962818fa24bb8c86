import JSON
import Tensor
import Testing

/// Elementwise operations against PyTorch, forward and backward.
@Suite struct ElementwiseGoldenTests {
  @Test(arguments: operations.keys.sorted())
  func agreesWithPyTorch(operation: String) throws {
    try GoldenCases.check(operation, try #require(Self.operations[operation]))
  }

  static let operations: [String: GoldenBody] = binary.merging(unary) { first, _ in first }

  /// A case has two tensors, or one and a number on either side.
  static func pair(
    _ both: @escaping @Sendable (Tensor, Tensor) -> Tensor,
    _ right: (@Sendable (Tensor, Double) -> Tensor)? = nil,
    _ left: (@Sendable (Double, Tensor) -> Tensor)? = nil
  ) -> GoldenBody {
    { x, a in
      guard a.has("scalar") else { return [both(x[0], x[1])] }
      let number = try a.number("scalar")
      if a.has("reverse") {
        let body = try #require(left)
        return [body(number, x[0])]
      }
      let body = try #require(right)
      return [body(x[0], number)]
    }
  }

  static let binary: [String: GoldenBody] = [
    "add": pair({ $0 + $1 }, { $0 + $1 }, { $0 + $1 }),
    "sub": pair({ $0 - $1 }, { $0 - $1 }, { $0 - $1 }),
    "mul": pair({ $0 * $1 }, { $0 * $1 }, { $0 * $1 }),
    "div": pair({ $0 / $1 }, { $0 / $1 }, { $0 / $1 }),
    "remainder": pair({ $0 % $1 }, { $0 % $1 }, { $0 % $1 }),
    "pow": pair({ pow($0, $1) }, { pow($0, $1) }, { pow($0, $1) }),
    "maximum": pair { maximum($0, $1) },
    "minimum": pair { minimum($0, $1) },
    "eq": pair({ $0 .== $1 }, { $0 .== $1 }),
    "ne": pair({ $0 .!= $1 }, { $0 .!= $1 }),
    "lt": pair({ $0 .< $1 }, { $0 .< $1 }),
    "le": pair({ $0 .<= $1 }, { $0 .<= $1 }),
    "gt": pair({ $0 .> $1 }, { $0 .> $1 }),
    "ge": pair({ $0 .>= $1 }, { $0 .>= $1 }),
    "logical_and": pair { $0 .& $1 },
    "logical_or": pair { $0 .| $1 },
    "logical_xor": pair { $0 .^ $1 },
    "where": { x, _ in [which(x[0], x[1], x[2])] },
    "masked_fill": { x, a in [x[0].maskedFill(x[1], with: try a.number("value"))] },
    "clamp": { x, a in
      [
        x[0].clamped(
          min: a.has("min") ? try a.number("min") : nil,
          max: a.has("max") ? try a.number("max") : nil)
      ]
    },
    "cast": { x, a in
      let name = try a.text("dtype")
      return [x[0].cast(to: try #require(DType.allCases.first { $0.description == name }))]
    },
  ]

  static let unary: [String: GoldenBody] = [
    "neg": { x, _ in [-x[0]] },
    "abs": { x, _ in [x[0].abs()] },
    "sign": { x, _ in [x[0].sign()] },
    "exp": { x, _ in [x[0].exp()] },
    "expm1": { x, _ in [x[0].expm1()] },
    "log": { x, _ in [x[0].log()] },
    "log1p": { x, _ in [x[0].log1p()] },
    "sqrt": { x, _ in [x[0].sqrt()] },
    "rsqrt": { x, _ in [x[0].rsqrt()] },
    "reciprocal": { x, _ in [x[0].reciprocal()] },
    "square": { x, _ in [x[0].squared()] },
    "sin": { x, _ in [x[0].sin()] },
    "cos": { x, _ in [x[0].cos()] },
    "tanh": { x, _ in [x[0].tanh()] },
    "erf": { x, _ in [x[0].erf()] },
    "sigmoid": { x, _ in [x[0].sigmoid()] },
    "softplus": { x, _ in [x[0].softplus()] },
    "relu": { x, _ in [x[0].relu()] },
    "gelu": { x, _ in [x[0].gelu()] },
    "gelu_tanh": { x, _ in [x[0].gelu(.tanh)] },
    "silu": { x, _ in [x[0].silu()] },
    "floor": { x, _ in [x[0].floor()] },
    "ceil": { x, _ in [x[0].ceil()] },
    "round": { x, _ in [x[0].rounded()] },
    "isnan": { x, _ in [x[0].isNaN()] },
    "logical_not": { x, _ in [!x[0]] },
  ]

  @Test func promotionTable() throws {
    let rows = try #require(try GoldenCases("Operations/operations").json["promotion"]?.array)
    #expect(rows.count == 100)
    let types = Dictionary(uniqueKeysWithValues: DType.allCases.map { ($0.description, $0) })
    for row in rows {
      let names = try #require(row.array).map { try #require($0.string) }
      let (a, b) = (try #require(types[names[0]]), try #require(types[names[1]]))
      #expect(a.promoted(with: b).description == names[2])
      let sum = Tensor.ones([2], dtype: a) * Tensor.ones([2], dtype: b)
      #expect(sum.dtype.description == names[2])
      #expect(sum.scalars(as: Double.self) == [1, 1])
    }
  }
}
