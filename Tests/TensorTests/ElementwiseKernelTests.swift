import CKernels
import Tensor
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Kernels at every instruction level and with several thread counts: settings of the whole
/// process, so these tests run one after the other.
@Suite(.serialized) struct ElementwiseKernelTests {
  static let levels = [
    apus_level_baseline, apus_level_avx2, apus_level_avx512, apus_level_avx512_vnni,
  ]

  /// Runs `body` at each level this machine has.
  static func atEveryLevel(_ body: (apus_level) throws -> Void) rethrows {
    let before = apus_current_level()
    defer { _ = apus_set_level(before) }
    for level in levels where apus_set_level(level) { try body(level) }
  }

  /// Numbers of every size, both signs, special ones first.
  static let values: [Float] = {
    var values: [Float] = [
      0, -0.0, 1, -1, 0.5, .infinity, -.infinity, .nan, .leastNonzeroMagnitude,
      -.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude, 88.72, 88.73, -87.4,
      -103, -104.5, 1e-8, -1e-8, 1e-4, 0.625, 0.6249, 20, 100.5,
    ]
    var x: Float = 1e-9
    while x < 3e4 {
      values += [x, -x]
      x *= 1.013
    }
    return values
  }()

  typealias Reference = @Sendable (Double) -> Double
  static let functions: [(String, @Sendable (Tensor) -> Tensor, Reference)] = [
    ("exp", { $0.exp() }, { exp($0) }), ("expm1", { $0.expm1() }, { expm1($0) }),
    ("log", { $0.log() }, { log($0) }), ("log1p", { $0.log1p() }, { log1p($0) }),
    ("sqrt", { $0.sqrt() }, { sqrt($0) }), ("rsqrt", { $0.rsqrt() }, { 1 / sqrt($0) }),
    ("reciprocal", { $0.reciprocal() }, { 1 / $0 }), ("sin", { $0.sin() }, { sin($0) }),
    ("cos", { $0.cos() }, { cos($0) }), ("tanh", { $0.tanh() }, { tanh($0) }),
    ("erf", { $0.erf() }, { erf($0) }), ("sigmoid", { $0.sigmoid() }, { 1 / (1 + exp(-$0)) }),
    ("softplus", { $0.softplus() }, { max($0, 0) + log1p(exp(-abs($0))) }),
    ("floor", { $0.floor() }, { floor($0) }), ("ceil", { $0.ceil() }, { ceil($0) }),
    ("rounded", { $0.rounded() }, { rint($0) }), ("relu", { $0.relu() }, { $0 < 0 ? 0 : $0 }),
  ]

  /// Within 4 units in the last place of the C library's float64 result, everywhere.
  @Test(arguments: 0..<functions.count) func functionsAreExact(index: Int) {
    let (name, function, reference) = Self.functions[index]
    Self.atEveryLevel { level in
      let results = function(Tensor(Self.values)).scalars(as: Float.self)
      for (x, y) in zip(Self.values, results) {
        let exact = reference(Double(x))
        let expected = Float(exact)
        if y == expected || y.isNaN && expected.isNaN { continue }
        let unit = Double(max(expected.magnitude, .leastNormalMagnitude).ulp)
        // The logistic function flushes results that are not normal numbers.
        let floor = name == "sigmoid" ? Double(Float.leastNormalMagnitude) : 0
        guard abs(Double(y) - exact) <= max(4 * unit, floor) else {
          Issue.record("\(name)(\(x)) at level \(level.rawValue) is \(y), not \(expected)")
          return
        }
      }
    }
  }

  @Test func levelsAgreeOnArithmetic() {
    let a = Tensor(Self.values)
    let b = Tensor(Array(Self.values.reversed()))
    var first: [[UInt32]] = []
    Self.atEveryLevel { _ in
      let results = [a + b, a - b, a * b, a / b, maximum(a, b), minimum(a, b), -a, a.abs()].map {
        $0.scalars(as: Float.self).map { $0.isNaN ? Float.nan.bitPattern : $0.bitPattern }
      }
      if first.isEmpty { first = results }
      #expect(first == results)
    }
  }

