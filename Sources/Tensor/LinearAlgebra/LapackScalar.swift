private import CBLAS

/// The types LAPACK computes in, with the routines that are used here.
///
/// Matrices are column-major without gaps; results are LAPACK's information codes.
protocol LapackScalar: TensorScalar, BinaryFloatingPoint {
  typealias Matrix = UnsafeMutablePointer<Self>

  /// The upper factor of a symmetric matrix.
  static func choleskyFactor(_ n: Int, _ a: Matrix) -> Int32
  static func luFactor(_ n: Int, _ a: Matrix, _ pivots: UnsafeMutablePointer<Int32>) -> Int32
  /// Solves with the factors of `luFactor`.
  static func luSolve(
    transposed: Bool, _ n: Int, _ columns: Int, _ a: Matrix, _ pivots: UnsafePointer<Int32>,
    _ b: Matrix)
  /// Solves op(A) X = B for row-major A and B.
  static func triangularSolve(
    upper: Bool, transposed: Bool, unitDiagonal: Bool, _ n: Int, _ columns: Int, _ a: Matrix,
    _ b: Matrix)
  static func qrFactor(_ m: Int, _ n: Int, _ a: Matrix, _ scales: Matrix) -> Int32
  /// The first `columns` columns of Q from `reflectors` reflectors of `qrFactor`.
  static func qrColumns(
    _ m: Int, _ columns: Int, _ reflectors: Int, _ a: Matrix, _ scales: Matrix
  ) -> Int32
  static func singularValues(
    full: Bool, _ m: Int, _ n: Int, _ a: Matrix, _ s: Matrix, _ u: Matrix, _ vt: Matrix
  ) -> Int32
  /// Eigenvalues of the matrix in the upper triangle; the vectors replace the matrix.
  static func symmetricEigen(_ n: Int, _ a: Matrix, _ values: Matrix) -> Int32
  /// The least-squares solution replaces the first rows of `b`, which has max(m, n) rows.
  static func leastSquares(
    _ m: Int, _ n: Int, _ columns: Int, _ a: Matrix, _ b: Matrix, _ s: Matrix
  ) -> Int32
}

private func letter(_ scalar: Unicode.Scalar) -> CChar { CChar(scalar.value) }

/// OpenBLAS must not start threads of its own: batches are spread over ours.
private let singleThread: Void = openblas_set_num_threads(1)

extension LapackScalar {
  /// Call before the first use.
  static func prepare() { _ = singleThread }
}

extension Float: LapackScalar {
  static func choleskyFactor(_ n: Int, _ a: Matrix) -> Int32 {
    LAPACKE_spotrf_work(LAPACK_COL_MAJOR, letter("U"), Int32(n), a, Int32(n))
  }

  static func luFactor(_ n: Int, _ a: Matrix, _ pivots: UnsafeMutablePointer<Int32>) -> Int32 {
    LAPACKE_sgetrf_work(LAPACK_COL_MAJOR, Int32(n), Int32(n), a, Int32(n), pivots)
  }

  static func luSolve(
    transposed: Bool, _ n: Int, _ columns: Int, _ a: Matrix, _ pivots: UnsafePointer<Int32>,
    _ b: Matrix
  ) {
    _ = LAPACKE_sgetrs_work(
      LAPACK_COL_MAJOR, letter(transposed ? "T" : "N"), Int32(n), Int32(columns), a, Int32(n),
      pivots, b, Int32(n))
  }

  static func triangularSolve(
    upper: Bool, transposed: Bool, unitDiagonal: Bool, _ n: Int, _ columns: Int, _ a: Matrix,
    _ b: Matrix
  ) {
    cblas_strsm(
      CblasRowMajor, CblasLeft, upper ? CblasUpper : CblasLower,
      transposed ? CblasTrans : CblasNoTrans, unitDiagonal ? CblasUnit : CblasNonUnit, Int32(n),
      Int32(columns), 1, a, Int32(n), b, Int32(columns))
  }

  static func qrFactor(_ m: Int, _ n: Int, _ a: Matrix, _ scales: Matrix) -> Int32 {
    LAPACKE_sgeqrf(LAPACK_COL_MAJOR, Int32(m), Int32(n), a, Int32(m), scales)
  }

  static func qrColumns(
    _ m: Int, _ columns: Int, _ reflectors: Int, _ a: Matrix, _ scales: Matrix
  ) -> Int32 {
    LAPACKE_sorgqr(
      LAPACK_COL_MAJOR, Int32(m), Int32(columns), Int32(reflectors), a, Int32(m), scales)
  }

