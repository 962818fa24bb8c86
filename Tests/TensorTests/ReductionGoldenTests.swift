import JSON
import Tensor
import Testing

/// Reductions and the softmax family against PyTorch, forward and backward.
@Suite struct ReductionGoldenTests {
  @Test(arguments: operations.keys.sorted())
  func agreesWithPyTorch(operation: String) throws {
    try GoldenCases.check(operation, try #require(Self.operations[operation]))
  }

  /// Axes where the case has some, otherwise all.
  private static func over(
    _ body: @escaping @Sendable (Tensor, [Int]?, Bool, GoldenArguments) throws -> Tensor
  ) -> GoldenBody {
    { x, a in
      [try body(x[0], a.has("axes") ? try a.integers("axes") : nil, try a.flag("keepdims"), a)]
    }
  }

  static let operations: [String: GoldenBody] = [
    "sum": over { x, axes, keep, _ in
      axes.map { x.sum(axes: $0, keepingAxes: keep) } ?? x.sum(keepingAxes: keep)
    },
    "mean": over { x, axes, keep, _ in
      axes.map { x.mean(axes: $0, keepingAxes: keep) } ?? x.mean(keepingAxes: keep)
    },
    "variance": over { x, axes, keep, a in
      let correction = try a.number("correction")
      return axes.map { x.variance(axes: $0, correction: correction, keepingAxes: keep) }
        ?? x.variance(correction: correction, keepingAxes: keep)
    },
    "std": over { x, axes, keep, a in
      let correction = try a.number("correction")
      return axes.map { x.standardDeviation(axes: $0, correction: correction, keepingAxes: keep) }
        ?? x.standardDeviation(correction: correction, keepingAxes: keep)
    },
    "norm": over { x, axes, keep, a in
      let order = a.json["p"]?.double ?? .infinity
      return axes.map { x.norm(order: order, axes: $0, keepingAxes: keep) }
        ?? x.norm(order: order, keepingAxes: keep)
    },
    "max": over { x, axes, keep, _ in
      axes.map { x.max(axes: $0, keepingAxes: keep) } ?? x.max(keepingAxes: keep)
    },
    "min": over { x, axes, keep, _ in
      axes.map { x.min(axes: $0, keepingAxes: keep) } ?? x.min(keepingAxes: keep)
    },
    "argmax": over { x, axes, keep, _ in
      axes.map { x.argmax(axis: $0[0], keepingAxes: keep) } ?? x.argmax(keepingAxes: keep)
    },
    "argmin": over { x, axes, keep, _ in
      axes.map { x.argmin(axis: $0[0], keepingAxes: keep) } ?? x.argmin(keepingAxes: keep)
    },
    "prod": over { x, axes, keep, _ in
      axes.map { x.product(axes: $0, keepingAxes: keep) } ?? x.product(keepingAxes: keep)
    },
    "any": over { x, axes, keep, _ in
      axes.map { x.any(axes: $0, keepingAxes: keep) } ?? x.any(keepingAxes: keep)
    },
    "all": over { x, axes, keep, _ in
      axes.map { x.all(axes: $0, keepingAxes: keep) } ?? x.all(keepingAxes: keep)
    },
    "softmax": { x, a in [x[0].softmax(axis: try a.integer("axis"))] },
    "log_softmax": { x, a in [x[0].logSoftmax(axis: try a.integer("axis"))] },
    "logsumexp": { x, a in
      [
        x[0].logSumExp(
          axis: try a.integer("axis"),
          keepingAxes: a.has("keepdims") ? try a.flag("keepdims") : false)
      ]
    },
  ]
}
