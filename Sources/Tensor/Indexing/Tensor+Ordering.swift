private import CKernels

/// Order along an axis. NaN counts as larger than everything; equal elements keep their order.
extension Tensor {
  /// The elements sorted along an axis, and the places they came from.
  ///
  /// - Parameters:
  ///   - axis: The axis to sort along.
  ///   - descending: Whether the largest come first; equal elements keep their order either way.
  public func sorted(
    _ axis: Int = -1, descending: Bool = false
  ) -> (values: Tensor, indices: Tensor) {
    let indices = argsort(axis, descending: descending)
    return (gathered(axis, at: indices), indices)
  }

  /// The places of the elements in sorted order, as int64; see ``sorted(_:descending:)``.
  public func argsort(_ axis: Int = -1, descending: Bool = false) -> Tensor {
    let axis = shape.resolved(axis, "argsort")
    return ordering(axis, keeping: shape[axis]) { order, source, rows, length in
      apus_sort(order, source, rows, length, descending, Int32(dtype.number))
    }
  }

  /// The `k` largest or smallest elements along an axis, best first, and the places they came from.
  ///
  /// - Parameters:
  ///   - k: How many, at most the extent of the axis.
  ///   - axis: The axis to choose along.
  ///   - largest: Whether the largest are chosen; of equal elements the first are.
  public func topK(
    _ k: Int, axis: Int = -1, largest: Bool = true
  ) -> (values: Tensor, indices: Tensor) {
    let axis = shape.resolved(axis, "topK")
    precondition(
      k >= 0 && k <= shape[axis], "topK: k = \(k) is outside axis \(axis) of \(shape)")
    let indices = ordering(axis, keeping: k) { order, source, rows, length in
      apus_top_k(order, source, rows, length, Int64(k), largest, Int32(dtype.number))
    }
    return (gathered(axis, at: indices), indices)
  }

  /// Runs a kernel over the rows along `axis`; the result has `length` places on that axis.
  private func ordering(
    _ axis: Int, keeping length: Int,
    _ kernel: (UnsafeMutablePointer<Int64>, UnsafeRawPointer, Int64, Int64) -> Void
  ) -> Tensor {
    let rows = detached().transposed(axis, -1).contiguous()
    var target = rows.shape
    target[-1] = length
    let order = Tensor(uninitialized: target, dtype: .int64)
    let extent = shape[axis]
    kernel(
      order.pointer(as: Int64.self), rows.base, Int64(count / Swift.max(extent, 1)), Int64(extent))
    withExtendedLifetime(rows) {}
    return order.transposed(axis, -1).contiguous()
  }
}
