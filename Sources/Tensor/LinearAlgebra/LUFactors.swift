/// The factors P A = L U of a batch of square matrices.
struct LUFactors {
  /// Column-major factors.
  private let factors: Tensor
  private let pivots: [Int32]
  /// The first zero pivot of each matrix.
  private let zeroPivots: [Int?]

  private var size: Int { factors.shape[-1] }

  init(_ matrix: Tensor, _ operation: StaticString) {
    func factorized<Scalar: LapackScalar>(_ type: Scalar.Type) -> (Tensor, [Int32], [Int?]) {
      let factors = matrix.columnMajor()
      let size = matrix.shape[-1]
      let matrices = size == 0 ? 0 : matrix.matrixCount
      var pivots = [Int32](repeating: 0, count: matrices * size)
      var zeros = [Int?](repeating: nil, count: matrix.matrixCount)
      pivots.withUnsafeMutableBufferPointer { pivots in
        zeros.withUnsafeMutableBufferPointer { zeros in
          nonisolated(unsafe) let (pivots, zeros) = (pivots, zeros)
          parallel(matrices) { index in
            let info = type.luFactor(
              size, factors.matrix(index, as: type), pivots.baseAddress! + index * size)
            zeros[index] = info > 0 ? Int(info) - 1 : nil
          }
        }
      }
      return (factors, pivots, zeros)
    }
    (factors, pivots, zeroPivots) = factorized(matrix.squareLapackType(operation))
  }

  /// Whether any of the matrices is singular.
  var isAnySingular: Bool { zeroPivots.contains { $0 != nil } }

  func requireRegular(_ operation: String) throws(LinearAlgebraError) {
    try factors.forEachMatrix(operation) { index in
      zeroPivots[index].map { .singular(pivot: $0) }
    }
  }

  /// X with A X = B or Aᵀ X = B, for right-hand sides of the same batch.
  func solve(_ b: Tensor, transposed: Bool = false) -> Tensor {
    func solved<Scalar: LapackScalar>(_ type: Scalar.Type) -> Tensor {
      let x = b.columnMajor()
      let columns = b.shape[-1]
      guard x.count > 0 else { return x.transposed() }
      pivots.withUnsafeBufferPointer { pivots in
        nonisolated(unsafe) let pivots = pivots
        parallel(factors.matrixCount) { index in
          type.luSolve(
            transposed: transposed, size, columns, factors.matrix(index, as: type),
            pivots.baseAddress! + index * size, x.matrix(index, as: type))
        }
      }
      return x.transposed()
    }
    return solved(factors.lapackType("solve"))
  }

  /// The sign and the logarithm of the absolute value of each determinant.
  func logDeterminants() -> [(sign: Double, logarithm: Double)] {
    diagonals().map { diagonal, sign in
      diagonal.reduce((sign, 0)) { sum, pivot in
        let here: Double = pivot.isNaN ? .nan : pivot > 0 ? 1 : pivot < 0 ? -1 : 0
        return (sum.0 * here, sum.1 + logarithm(abs(pivot)))
      }
    }
  }

  /// The determinant of each matrix.
  func determinants() -> [Double] {
    diagonals().map { diagonal, sign in diagonal.reduce(sign, *) }
  }

  /// The diagonal of U and the sign of the permutation, for each matrix.
  private func diagonals() -> [(pivots: [Double], sign: Double)] {
    let values = factors.diagonal(offset: 0, -2, -1).scalars(as: Double.self)
    return (0..<factors.matrixCount).map { index in
      let places = (index * size)..<(index * size + size)
      let swaps = places.count { pivots[$0] != Int32($0 - index * size + 1) }
      return (Array(values[places]), swaps % 2 == 0 ? 1 : -1)
    }
  }
}
