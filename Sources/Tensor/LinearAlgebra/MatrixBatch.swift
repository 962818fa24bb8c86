/// What every operation on a batch of matrices needs.
extension Tensor {
  /// The type LAPACK computes in for this tensor.
  func lapackType(_ operation: StaticString) -> any LapackScalar.Type {
    precondition(rank >= 2, "\(operation): \(shape) is no matrix")
    precondition(
      dtype == .float32 || dtype == .float64,
      "\(operation): matrices are float32 or float64, not \(dtype)")
    let type: any LapackScalar.Type = dtype == .float64 ? Double.self : Float.self
    type.prepare()
    return type
  }

  /// As ``lapackType(_:)``, for an operation on square matrices.
  func squareLapackType(_ operation: StaticString) -> any LapackScalar.Type {
    let type = lapackType(operation)
    precondition(shape[-1] == shape[-2], "\(operation): \(shape) is not square")
    return type
  }

  /// The leading axes: where in the batch a matrix is.
  var batchShape: Shape { Shape(shape.dropLast(2)) }
  /// The number of matrices.
  var matrixCount: Int { batchShape.elementCount }

  /// A copy in memory of its own with each matrix column-major; its last two axes are exchanged.
  func columnMajor() -> Tensor { detached().transposed().copied() }

  /// The first element of matrix `index` of a row-major tensor.
  func matrix<Scalar: LapackScalar>(_ index: Int, as type: Scalar.Type) -> UnsafeMutablePointer<
    Scalar
  > {
    pointer(as: type) + index * shape[-1] * shape[-2]
  }

  /// The same matrices on a larger batch.
  func expandedBatch(_ batch: Shape) -> Tensor {
    var target = batch
    target.append(shape[-2])
    target.append(shape[-1])
    return expanded(to: target)
  }

  /// Runs `body` for each matrix; it returns what is wrong with the matrix, if something is.
  ///
  /// Matrices are spread over threads, and the first faulty one is thrown, so the outcome does not
  /// depend on their number.
  func forEachMatrix(
    _ operation: String, _ body: (Int) -> MatrixFault?
  ) throws(LinearAlgebraError) {
    let batch = batchShape
    var faults = [MatrixFault?](repeating: nil, count: matrixCount)
    faults.withUnsafeMutableBufferPointer { faults in
      nonisolated(unsafe) let faults = faults
      parallel(faults.count) { faults[$0] = body($0) }
    }
    guard let first = faults.firstIndex(where: { $0 != nil }), let fault = faults[first] else {
      return
    }
    var rest = first
    var position: [Int] = []
    for extent in batch.reversed() {
      position.insert(rest % extent, at: 0)
      rest /= extent
    }
    throw fault.error(operation, position)
  }

  /// Throws if an element is NaN or infinite: LAPACK's iterations may not end on those.
  func requireFinite(_ operation: String) throws(LinearAlgebraError) {
    func check<Scalar: LapackScalar>(_ type: Scalar.Type) throws(LinearAlgebraError) {
      let rowMajor = contiguous()
      defer { withExtendedLifetime(rowMajor) {} }
      let size = shape[-1] * shape[-2]
      try forEachMatrix(operation) { index in
        let elements = UnsafeBufferPointer(start: rowMajor.matrix(index, as: type), count: size)
        return elements.allSatisfy(\.isFinite) ? nil : .notFinite
      }
    }
    if dtype == .float64 { try check(Double.self) } else { try check(Float.self) }
  }

  /// A tensor of the type of this one.
  func like(_ values: [Double], _ shape: Shape) -> Tensor {
    let tensor = Tensor(values, shape: shape)
    return dtype == .float64 ? tensor : tensor.cast(to: dtype)
  }

  /// 1 / (x[j] - x[i]) in place `[…, i, j]`, zero on the diagonal, for the values on the last axis.
  func inverseGaps() -> Tensor {
    let values = scalars(as: Double.self)
    let extent = shape[-1]
    var gaps = [Double](repeating: 0, count: count * extent)
    for (place, value) in values.enumerated() {
      let row = place / extent * extent
      for column in 0..<extent where row + column != place {
        gaps[place * extent + column] = 1 / (values[row + column] - value)
      }
    }
    var target = shape
    target.append(extent)
    return like(gaps, target)
  }
}

/// What is wrong with one matrix.
enum MatrixFault {
  case singular(pivot: Int), notPositiveDefinite(order: Int), didNotConverge, notFinite

  func error(_ operation: String, _ batch: [Int]) -> LinearAlgebraError {
    switch self {
    case .singular(let pivot): .singular(operation: operation, pivot: pivot, batch: batch)
    case .notPositiveDefinite(let order):
      .notPositiveDefinite(operation: operation, order: order, batch: batch)
    case .didNotConverge: .didNotConverge(operation: operation, batch: batch)
    case .notFinite: .notFinite(operation: operation, batch: batch)
    }
  }
}
