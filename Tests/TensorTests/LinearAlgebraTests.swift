import Tensor
import Testing

/// Factorizations and solvers against PyTorch, by finite differences, and on faulty matrices.
@Suite struct LinearAlgebraTests {
  @Test(arguments: operations.keys.sorted())
  func agreesWithPyTorch(operation: String) throws {
    let cases = try GoldenCases("LinearAlgebra/linear_algebra").cases { $0 == operation }
    #expect(!cases.isEmpty)
    let body = try #require(Self.operations[operation])
    for golden in cases { try golden.check { try body($0, golden.arguments) } }
  }

  static let operations: [String: IndexingGoldenTests.Body] = [
    "cholesky": { x, _ in [try x[0].cholesky()] },
    "inverse": { x, _ in [try x[0].inverse()] },
    "determinant": { x, _ in [x[0].determinant()] },
    "solve": { x, _ in [try solve(x[0], x[1])] },
    "least_squares": { x, _ in [try leastSquares(x[0], x[1])] },
    "triangular_solve": { x, a in
      [
        try triangularSolve(
          x[0], x[1], upper: try a.flag("upper"), transposed: try a.flag("transposed"),
          unitDiagonal: try a.flag("unitDiagonal"))
      ]
    },
    "qr": { x, _ in
      let (q, r) = try x[0].qr()
      let signs = r.diagonal(offset: 0, -2, -1).signs()
      return [q * signs.unsqueezed(-2), r * signs.unsqueezed(-1)]
    },
    "svd": { x, _ in
      let (u, s, vt) = try x[0].svd()
      let signs = u.columnSigns()
      return [u * signs.unsqueezed(-2), s, vt * signs.unsqueezed(-1)]
    },
    "symmetric_eigen": { x, _ in
      let (values, vectors) = try x[0].symmetricEigen()
      return [values, vectors * vectors.columnSigns().unsqueezed(-2)]
    },
  ]

  @Test func completeFactorsRebuildTheMatrix() throws {
    var stream = RandomStream(seed: 3)
    for (rows, columns) in [(5, 3), (3, 3), (2, 4), (3, 0), (0, 3), (1, 1)] {
      let a = Tensor.normal([2, rows, columns], dtype: .float64, using: &stream)
      let (q, r) = try a.qr(complete: true)
      #expect(q.shape == [2, rows, rows] && r.shape == [2, rows, columns])
      expectClose(matmul(q, r), a, 1e-12, "q r \(rows) × \(columns)")
      let identity = Tensor.identity(rows, dtype: .float64).expanded(to: [2, rows, rows])
      expectClose(matmul(q.transposed(), q), identity, 1e-12, "qᵀ q \(rows) × \(columns)")
      expectClose(r.triu(), r, 0, "r is triangular")

      let (u, s, vt) = try a.svd(full: true)
      #expect(u.shape == [2, rows, rows] && vt.shape == [2, columns, columns])
      let small = min(rows, columns)
      let thin = u.narrowed(-1, from: 0, length: small) * s.unsqueezed(-2)
      expectClose(
        matmul(thin, vt.narrowed(-2, from: 0, length: small)), a, 1e-12, "u s vᵀ")
      expectClose(matmul(u.transposed(), u), identity, 1e-12, "uᵀ u")
    }
  }

  @Test func leastSquaresOfDeficientRankHasLeastNorm() throws {
    let a = Tensor([1.0, 1, 2, 2, 3, 3], shape: [3, 2])
    let x = try leastSquares(a, Tensor([2.0, 4, 6], shape: [3, 1]))
    expectClose(x, Tensor([1.0, 1], shape: [2, 1]), 1e-12, "least norm")
  }

  @Test func determinants() throws {
    let swap = Tensor([0.0, 1, 1, 0], shape: [2, 2])
    let (sign, logarithm) = swap.logDeterminant()
    #expect(sign.scalar(as: Double.self) == -1 && logarithm.scalar(as: Double.self) == 0)
    let (none, bottom) = Tensor([1.0, 2, 2, 4], shape: [2, 2]).logDeterminant()
    #expect(none.scalar(as: Double.self) == 0)
    #expect(bottom.scalar(as: Double.self) == -.infinity)
    #expect(Tensor.zeros([0, 0], dtype: .float64).determinant().scalar(as: Double.self) == 1)
    #expect(Tensor([Double.nan], shape: [1, 1]).determinant().scalar(as: Double.self).isNaN)
    // 300 twos on a diagonal overflow float32 as a determinant, not as a logarithm.
    let large = Tensor.identity(300) * Tensor([Float(2)], shape: [])
    #expect(large.determinant().scalar(as: Float.self) == .infinity)
    let logarithms = large.logDeterminant().logarithm
    expectClose(logarithms, Tensor([Float(207.94415)], shape: []), 1e-6, "log of 2³⁰⁰")
  }

  @Test func stridedMatricesAndThreads() throws {
    var stream = RandomStream(seed: 8)
    let wide = Tensor.normal([6, 5, 40, 2], dtype: .float64, using: &stream)
    let a = wide.permuted(0, 3, 1, 2).narrowed(-1, from: 3, length: 5)  // [6, 2, 5, 5], strided
    let one = try withThreads(1) { try a.inverse() }
    let two = try withThreads(2) { try a.inverse() }
    #expect(one.scalars(as: Double.self) == two.scalars(as: Double.self))
    let identity = Tensor.identity(5, dtype: .float64).expanded(to: a.shape)
    expectClose(matmul(one, a), identity, 1e-8, "inverse")
  }

