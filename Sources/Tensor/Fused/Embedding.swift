import CKernels

/// The rows of a table at the given positions.
///
/// The gradient is added to the rows in the order of the ids, so it does not depend on the number of
/// threads.
///
/// - Parameters:
///   - ids: Integers in 0 ..< rows, of any shape `[…]`.
///   - table: `[rows, width]`; quantized blocks give float32.
/// - Returns: `[…, width]`.
public func embedding(_ ids: Tensor, _ table: Tensor) -> Tensor {
  precondition(
    table.rank == 2 && ids.dtype.isInteger,
    "embedding: ids \(ids.dtype) \(ids.shape), table \(table.shape)")
  let (rows, width) = (table.shape[0], table.shape[1])
  let places = ids.detached().cast(to: .int64).contiguous()
  let count = places.count
  places.withUnsafeElements(as: Int64.self) { ids in
    for id in ids {
      precondition(id >= 0 && id < rows, "embedding: id \(id) is outside a table of \(rows) rows")
    }
  }
  let flat = places.reshaped(to: [count])
  if case .blocks(let format) = table.dtype {
    return quantizedRows(of: table, at: flat, format).reshaped(to: ids.shape + [width])
  }
  guard table.dtype == .float32 else {
    // Storage types are read row by row and computed with in their own precision.
    return table.indexSelected(0, at: flat).reshaped(to: ids.shape + [width])
  }
  let source = table.contiguous()
  let y = Tensor(uninitialized: ids.shape + [width])
  withExtendedLifetime((source, places)) {
    apus_embedding(
      y.floats, source.floats, places.pointer(as: Int64.self), Int64(count), Int64(width))
  }
  return y.recorded(from: source) { dy, inputs in
    let dy = dy.contiguous()
    inputs.update(0) { sum in
      if sum == nil { sum = .zeros([rows, width]) }
      sum?.makeWritable()
      guard let sum else { return }
      withExtendedLifetime((dy, places, sum)) {
        apus_embedding_backward(
          sum.floats, dy.floats, places.pointer(as: Int64.self), Int64(count), Int64(width))
      }
    }
  }
}
