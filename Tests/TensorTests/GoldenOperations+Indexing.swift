import JSON
import Tensor
import Testing

/// Views, rearranging, indexing and ordering against PyTorch, forward and backward.
@Suite struct IndexingGoldenTests {
  @Test(arguments: operations.keys.sorted())
  func agreesWithPyTorch(operation: String) throws {
    let cases = try GoldenCases("Operations/operations").cases { $0 == operation }
    #expect(!cases.isEmpty)
    let body = try #require(Self.operations[operation])
    for golden in cases { try golden.check { try body($0, golden.arguments) } }
  }

  typealias Body = @Sendable ([Tensor], GoldenArguments) throws -> [Tensor]

  static let operations: [String: Body] = [
    "reshape": { x, a in [x[0].reshaped(to: Shape(try a.integers("shape")))] },
    "transpose": { x, a in
      let axes = try a.integers("axes")
      return [x[0].transposed(axes[0], axes[1])]
    },
    "permute": { x, a in [x[0].permuted(by: try a.integers("axes"))] },
    "expand": { x, a in [x[0].expanded(to: Shape(try a.integers("shape")))] },
    "squeeze": { x, a in [a.has("axis") ? x[0].squeezed(try a.integer("axis")) : x[0].squeezed()] },
    "unsqueeze": { x, a in [x[0].unsqueezed(try a.integer("axis"))] },
    "flip": { x, a in
      let axes = try a.integers("axes")
      return [axes.count == 1 ? x[0].flipped(axes[0]) : x[0].flipped(axes[0], axes[1])]
    },
    "diagonal": { x, a in
      let axes = try a.integers("axes")
      return [x[0].diagonal(offset: try a.integer("offset"), axes[0], axes[1])]
    },
    "narrow": { x, a in
      [
        x[0].narrowed(
          try a.integer("axis"), from: try a.integer("start"), length: try a.integer("length"))
      ]
    },
    "slice": { x, a in
      var y = x[0]
      for (axis, range) in try a.tables("ranges").enumerated() {
        y = y.sliced(axis, range[0]..<range[1], by: range[2])
      }
      let ranges = try a.tables("ranges").map { SymbolicIndex.every($0[2], from: $0[0], to: $0[1]) }
      let same = ranges.count == 1 ? x[0][ranges[0]] : x[0][ranges[0], ranges[1]]
      #expect(
        y.detached().scalars(as: Double.self) == same.detached().scalars(as: Double.self))
      return [y]
    },
    "split": { x, a in
      let axis = try a.integer("axis")
      return a.has("size")
        ? x[0].split(every: try a.integer("size"), axis: axis)
        : x[0].split(try a.integers("sizes"), axis: axis)
    },
    "chunk": { x, a in x[0].chunked(try a.integer("count"), axis: try a.integer("axis")) },
    "concatenate": { x, a in [concatenate(x, axis: try a.integer("axis"))] },
    "stack": { x, a in [stack(x, axis: try a.integer("axis"))] },
    "repeat": { x, a in [x[0].tiled(try a.integers("counts"))] },
    "roll": { x, a in [x[0].rolled(try a.integers("shifts"), axes: try a.integers("axes"))] },
    "pad": { x, a in
      [
        x[0].padded(
          try a.tables("widths").map { (before: $0[0], after: $0[1]) },
          value: try a.number("value"))
      ]
    },
    "tril": { x, a in [x[0].tril(try a.integer("diagonal"))] },
    "triu": { x, a in [x[0].triu(try a.integer("diagonal"))] },
    "gather": { x, a in [x[0].gathered(try a.integer("axis"), at: x[1])] },
    "index_select": { x, a in [x[0].indexSelected(try a.integer("axis"), at: x[1])] },
    "one_hot": { x, a in [x[0].oneHot(count: try a.integer("classes"))] },
    "scatter": { x, a in [x[0].scattered(try a.integer("axis"), at: x[1], x[2])] },
    "scatter_add": { x, a in [x[0].scatterAdded(try a.integer("axis"), at: x[1], x[2])] },
    "masked_select": { x, _ in [x[0].maskedSelected(x[1])] },
    "sort": { x, a in
      let (values, indices) = x[0].sorted(
        try a.integer("axis"), descending: try a.flag("descending"))
      return [values, indices]
    },
    "argsort": { x, a in
      [x[0].argsort(try a.integer("axis"), descending: try a.flag("descending"))]
    },
    "topk": { x, a in
      let (values, indices) = x[0].topK(
        try a.integer("k"), axis: try a.integer("axis"), largest: try a.flag("largest"))
      return [values, indices]
    },
    "cumsum": { x, a in [x[0].cumulativeSum(try a.integer("axis"))] },
    "cumprod": { x, a in [x[0].cumulativeProduct(try a.integer("axis"))] },
    "einsum": { x, a in
      let equation = try a.text("equation")
      switch x.count {
      case 1: return [einsum(equation, x[0])]
      case 2: return [einsum(equation, x[0], x[1])]
      default: return [einsum(equation, x[0], x[1], x[2])]
      }
    },
  ]
}
