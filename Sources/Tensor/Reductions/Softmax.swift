import CKernels

/// Exponentials normalised along an axis, without overflow. Integers become float32.
extension Tensor {
  /// eˣ / Σ eˣ along an axis.
  public func softmax(axis: Int = -1) -> Tensor { normalised(apus_softmax, axis, "softmax") }

  /// x - ln Σ eˣ along an axis: the logarithm of ``softmax(axis:)``.
  public func logSoftmax(axis: Int = -1) -> Tensor {
    normalised(apus_log_softmax, axis, "logSoftmax")
  }

  /// ln Σ eˣ along an axis.
  public func logSumExp(axis: Int = -1, keepingAxes: Bool = false) -> Tensor {
    let position = shape.rank == 0 ? 0 : shape.resolved(axis, "logSumExp")
    let type = realDType
    let rows = lastAxis(position, type.computing)
    var target = shape
    if rank > 0 { target.extents[position] = 1 }
    let kept = target
    if !keepingAxes && rank > 0 { target.remove(at: position) }
    let result = Tensor(uninitialized: target, dtype: type.computing)
    let width = rank == 0 ? 1 : shape.extents[position]
    apus_softmax_rows(
      apus_log_sum_exp, type.computing.code, result.base, rows.base, Int64(target.elementCount),
      Int64(width))
    withExtendedLifetime(rows) {}
    let y = result.computed(as: type)
    guard node != nil else { return y }
    let x = detached()
    return y.recorded(from: self) { dy, inputs in
      // A row of minus infinities has no slope; anything finite stands for its logarithm.
      let total = y.maskedFill(y.abs() .== Double.infinity, with: 0).reshaped(to: kept)
      inputs.add(0, dy.reshaped(to: kept) * (x - total).exp())
    }
  }

  private func normalised(
    _ code: apus_softmax_code, _ axis: Int, _ operation: StaticString
  ) -> Tensor {
    let position = rank == 0 ? 0 : shape.resolved(axis, operation)
    let type = realDType
    let computing = type.computing
    let y = overRows(position, computing) { rows, target, count, width in
      apus_softmax_rows(code, computing.code, target.base, rows.base, count, width)
    }.computed(as: type)
    guard node != nil else { return y }
    return y.recorded(from: self) { dy, inputs in
      let gradient = y.overRows(position, computing) { rows, target, count, width in
        let upstream = dy.lastAxis(position, computing)
        apus_softmax_rows_backward(
          code, computing.code, target.base, upstream.base, rows.base, count, width)
        withExtendedLifetime(upstream) {}
      }
      inputs.add(0, gradient.computed(as: type))
    }
  }

  /// The elements in type `computing`, row-major, with the axis last.
  private func lastAxis(_ axis: Int, _ computing: DType) -> Tensor {
    let converted = computed(as: computing).detached()
    return (axis >= rank - 1 ? converted : converted.transposed(axis, -1)).contiguous()
  }

  /// What `body` makes of the rows along an axis, with the axes where they were.
  private func overRows(
    _ axis: Int, _ computing: DType,
    _ body: (_ rows: Tensor, _ target: Tensor, _ count: Int64, _ width: Int64) -> Void
  ) -> Tensor {
    let rows = lastAxis(axis, computing)
    let target = Tensor(uninitialized: rows.shape, dtype: computing)
    let width = rank == 0 ? 1 : shape.extents[axis]
    if count > 0 { body(rows, target, Int64(count / width), Int64(width)) }
    withExtendedLifetime(rows) {}
    return axis >= rank - 1 ? target : target.transposed(axis, -1)
  }
}
