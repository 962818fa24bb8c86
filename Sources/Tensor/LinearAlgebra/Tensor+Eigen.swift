extension Tensor {
  /// The eigenvalues of symmetric matrices in ascending order and the eigenvectors in columns:
  /// A = V diag(values) Vᵀ; signs are LAPACK's.
  ///
  /// Only the lower triangles are read; the derivative is symmetric. That of the vectors exists
  /// where the values are distinct. Leading axes are a batch; float32 and float64.
  public func symmetricEigen() throws(LinearAlgebraError) -> (values: Tensor, vectors: Tensor) {
    let type = squareLapackType("symmetricEigen")
    try requireFinite("symmetricEigen")
    let (values, vectors) = try diagonalized(type)
    return (
      values.recorded(from: self) { dw, inputs in
        inputs.add(0, matmul(vectors * dw.unsqueezed(-2), vectors.transposed()))
      },
      vectors.recorded(from: self) { dv, inputs in
        let inner = matmul(vectors.transposed(), dv) * values.inverseGaps()
        let slope = matmul(matmul(vectors, inner), vectors.transposed())
        inputs.add(0, (slope + slope.transposed()) * 0.5)
      }
    )
  }

  private func diagonalized<Scalar: LapackScalar>(
    _ type: Scalar.Type
  ) throws(LinearAlgebraError) -> (values: Tensor, vectors: Tensor) {
    // The lower triangle of a row-major matrix is the upper one of the same memory column-major.
    let vectors = copied()
    let size = shape[-1]
    let values = Tensor(uninitialized: batchShape + [size], dtype: dtype)
    guard size > 0 else { return (values, vectors) }
    try forEachMatrix("symmetricEigen") { index in
      let info = type.symmetricEigen(
        size, vectors.matrix(index, as: type), values.pointer(as: type) + index * size)
      return info == 0 ? nil : .didNotConverge
    }
    return (values, vectors.transposed())
  }
}
