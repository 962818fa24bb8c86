import JSON
import Tensor
import Testing

/// Golden cases by family.
///
/// A family is a table from the names of operations, as the fixtures have
/// them, to what computes them; see `GoldenOperations+….swift` beside this page.
typealias GoldenBody =
  @Sendable (_ inputs: [Tensor], _ arguments: GoldenArguments) throws ->
  [Tensor]

extension GoldenCases {
  /// Runs every recorded case of one operation, and fails where there is none.
  static func check(_ operation: String, _ body: GoldenBody) throws {
    let fixtures = try GoldenCases("Operations/operations")
    let tolerances = try fixtures.tolerances()
    let cases = try fixtures.cases { $0 == operation }
    #expect(!cases.isEmpty, "no fixture has the operation \(operation)")
    for golden in cases {
      try golden.with(tolerances(golden)).check { try body($0, golden.arguments) }
    }
  }

  /// The operations that have fixtures.
  static func recordedOperations() throws -> Set<String> {
    let rows = try #require(try GoldenCases("Operations/operations").json["cases"]?.array)
    return Set(try rows.map { try #require($0.object?["operation"]?.string) })
  }

  /// The tolerance of a case: its own, that of its own for the type of its results, or the file's
  /// for that type.
  private func tolerances() throws -> (GoldenCase) -> Double {
    var own: [String: JSONValue] = [:]
    for row in try #require(json["cases"]?.array) {
      let row = try #require(row.object)
      if let tolerance = row["tolerance"] { own[try #require(row["id"]?.string)] = tolerance }
    }
    let general = try #require(json["tolerances"]?.object)
    let special = own
    return { golden in
      let type = golden.outputs.first?.dtype.description ?? "float32"
      if let tolerance = special[golden.id] {
        if let number = tolerance.double { return number }
        if let number = tolerance.object?[type]?.double { return number }
      }
      return general[type]?.double ?? 0
    }
  }
}

extension GoldenCase {
  fileprivate func with(_ tolerance: Double) -> GoldenCase {
    GoldenCase(
      id: id, arguments: arguments, inputs: inputs, outputs: outputs, gradientOut: gradientOut,
      gradients: gradients, tolerance: tolerance)
  }
}

/// A recorded operation that no table has would be a fixture nobody reads.
@Suite struct GoldenCoverageTests {
  /// What the tables of other pages have: views and indexing, products, fused operations.
  static let elsewhere: Set<String> = [
    "argsort", "attention", "chunk", "concatenate", "cross_entropy", "cross_entropy_hidden",
    "cumprod", "cumsum", "diagonal", "einsum", "embedding", "expand", "flip", "gather",
    "index_select", "layer_norm", "linear", "masked_select", "matmul", "narrow", "one_hot", "pad",
    "permute", "repeat", "reshape", "rms_norm", "roll", "rotary", "scatter", "scatter_add",
    "slice", "sort", "split", "squeeze", "stack", "swiglu", "topk", "transpose", "tril", "triu",
    "unsqueeze",
  ]

  @Test func everyOperationIsChecked() throws {
    let here = Set(ElementwiseGoldenTests.operations.keys)
      .union(ReductionGoldenTests.operations.keys)
    let missing = try GoldenCases.recordedOperations().subtracting(here)
      .subtracting(Self.elsewhere)
    #expect(missing.isEmpty, "\(missing.sorted())")
  }
}
