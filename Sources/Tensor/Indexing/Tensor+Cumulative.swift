private import CKernels

/// Running sums and products. Integers and bool become int64, as in PyTorch.
extension Tensor {
  /// The sum of each element and all before it along an axis; float32 is summed in float64.
  public func cumulativeSum(_ axis: Int) -> Tensor {
    let axis = shape.resolved(axis, "cumulativeSum")
    if dtype.computing != dtype {
      return cast(to: dtype.computing).cumulativeSum(axis).cast(to: dtype)
    }
    return cumulated(axis, product: false).recorded(from: self) { dy, inputs in
      inputs.add(0, dy.cumulated(axis, product: false, reverse: true))
    }
  }

  /// The product of each element and all before it along an axis.
  ///
  /// The derivative is exact where elements are zero.
  public func cumulativeProduct(_ axis: Int) -> Tensor {
    let axis = shape.resolved(axis, "cumulativeProduct")
    if dtype.computing != dtype {
      return cast(to: dtype.computing).cumulativeProduct(axis).cast(to: dtype)
    }
    let value = detached()
    return cumulated(axis, product: true).recorded(from: self) { dy, inputs in
      let (x, slope) = (value.contiguous(), dy.contiguous())
      let dx = Tensor(uninitialized: x.shape, dtype: x.dtype)
      apus_cumulative_product_backward(
        dx.base, slope.base, x.base, x.lines(along: axis), Int32(x.dtype.number))
      withExtendedLifetime((x, slope)) {}
      inputs.add(0, dx)
    }
  }

  private func cumulated(_ axis: Int, product: Bool, reverse: Bool = false) -> Tensor {
    let source = contiguous()
    let result = Tensor(uninitialized: shape, dtype: dtype.isFloatingPoint ? dtype : .int64)
    apus_cumulate(
      result.base, source.base, lines(along: axis), product, reverse, Int32(dtype.number))
    withExtendedLifetime(source) {}
    return result
  }

  /// The tensor seen as `[outer, length, inner]` around an axis.
  private func lines(along axis: Int) -> apus_lines {
    var lines = apus_lines(outer: 1, length: Int64(shape.extents[axis]), inner: 1)
    for before in 0..<axis { lines.outer *= Int64(shape.extents[before]) }
    for after in (axis + 1)..<Swift.max(rank, axis + 1) {
      lines.inner *= Int64(shape.extents[after])
    }
    return lines
  }
}
