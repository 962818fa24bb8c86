#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// X with A X = B for square A, by LU factors with partial pivoting.
///
/// Leading axes are a batch and broadcast; float32 and float64.
/// - Parameters:
///   - a: `[…, n, n]`.
///   - b: `[…, n, k]`, or vectors `[…, n]` with one axis less than `a`.
public func solve(_ a: Tensor, _ b: Tensor) throws(LinearAlgebraError) -> Tensor {
  _ = a.squareLapackType("solve")
  let isVector = b.rank == a.rank - 1 && Shape(a.shape.dropLast()) == b.shape
  let sides = isVector ? b.unsqueezed(-1) : b
  precondition(
    sides.rank >= 2 && sides.shape[-2] == a.shape[-1] && a.dtype == b.dtype,
    "solve: \(a.dtype) \(a.shape) and \(b.dtype) \(b.shape) do not fit")
  let batch = a.batchShape.broadcast(with: sides.batchShape, "solve")
  let (left, right) = (a.expandedBatch(batch), sides.expandedBatch(batch))
  let factors = LUFactors(left.detached(), "solve")
  try factors.requireRegular("solve")
  let x = factors.solve(right)
  let result = x.recorded(from: left, right) { dy, inputs in
    let db = factors.solve(dy, transposed: true)
    if inputs.wants(0) {
      let slope = matmul(db, x.transposed())
      inputs.add(0, -slope)
    }
    inputs.add(1, db)
  }
  return isVector ? result.squeezed(-1) : result
}

/// Inverses and determinants, by LU factors with partial pivoting.
extension Tensor {
  /// The inverse of each matrix.
  ///
  /// To solve a system, ``solve(_:_:)`` is faster and more accurate.
  ///
  /// Leading axes are a batch; float32 and float64.
  public func inverse() throws(LinearAlgebraError) -> Tensor {
    let factors = LUFactors(detached(), "inverse")
    try factors.requireRegular("inverse")
    let inverse = factors.solve(
      Tensor.identity(shape[-1], dtype: dtype).expandedBatch(batchShape))
    return inverse.recorded(from: self) { dy, inputs in
      let slope = matmul(matmul(inverse.transposed(), dy), inverse.transposed())
      inputs.add(0, -slope)
    }
  }

  /// The determinant of each matrix; zero for a singular one, where the derivative is exact, too.
  ///
  /// Leading axes are a batch; float32 and float64.
  public func determinant() -> Tensor {
    let plain = detached()
    let factors = LUFactors(plain, "determinant")
    let value = like(factors.determinants(), batchShape)
    return value.recorded(from: self) { dy, inputs in
      let cofactors: Tensor
      if factors.isAnySingular {
        cofactors = plain.cofactorsOfSingular()
      } else {
        let identity = Tensor.identity(plain.shape[-1], dtype: plain.dtype)
        cofactors =
          factors.solve(identity.expandedBatch(plain.batchShape), transposed: true)
          * value.unsqueezed(-1).unsqueezed(-1)
      }
      inputs.add(0, cofactors * dy.unsqueezed(-1).unsqueezed(-1))
    }
  }

  /// The sign of each determinant and the logarithm of its absolute value, without overflow; 0 and
  /// minus infinity for a singular matrix, where there is no derivative (the gradient is NaN).
  ///
  /// Leading axes are a batch; float32 and float64. The sign has the derivative zero.
  public func logDeterminant() -> (sign: Tensor, logarithm: Tensor) {
    let plain = detached()
    let factors = LUFactors(plain, "logDeterminant")
    let values = factors.logDeterminants()
    let logarithm = like(values.map(\.logarithm), batchShape).recorded(from: self) { dy, inputs in
      let identity = Tensor.identity(plain.shape[-1], dtype: plain.dtype)
      let inverse =
        factors.isAnySingular
        ? Tensor.full(plain.shape, .nan, dtype: plain.dtype)
        : factors.solve(identity.expandedBatch(plain.batchShape), transposed: true)
      inputs.add(0, inverse * dy.unsqueezed(-1).unsqueezed(-1))
    }
    return (like(values.map(\.sign), batchShape), logarithm)
  }

  /// The matrices of cofactors, from singular values: U diag(product of the others) Vᵀ det U det V.
  private func cofactorsOfSingular() -> Tensor {
    guard let (u, s, vt) = try? svd() else { return .full(shape, .nan, dtype: dtype) }
    let size = shape[-1]
    let values = s.scalars(as: Double.self)
    let signs = zip(
      LUFactors(u, "determinant").determinants(),
      LUFactors(vt, "determinant").determinants()
    ).map { ($0 * $1).rounded() }
    let products = values.indices.map { place in
      let row = place / size * size
      return (row..<(row + size)).reduce(signs[place / size]) { product, other in
        other == place ? product : product * values[other]
      }
    }
    return matmul(u * like(products, s.shape).unsqueezed(-2), vt)
  }
}

func logarithm(_ value: Double) -> Double { log(value) }
