extension Tensor {
  /// The lower triangular L with A = L Lᵀ of symmetric positive definite matrices.
  ///
  /// Only the lower triangles are read; the derivative is symmetric (as `torch.linalg.cholesky`).
  /// Leading axes are a batch; float32 and float64.
  public func cholesky() throws(LinearAlgebraError) -> Tensor {
    let type = squareLapackType("cholesky")
    let factor = try factorized(type).tril()
    return factor.recorded(from: self) { dy, inputs in
      // Murray 2016, "Differentiation of the Cholesky decomposition", eq. 9.
      let product = matmul(factor.transposed(), dy)
      let phi = (product.tril() + product.tril(-1).transposed()) * 0.5
      let left = factor.triangularSolved(phi, upper: false, transposed: true, unitDiagonal: false)
      let both = factor.triangularSolved(
        left.transposed(), upper: false, transposed: true, unitDiagonal: false)
      inputs.add(0, both)
    }
  }

  private func factorized<Scalar: LapackScalar>(
    _ type: Scalar.Type
  ) throws(LinearAlgebraError) -> Tensor {
    // The lower triangle of a row-major matrix is the upper one of the same memory column-major.
    let factor = copied()
    let size = shape[-1]
    guard size > 0 else { return factor }
    try forEachMatrix("cholesky") { index in
      let info = type.choleskyFactor(size, factor.matrix(index, as: type))
      return info == 0 ? nil : .notPositiveDefinite(order: Int(info))
    }
    return factor
  }
}

/// X with op(A) X = B for triangular A, where op transposes A or not.
///
/// Elements of the other triangle are not read. Leading axes are a batch and broadcast; float32 and
/// float64.
/// - Parameters:
///   - a: `[…, n, n]`.
///   - b: `[…, n, k]`.
///   - upper: Whether the upper triangle of A is used, before it is transposed.
///   - transposed: Whether Aᵀ stands in place of A.
///   - unitDiagonal: Whether the diagonal is taken to be ones.
public func triangularSolve(
  _ a: Tensor, _ b: Tensor, upper: Bool = false, transposed: Bool = false,
  unitDiagonal: Bool = false
) throws(LinearAlgebraError) -> Tensor {
  _ = a.squareLapackType("triangularSolve")
  precondition(
    b.rank >= 2 && b.shape[-2] == a.shape[-1] && a.dtype == b.dtype,
    "triangularSolve: \(a.dtype) \(a.shape) and \(b.dtype) \(b.shape) do not fit")
  if !unitDiagonal {
    let diagonal = a.detached().diagonal(offset: 0, -2, -1).scalars(as: Double.self)
    let size = a.shape[-1]
    try a.forEachMatrix("triangularSolve") { index in
      (0..<size).first { diagonal[index * size + $0] == 0 }.map { .singular(pivot: $0) }
    }
  }
  let batch = a.batchShape.broadcast(with: b.batchShape, "triangularSolve")
  let (a, b) = (a.expandedBatch(batch), b.expandedBatch(batch))
  let plain = a.detached()
  let x = plain.triangularSolved(
    b.detached(), upper: upper, transposed: transposed, unitDiagonal: unitDiagonal)
  return x.recorded(from: a, b) { dy, inputs in
    let db = plain.triangularSolved(
      dy, upper: upper, transposed: !transposed, unitDiagonal: unitDiagonal)
    if inputs.wants(0) {
      let slope =
        transposed ? matmul(x, db.transposed()) : matmul(db, x.transposed())
      let skipped = unitDiagonal ? 1 : 0
      let da = upper ? slope.triu(skipped) : slope.tril(-skipped)
      inputs.add(0, -da)
    }
    inputs.add(1, db)
  }
}

extension Tensor {
  /// The solution for right-hand sides of the same batch; nothing is checked or recorded.
  func triangularSolved(
    _ b: Tensor, upper: Bool, transposed: Bool, unitDiagonal: Bool
  ) -> Tensor {
    func solved<Scalar: LapackScalar>(_ type: Scalar.Type) -> Tensor {
      let triangle = contiguous()
      let x = b.copied()
      let (size, columns) = (x.shape[-2], x.shape[-1])
      guard x.count > 0 else { return x }
      parallel(matrixCount) { index in
        type.triangularSolve(
          upper: upper, transposed: transposed, unitDiagonal: unitDiagonal, size, columns,
          triangle.matrix(index, as: type), x.matrix(index, as: type))
      }
      withExtendedLifetime(triangle) {}
      return x
    }
    return solved(squareLapackType("triangularSolve"))
  }
}
