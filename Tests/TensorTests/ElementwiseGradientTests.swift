import Tensor
import Testing

/// Finite differences of every differentiable elementwise operation and reduction, in float64.
@Suite struct ElementwiseGradientTests {
  struct Operation: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let body: @Sendable (Tensor) -> Tensor
    init(_ name: String, _ body: @escaping @Sendable (Tensor) -> Tensor) {
      testDescription = name
      self.body = body
    }
  }

  /// Away from zero, whole numbers and ties.
  static let point = Tensor([0.3, 1.7, -0.6, 2.2, -1.4, 0.9], shape: [2, 3])

  static let unary: [Operation] = [
    Operation("negative") { -$0 }, Operation("abs") { $0.abs() }, Operation("sign") { $0.sign() },
    Operation("exp") { $0.exp() }, Operation("expm1") { $0.expm1() },
    Operation("log") { $0.squared().log() }, Operation("log1p") { $0.squared().log1p() },
    Operation("sqrt") { $0.abs().sqrt() }, Operation("rsqrt") { $0.abs().rsqrt() },
    Operation("reciprocal") { $0.reciprocal() }, Operation("squared") { $0.squared() },
    Operation("sin") { $0.sin() }, Operation("cos") { $0.cos() }, Operation("tanh") { $0.tanh() },
    Operation("erf") { $0.erf() }, Operation("sigmoid") { $0.sigmoid() },
    Operation("softplus") { $0.softplus() }, Operation("relu") { $0.relu() },
    Operation("gelu") { $0.gelu() }, Operation("gelu tanh") { $0.gelu(.tanh) },
    Operation("silu") { $0.silu() }, Operation("floor") { $0.floor() },
    Operation("ceil") { $0.ceil() }, Operation("rounded") { $0.rounded() },
    Operation("clamped") { $0.clamped(min: -1, max: 1) },
    Operation("clamped below") { $0.clamped(min: 0) },
    Operation("power 3") { pow($0, 3) }, Operation("power -2") { pow($0, -2) },
    Operation("power 1.3") { pow($0.abs(), 1.3) }, Operation("2 to the power") { pow(2.0, $0) },
    Operation("cast") { $0.cast(to: .float64) * 2 },
    Operation("masked fill") { $0.maskedFill($0 .> 1, with: 5) },
    Operation("remainder") { $0 % 0.77 }, Operation("number over") { 2 / $0 },
    Operation("number minus") { 3 - $0 }, Operation("plus and times") { ($0 + 1.5) * 0.1 },
  ]

  static let reductions: [Operation] = [
    Operation("sum") { $0.sum() }, Operation("sum 0") { $0.sum(axis: 0) },
    Operation("sum kept") { $0.sum(axis: -1, keepingAxes: true) },
    Operation("mean") { $0.mean(axes: [1]) }, Operation("variance") { $0.variance() },
    Operation("variance 0") { $0.variance(axis: 0, correction: 0) },
    Operation("deviation") { $0.standardDeviation(axis: 1, keepingAxes: true) },
    Operation("norm") { $0.norm(axis: 0) }, Operation("norm 1") { $0.norm(order: 1, axis: 1) },
    Operation("norm 3") { $0.norm(order: 3) },
    Operation("norm infinity") { $0.norm(order: .infinity, axis: 1) },
    Operation("max") { $0.max(axis: 1) }, Operation("min") { $0.min() },
    Operation("product") { $0.product(axis: 0) },
    Operation("softmax") { $0.softmax(axis: 1) }, Operation("softmax 0") { $0.softmax(axis: 0) },
    Operation("log softmax") { $0.logSoftmax(axis: 1) },
    Operation("log-sum-exp") { $0.logSumExp(axis: 0) },
  ]

  @Test(arguments: unary + reductions) func ofOne(operation: Operation) {
    let check = checkGradient(at: Self.point) { operation.body($0) }
    #expect(check.passed, "\(check)")
    let transposed = checkGradient(at: Self.point) { operation.body($0.transposed().squared()) }
    if !["log", "floor", "ceil", "rounded", "remainder"].contains(operation.testDescription) {
      #expect(transposed.passed, "transposed: \(transposed)")
    }
  }

  static let pairs: [(String, @Sendable (Tensor, Tensor) -> Tensor)] = [
    ("+", { $0 + $1 }), ("-", { $0 - $1 }), ("*", { $0 * $1 }), ("/", { $0 / $1 }),
    ("pow", { pow($0.abs(), $1) }), ("maximum", { maximum($0, $1) }),
    ("minimum", { minimum($0, $1) }), ("which", { which($0 .> $1, $0 * 2, $1) }),
  ]

  @Test(arguments: 0..<pairs.count) func ofTwo(index: Int) {
    let (name, body) = Self.pairs[index]
    for shape: Shape in [[2, 3], [3], [2, 1], [1, 1], []] {
      let other = Tensor([0.55, -1.2, 0.8, 1.9, -0.35, 2.4])[..<shape.elementCount]
        .reshaped(to: shape)
      let check = checkGradient(at: [Self.point, other]) { body($0[0], $0[1]) }
      #expect(check.passed, "\(name) with \(shape): \(check)")
      let turned = checkGradient(at: [other, Self.point]) { body($0[0], $0[1]) }
      #expect(turned.passed, "\(name) from \(shape): \(turned)")
    }
    let twice = checkGradient(at: Self.point) { body($0, $0 * 0.7 + 0.2) }
    #expect(twice.passed, "\(name) with itself: \(twice)")
  }
}