  @Test func faultyMatricesAreNamed() throws {
    let matrices = Tensor([1.0, 0, 0, 1, 1, 2, 2, 4], shape: [2, 1, 2, 2])
    let place = [1, 0]
    #expect(throws: LinearAlgebraError.singular(operation: "inverse", pivot: 1, batch: place)) {
      _ = try matrices.inverse()
    }
    #expect(throws: LinearAlgebraError.singular(operation: "solve", pivot: 1, batch: place)) {
      _ = try solve(matrices, matrices)
    }
    #expect(
      throws: LinearAlgebraError.notPositiveDefinite(operation: "cholesky", order: 2, batch: place)
    ) { _ = try (matrices * Tensor([1.0, 1, 1, 0.5], shape: [2, 2])).cholesky() }
    #expect(
      throws: LinearAlgebraError.singular(operation: "triangularSolve", pivot: 0, batch: [])
    ) {
      _ = try triangularSolve(
        Tensor([0.0, 1, 1, 1], shape: [2, 2]), .ones([2, 1], dtype: .float64))
    }
    let broken = Tensor([1.0, .nan, .infinity, 1], shape: [2, 2])
    #expect(throws: LinearAlgebraError.notFinite(operation: "svd", batch: [])) {
      _ = try broken.svd()
    }
    #expect(throws: LinearAlgebraError.notFinite(operation: "symmetricEigen", batch: [])) {
      _ = try broken.symmetricEigen()
    }
    #expect(throws: LinearAlgebraError.notFinite(operation: "qr", batch: [])) {
      _ = try broken.qr()
    }
    #expect(throws: LinearAlgebraError.notFinite(operation: "leastSquares", batch: [])) {
      _ = try leastSquares(broken, broken)
    }
    #expect(throws: LinearAlgebraError.self) { _ = try broken.cholesky() }
    let sentence = LinearAlgebraError.singular(operation: "solve", pivot: 1, batch: [1, 0])
    #expect(sentence.description.contains("the matrix at [1, 0] is singular: pivot 1 is zero"))
  }

  @Test(arguments: [2, 3, 4])
  func derivatives(size: Int) throws {
    var stream = RandomStream(seed: UInt64(size))
    let a = Tensor.normal([2, size, size], dtype: .float64, using: &stream)
    let strong = a + Tensor.identity(size, dtype: .float64) * Tensor(4, dtype: .float64)
    let b = Tensor.normal([2, size, 3], dtype: .float64, using: &stream)
    func expect(_ label: String, _ point: [Tensor], _ body: ([Tensor]) throws -> Tensor) {
      let check = checkGradient(at: point) { inputs in
        (try? body(inputs)) ?? Tensor.full([], .nan, dtype: .float64)
      }
      #expect(check.passed, "\(label): \(check)")
    }
    func symmetric(_ x: Tensor) -> Tensor { x + x.transposed() }
    expect("cholesky", [a]) { try matmulPlusIdentity($0[0]).cholesky() }
    expect("solve", [strong, b]) { try solve($0[0], $0[1]) }
    expect("solve, broadcast", [strong.selected(0, at: 0), b]) { try solve($0[0], $0[1]) }
    expect("inverse", [strong]) { try $0[0].inverse() }
    expect("determinant", [a]) { $0[0].determinant() }
    expect(
      "determinant, singular",
      [a * Tensor([1.0] + Array(repeating: 0.0, count: size - 1), shape: [size, 1])]
    ) {
      $0[0].determinant()
    }
    expect("logDeterminant", [strong]) { $0[0].logDeterminant().logarithm }
    for upper in [false, true] {
      expect("triangularSolve", [strong, b]) {
        try triangularSolve($0[0], $0[1], upper: upper, transposed: !upper)
      }
    }
    expect("eigenvalues", [a]) { try symmetric($0[0]).symmetricEigen().values }
    expect("eigenvectors", [a]) { try symmetric($0[0]).symmetricEigen().vectors }
    for shape in [Shape([4, size]), [size, size]] {
      let tall = Tensor.normal(shape, dtype: .float64, using: &stream)
      expect("q", [tall]) { try $0[0].qr().q }
      expect("r", [tall]) { try $0[0].qr().r }
    }
    for shape in [Shape([5, size]), [size, size], [size, 5]] {
      let matrix = Tensor.normal(shape, dtype: .float64, using: &stream)
      expect("u", [matrix]) { try $0[0].svd().u }
      expect("s", [matrix]) { try $0[0].svd().s }
      expect("vt", [matrix]) { try $0[0].svd().vt }
      let sides = Tensor.normal([shape[0], 2], dtype: .float64, using: &stream)
      expect("leastSquares", [matrix, sides]) { try leastSquares($0[0], $0[1]) }
    }
  }
}

private func matmulPlusIdentity(_ x: Tensor) -> Tensor {
  matmul(x, x.transposed()) + Tensor.identity(x.shape[-1], dtype: x.dtype)
}

extension Tensor {
  /// -1, 0 or 1 for each element.
  fileprivate func signs() -> Tensor {
    let values = scalars(as: Double.self).map { $0 > 0 ? 1.0 : $0 < 0 ? -1 : 0 }
    return Tensor(values, shape: shape).cast(to: dtype)
  }

  /// The sign of the element of largest magnitude in each column.
  fileprivate func columnSigns() -> Tensor {
    let columns = transposed()
    let values = columns.scalars(as: Double.self)
    let height = columns.shape[-1]
    let signs = (0..<(count / height)).map { column in
      let place = (0..<height).max {
        values[column * height + $0].magnitude < values[column * height + $1].magnitude
      }!
      return values[column * height + place] < 0 ? -1.0 : 1
    }
    return Tensor(signs, shape: Shape(columns.shape.dropLast())).cast(to: dtype)
  }
}

/// Runs `body` with so many threads, then returns to the default number.
func withThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
  Runtime.threads = count
  defer { Runtime.threads = 0 }
  return try body()
}
