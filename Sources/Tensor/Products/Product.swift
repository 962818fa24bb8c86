import CBLAS
import CKernels

/// One product of two matrices, written into a third: the floor under `matmul` and `linear`.
///
/// float32 goes to our own kernels, float64 to OpenBLAS, held to one thread so that sums have a
/// fixed order.
enum Product {
  /// target = `alpha` · a · b (+ target) (+ bias).
  ///
  /// - Parameters:
  ///   - a: `[m, k]`, any strides.
  ///   - b: `[k, n]`, any strides.
  ///   - target: `[m, n]` with unit stride along the rows, on memory nobody else has.
  ///   - bias: `[n]`, contiguous.
  static func write(
    _ a: Tensor, _ b: Tensor, into target: Tensor, accumulating: Bool = false,
    bias: Tensor? = nil
  ) {
    let (m, k, n) = (a.shape[0], a.shape[1], b.shape[1])
    if m == 0 || n == 0 { return }
    if a.dtype == .float64 {
      doubles(a, b, into: target, accumulating: accumulating)
      if let bias { addRow(bias, to: target) }
      return
    }
    var job = apus_gemm()
    (job.m, job.n, job.k) = (Int64(m), Int64(n), Int64(k))
    job.a = UnsafePointer(a.floats)
    (job.a_row, job.a_column) = (Int64(a.strides[0]), Int64(a.strides[1]))
    job.b = UnsafePointer(b.floats)
    (job.b_row, job.b_column) = (Int64(b.strides[0]), Int64(b.strides[1]))
    job.c = target.floats
    job.c_row = Int64(target.strides[0])
    job.alpha = 1
    job.accumulate = accumulating
    job.bias = bias.map { UnsafePointer($0.floats) }
    withExtendedLifetime((a, b, target, bias)) { apus_sgemm(&job) }
  }

  private static let oneThread: Void = openblas_set_num_threads(1)

  private static func doubles(_ a: Tensor, _ b: Tensor, into target: Tensor, accumulating: Bool) {
    _ = oneThread
    let (a, b) = (forBLAS(a), forBLAS(b))
    func leading(_ matrix: Tensor) -> (CBLAS_TRANSPOSE, Int32) {
      let rows = matrix.strides[1] == 1 || matrix.shape[1] == 1
      return rows
        ? (CblasNoTrans, Int32(max(matrix.strides[0], matrix.shape[1], 1)))
        : (CblasTrans, Int32(max(matrix.strides[1], matrix.shape[0], 1)))
    }
    let (aOrder, aStep) = leading(a)
    let (bOrder, bStep) = leading(b)
    withExtendedLifetime((a, b, target)) {
      cblas_dgemm(
        CblasRowMajor, aOrder, bOrder, Int32(a.shape[0]), Int32(b.shape[1]), Int32(a.shape[1]), 1,
        a.pointer(as: Double.self), aStep, b.pointer(as: Double.self), bStep,
        accumulating ? 1 : 0, target.pointer(as: Double.self), Int32(target.strides[0]))
    }
  }

  /// The matrix itself where BLAS can take its strides, otherwise a copy.
  private static func forBLAS(_ matrix: Tensor) -> Tensor {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    let (row, column) = (matrix.strides[0], matrix.strides[1])
    let rowMajor = column == 1 && row >= columns
    let columnMajor = row == 1 && column >= rows
    return rowMajor || columnMajor ? matrix : matrix.copied()
  }

  private static func addRow(_ bias: Tensor, to target: Tensor) {
    let (rows, columns) = (target.shape[0], target.shape[1])
    let values = target.pointer(as: Double.self)
    let added = bias.pointer(as: Double.self)
    for row in 0..<rows {
      for column in 0..<columns { values[row * target.strides[0] + column] += added[column] }
    }
  }
}