  /// Every float16 and bfloat16 to float32 and back, and the numbers half-way between neighbours.
  @Test func sixteenBitsRoundTrip() {
    Self.atEveryLevel { level in
      for type in [DType.float16, .bfloat16] {
        let patterns = (0...UInt16.max).map { Int16(bitPattern: $0) }
        let all = patterns.withUnsafeBytes { Tensor(bytes: $0, shape: [65536], dtype: type) }
        let wide = all.cast(to: .float32)
        let back = wide.cast(to: type)
        let bits = { (x: Tensor) in
          x.dtype == .float16
            ? x.withUnsafeElements(as: Float16.self) { $0.map(\.bitPattern) }
            : x.withUnsafeElements(as: BFloat16.self) { $0.map(\.bitPattern) }
        }
        let values = wide.scalars(as: Float.self)
        for (index, pattern) in bits(back).enumerated() {
          let exact =
            type == .float16
            ? Float(Float16(bitPattern: UInt16(index)))
            : Float(BFloat16(bitPattern: UInt16(index)))
          let holds =
            exact.isNaN
            ? values[index].isNaN && (pattern & 0x7FFF) > (type == .float16 ? 0x7C00 : 0x7F80)
            : values[index] == exact && pattern == UInt16(index)
          guard holds else {
            Issue.record("\(type) \(index) at level \(level.rawValue)")
            return
          }
        }
        // Half-way, and a hair to either side, from float32 and from float64.
        let positive = values.filter { $0.isFinite && $0 >= 0 }.sorted()
        var between: [Double] = []
        for (low, high) in zip(positive, positive.dropFirst()) where high > low {
          let middle = (Double(low) + Double(high)) / 2
          between += [middle, middle.nextUp, middle.nextDown, -middle]
        }
        let direct = bits(Tensor(between).cast(to: type))
        for (x, pattern) in zip(between, direct) {
          let expected = Self.nearest(x, type)
          guard pattern == expected else {
            Issue.record("\(x) to \(type) is \(pattern), not \(expected)")
            return
          }
        }
        let floats = between.map { Float($0) }
        let fromFloat = bits(Tensor(floats).cast(to: type))
        for (x, pattern) in zip(floats, fromFloat) {
          guard pattern == Self.nearest(Double(x), type) else {
            Issue.record("float32 \(x) to \(type) at level \(level.rawValue) is \(pattern)")
            return
          }
        }
      }
    }
  }

  /// The nearest 16-bit number by the definition: the last place that matters, ties to even.
  static func nearest(_ x: Double, _ type: DType) -> UInt16 {
    let (fraction, least, most, bias): (Int, Int, Int, Int) =
      type == .float16 ? (10, -14, 15, 15) : (7, -126, 127, 127)
    let size = abs(x)
    let exponent = size == 0 ? least : max(Int(size.exponent), least)
    let unit = Double(sign: .plus, exponent: exponent - fraction, significand: 1)
    let steps = (size / unit).rounded(.toNearestOrEven)
    var bits = UInt16(steps) &+ UInt16((exponent + bias - 1) << fraction)
    if exponent == least && steps < Double(1 << fraction) { bits = UInt16(steps) }
    if steps * unit >= Double(sign: .plus, exponent: most + 1, significand: 1) {
      bits = UInt16((most + bias + 1) << fraction)
    }
    return bits | (x.sign == .minus ? 0x8000 : 0)
  }

  @Test func threadsChangeNoBit() {
    defer { Runtime.threads = 0 }
    let count = 300_007
    let values = (0..<count).map { sinf(Float($0) * 0.37) * Float($0 % 97) }
    let x = Tensor(values)
    let tall = Tensor(Array(values.prefix(100_000)), shape: [10_000, 10])
    let wide = Tensor(Array(values.prefix(300_000)), shape: [300, 1000])
    func results() -> [[UInt32]] {
      [
        x.sum(), x.mean(), x.variance(), x.norm(), x.max(), x.product(), x.exp(), x + x.silu(),
        tall.sum(axis: 0), tall.sum(axis: 1), tall.softmax(axis: 0), tall.variance(axis: 0),
        wide.sum(axis: 0), wide.sum(axis: 1), wide.softmax(axis: 1), wide.logSumExp(axis: 1),
        wide.transposed() * 2, wide.max(axis: 0), wide.argmax(axis: 0).cast(to: .float32),
      ].map { $0.scalars(as: Float.self).map(\.bitPattern) }
    }
    Runtime.threads = 1
    let alone = results()
    for threads in [2, 3] {
      Runtime.threads = threads
      #expect(results() == alone, "\(threads) threads")
    }
  }

  @Test func reductionsAgreeWithFloat64() {
    let shape: Shape = [37, 130, 5]
    let values = (0..<shape.elementCount).map {
      Double((($0 &* 2_654_435_761) >> 7) % 2003) / 400 - 2
    }
    let exact = Tensor(values, shape: shape)
    let x = exact.cast(to: .float32)
    Self.atEveryLevel { _ in
      for axes in [[0], [1], [2], [0, 1], [0, 2], [1, 2], [0, 1, 2]] {
        let reductions: [(Tensor) -> Tensor] = [
          { $0.sum(axes: axes) }, { $0.mean(axes: axes) }, { $0.variance(axes: axes) },
          { $0.norm(axes: axes) }, { $0.max(axes: axes) }, { $0.min(axes: axes) },
        ]
        for reduction in reductions {
          let narrow = reduction(x).scalars(as: Double.self)
          let wide = reduction(x.cast(to: .float64)).scalars(as: Double.self)
          for (a, b) in zip(narrow, wide) {
            #expect(abs(a - b) <= 1e-6 * max(1, abs(b)), "\(axes)")
          }
        }
      }
      let rows = shape[0] * shape[1]
      let flat = x.reshaped(rows, 5)
      let places = flat.argmax(axis: 0).scalars(as: Int.self)
      let scalars = flat.scalars(as: Float.self)
      for column in 0..<5 {
        var best = 0
        for row in 0..<rows where scalars[row * 5 + column] > scalars[best * 5 + column] {
          best = row
        }
        #expect(places[column] == best)
      }
    }
  }
}
