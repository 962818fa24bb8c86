/// The X of least norm among those that minimize the norm of A X - B (LAPACK's gelsd; singular
/// values below the type's precision times the larger extent times the largest count as zero).
///
/// Leading axes are a batch and broadcast; float32 and float64. The derivative holds where the rank
/// of A stays the same nearby.
/// - Parameters:
///   - a: `[…, m, n]`.
///   - b: `[…, m, k]`.
/// - Returns: `[…, n, k]`.
public func leastSquares(_ a: Tensor, _ b: Tensor) throws(LinearAlgebraError) -> Tensor {
  _ = a.lapackType("leastSquares")
  precondition(
    b.rank >= 2 && b.shape[-2] == a.shape[-2] && a.dtype == b.dtype,
    "leastSquares: \(a.dtype) \(a.shape) and \(b.dtype) \(b.shape) do not fit")
  try a.requireFinite("leastSquares")
  try b.requireFinite("leastSquares")
  let batch = a.batchShape.broadcast(with: b.batchShape, "leastSquares")
  let (left, right) = (a.expandedBatch(batch), b.expandedBatch(batch))
  let (matrix, sides) = (left.detached(), right.detached())
  let x = try matrix.leastSquaresSolved(sides)
  return x.recorded(from: left, right) { dy, inputs in
    // Golub and Pereyra 1973, "The differentiation of pseudo-inverses".
    let identity = Tensor.identity(matrix.shape[-2], dtype: matrix.dtype).expandedBatch(batch)
    guard let inverse = try? matrix.leastSquaresSolved(identity) else {
      // The same matrix was factorized in the forward pass.
      preconditionFailure("leastSquares: the pseudo-inverse of \(matrix.shape) is missing")
    }
    let db = matmul(inverse.transposed(), dy)
    if inputs.wants(0) {
      let residual = sides - matmul(matrix, x)
      let first = matmul(db, x.transposed())
      let second = matmul(residual, matmul(inverse, db).transposed())
      let rest = dy.transposed() - matmul(matmul(dy.transposed(), inverse), matrix)
      inputs.add(0, second - first + matmul(matmul(inverse.transposed(), x), rest))
    }
    inputs.add(1, db)
  }
}

extension Tensor {
  fileprivate func leastSquaresSolved(_ b: Tensor) throws(LinearAlgebraError) -> Tensor {
    func solved<Scalar: LapackScalar>(
      _ type: Scalar.Type
    ) throws(LinearAlgebraError) -> Tensor {
      let (rows, columns, sides) = (shape[-2], shape[-1], b.shape[-1])
      guard count > 0 && b.count > 0 else {
        return .zeros(batchShape + [columns, sides], dtype: dtype)
      }
      let work = columnMajor()
      let long = Swift.max(rows, columns)
      // Column-major with `long` rows: room for the solution where it is longer than B.
      let x = Tensor.zeros(batchShape + [sides, long], dtype: dtype)
      b.detached().transposed().copyElements(
        into: x.sliced(x.rank - 1, from: 0, count: rows, by: 1))
      let values = Tensor(uninitialized: batchShape + [Swift.min(rows, columns), 1], dtype: dtype)
      try forEachMatrix("leastSquares") { index in
        let info = type.leastSquares(
          rows, columns, sides, work.matrix(index, as: type), x.matrix(index, as: type),
          values.matrix(index, as: type))
        return info == 0 ? nil : .didNotConverge
      }
      return x.sliced(x.rank - 1, from: 0, count: columns, by: 1).transposed()
    }
    return try solved(lapackType("leastSquares"))
  }
}