  static func singularValues(
    full: Bool, _ m: Int, _ n: Int, _ a: Matrix, _ s: Matrix, _ u: Matrix, _ vt: Matrix
  ) -> Int32 {
    LAPACKE_sgesdd(
      LAPACK_COL_MAJOR, letter(full ? "A" : "S"), Int32(m), Int32(n), a, Int32(m), s, u, Int32(m),
      vt, Int32(full ? n : min(m, n)))
  }

  static func symmetricEigen(_ n: Int, _ a: Matrix, _ values: Matrix) -> Int32 {
    LAPACKE_ssyevd(LAPACK_COL_MAJOR, letter("V"), letter("U"), Int32(n), a, Int32(n), values)
  }

  static func leastSquares(
    _ m: Int, _ n: Int, _ columns: Int, _ a: Matrix, _ b: Matrix, _ s: Matrix
  ) -> Int32 {
    var rank: Int32 = 0
    return LAPACKE_sgelsd(
      LAPACK_COL_MAJOR, Int32(m), Int32(n), Int32(columns), a, Int32(m), b, Int32(max(m, n)), s,
      Float.ulpOfOne * Float(max(m, n)), &rank)
  }
}

extension Double: LapackScalar {
  static func choleskyFactor(_ n: Int, _ a: Matrix) -> Int32 {
    LAPACKE_dpotrf_work(LAPACK_COL_MAJOR, letter("U"), Int32(n), a, Int32(n))
  }

  static func luFactor(_ n: Int, _ a: Matrix, _ pivots: UnsafeMutablePointer<Int32>) -> Int32 {
    LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, Int32(n), Int32(n), a, Int32(n), pivots)
  }

  static func luSolve(
    transposed: Bool, _ n: Int, _ columns: Int, _ a: Matrix, _ pivots: UnsafePointer<Int32>,
    _ b: Matrix
  ) {
    _ = LAPACKE_dgetrs_work(
      LAPACK_COL_MAJOR, letter(transposed ? "T" : "N"), Int32(n), Int32(columns), a, Int32(n),
      pivots, b, Int32(n))
  }

  static func triangularSolve(
    upper: Bool, transposed: Bool, unitDiagonal: Bool, _ n: Int, _ columns: Int, _ a: Matrix,
    _ b: Matrix
  ) {
    cblas_dtrsm(
      CblasRowMajor, CblasLeft, upper ? CblasUpper : CblasLower,
      transposed ? CblasTrans : CblasNoTrans, unitDiagonal ? CblasUnit : CblasNonUnit, Int32(n),
      Int32(columns), 1, a, Int32(n), b, Int32(columns))
  }

  static func qrFactor(_ m: Int, _ n: Int, _ a: Matrix, _ scales: Matrix) -> Int32 {
    LAPACKE_dgeqrf(LAPACK_COL_MAJOR, Int32(m), Int32(n), a, Int32(m), scales)
  }

  static func qrColumns(
    _ m: Int, _ columns: Int, _ reflectors: Int, _ a: Matrix, _ scales: Matrix
  ) -> Int32 {
    LAPACKE_dorgqr(
      LAPACK_COL_MAJOR, Int32(m), Int32(columns), Int32(reflectors), a, Int32(m), scales)
  }

  static func singularValues(
    full: Bool, _ m: Int, _ n: Int, _ a: Matrix, _ s: Matrix, _ u: Matrix, _ vt: Matrix
  ) -> Int32 {
    LAPACKE_dgesdd(
      LAPACK_COL_MAJOR, letter(full ? "A" : "S"), Int32(m), Int32(n), a, Int32(m), s, u, Int32(m),
      vt, Int32(full ? n : min(m, n)))
  }

  static func symmetricEigen(_ n: Int, _ a: Matrix, _ values: Matrix) -> Int32 {
    LAPACKE_dsyevd(LAPACK_COL_MAJOR, letter("V"), letter("U"), Int32(n), a, Int32(n), values)
  }

  static func leastSquares(
    _ m: Int, _ n: Int, _ columns: Int, _ a: Matrix, _ b: Matrix, _ s: Matrix
  ) -> Int32 {
    var rank: Int32 = 0
    return LAPACKE_dgelsd(
      LAPACK_COL_MAJOR, Int32(m), Int32(n), Int32(columns), a, Int32(m), b, Int32(max(m, n)), s,
      Double.ulpOfOne * Double(max(m, n)), &rank)
  }
}
