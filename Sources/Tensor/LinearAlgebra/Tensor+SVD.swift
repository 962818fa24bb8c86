extension Tensor {
  /// The singular value decomposition A = U diag(s) Vᵀ of each matrix `[…, m, n]`, with the
  /// singular values in descending order; signs are LAPACK's.
  ///
  /// Leading axes are a batch; float32 and float64. There is a derivative for thin factors; those of
  /// the vectors exist where the singular values are distinct and not zero.
  /// - Parameter full: Whether U is m × m and V n × n; otherwise both have min(m, n) columns.
  public func svd(
    full: Bool = false
  ) throws(LinearAlgebraError) -> (u: Tensor, s: Tensor, vt: Tensor) {
    let type = lapackType("svd")
    try requireFinite("svd")
    let (u, s, vt) = try decomposed(type, full: full)
    guard isTracked else { return (u, s, vt) }
    precondition(
      !full || shape[-1] == shape[-2], "svd: there is no derivative for full factors of \(shape)")
    // Ionescu et al. 2015, "Matrix backpropagation for deep networks with structured layers".
    return (
      u.recorded(from: self) { du, inputs in
        let inner = matmul(u.transposed(), du)
        let core = (inner - inner.transposed()) * s.squaredGaps() * s.unsqueezed(-2)
        let outside = du - matmul(u, inner)
        let sum = matmul(u, core) + outside * s.inverted().unsqueezed(-2)
        inputs.add(0, matmul(sum, vt))
      },
      s.recorded(from: self) { ds, inputs in
        inputs.add(0, matmul(u * ds.unsqueezed(-2), vt))
      },
      vt.recorded(from: self) { dvt, inputs in
        let inner = matmul(vt, dvt.transposed())
        let core = (inner - inner.transposed()) * s.squaredGaps() * s.unsqueezed(-1)
        let outside = dvt - matmul(inner.transposed(), vt)
        let sum = matmul(core, vt) + outside * s.inverted().unsqueezed(-1)
        inputs.add(0, matmul(u, sum))
      }
    )
  }

  private func decomposed<Scalar: LapackScalar>(
    _ type: Scalar.Type, full: Bool
  ) throws(LinearAlgebraError) -> (u: Tensor, s: Tensor, vt: Tensor) {
    let (rows, columns) = (shape[-2], shape[-1])
    let small = Swift.min(rows, columns)
    guard count > 0 else {
      let left = Tensor.identity(rows, dtype: dtype)
        .sliced(1, from: 0, count: full ? rows : small, by: 1)
      let right = Tensor.identity(columns, dtype: dtype)
        .sliced(0, from: 0, count: full ? columns : small, by: 1)
      return (
        left.expandedBatch(batchShape).copied(), .zeros(batchShape + [small], dtype: dtype),
        right.expandedBatch(batchShape).copied()
      )
    }
    let work = columnMajor()
    let u = Tensor(uninitialized: batchShape + [full ? rows : small, rows], dtype: dtype)
    let vt = Tensor(uninitialized: batchShape + [columns, full ? columns : small], dtype: dtype)
    let s = Tensor(uninitialized: batchShape + [small], dtype: dtype)
    try forEachMatrix("svd") { index in
      let info = type.singularValues(
        full: full, rows, columns, work.matrix(index, as: type),
        s.pointer(as: type) + index * small, u.matrix(index, as: type), vt.matrix(index, as: type))
      return info == 0 ? nil : .didNotConverge
    }
    return (u.transposed(), s, vt.transposed())
  }

  private func inverted() -> Tensor { like(scalars(as: Double.self).map { 1 / $0 }, shape) }

  /// 1 / (s[j]² - s[i]²), zero on the diagonal.
  private func squaredGaps() -> Tensor { (self * self).inverseGaps() }
}
