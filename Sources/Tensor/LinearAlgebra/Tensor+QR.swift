extension Tensor {
  /// The orthogonal Q and the upper triangular R with A = Q R of each matrix `[…, m, n]`, by
  /// Householder reflections; signs are LAPACK's.
  ///
  /// Leading axes are a batch; float32 and float64. There is a derivative where m ≥ n, for reduced
  /// factors or square matrices.
  /// - Parameter complete: Whether Q is m × m and R m × n; otherwise both share min(m, n).
  public func qr(complete: Bool = false) throws(LinearAlgebraError) -> (q: Tensor, r: Tensor) {
    let type = lapackType("qr")
    try requireFinite("qr")
    let (q, r) = try orthogonalized(type, complete: complete)
    let (rows, columns) = (shape[-2], shape[-1])
    guard isTracked else { return (q, r) }
    precondition(
      rows == columns || rows > columns && !complete,
      "qr: there is no derivative for \(complete ? "complete" : "reduced") factors of \(shape)")
    // Walter and Lehmann 2010, "Algorithmic differentiation of linear algebra functions": with
    // X = dR Rᵀ - Qᵀ dQ, dA = (dQ + Q (triu(X) + triu(X, 1)ᵀ)) R⁻ᵀ.
    func pulled(_ x: Tensor, _ dq: Tensor?) -> Tensor {
      let symmetric = x.triu() + x.triu(1).transposed()
      let product = matmul(q, symmetric)
      let sum = dq.map { $0 + product } ?? product
      return r.triangularSolved(
        sum.transposed(), upper: true, transposed: false, unitDiagonal: false
      ).transposed()
    }
    return (
      q.recorded(from: self) { dq, inputs in
        let x = matmul(q.transposed(), dq)
        inputs.add(0, pulled(-x, dq))
      },
      r.recorded(from: self) { dr, inputs in
        inputs.add(0, pulled(matmul(dr, r.transposed()), nil))
      }
    )
  }

  private func orthogonalized<Scalar: LapackScalar>(
    _ type: Scalar.Type, complete: Bool
  ) throws(LinearAlgebraError) -> (q: Tensor, r: Tensor) {
    let (rows, columns) = (shape[-2], shape[-1])
    let small = Swift.min(rows, columns)
    let width = complete ? rows : small
    guard count > 0 else {
      let r = Tensor.zeros(batchShape + [width, columns], dtype: dtype)
      let identity = Tensor.identity(rows, dtype: dtype).sliced(1, from: 0, count: width, by: 1)
      return (identity.expandedBatch(batchShape).copied(), r)
    }
    let factors = columnMajor()
    // Column-major m × width: the reflectors, then Q. LAPACKE looks for NaN in the columns that
    // are still to be made, so they must not be left undefined.
    let q = Tensor.zeros(batchShape + [width, rows], dtype: dtype)
    let scales = Tensor(uninitialized: batchShape + [small, 1], dtype: dtype)
    try forEachMatrix("qr") { index in
      let a = factors.matrix(index, as: type)
      let reflectors = q.matrix(index, as: type)
      let scale = scales.matrix(index, as: type)
      guard type.qrFactor(rows, columns, a, scale) == 0 else { return .didNotConverge }
      reflectors.update(from: a, count: rows * small)
      return type.qrColumns(rows, width, small, reflectors, scale) == 0 ? nil : .didNotConverge
    }
    let upper = factors.transposed().sliced(rank - 2, from: 0, count: Swift.min(width, rows), by: 1)
    return (q.transposed(), upper.triu())
  }
}
