import CKernels

/// x · weightᵀ + bias, for all rows of `x` at once.
///
/// A weight that is stored the other way round, `[inputs, outputs]` as in GPT-2's files, is passed
/// transposed; it is used as it lies in memory, and its gradient comes back in the same order.
///
/// - Parameters:
///   - x: `[…, inputs]`.
///   - weight: `[outputs, inputs]`; quantized blocks are a constant.
///   - bias: `[outputs]`.
/// - Returns: `[…, outputs]`.
public func linear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor? = nil) -> Tensor {
  precondition(
    weight.rank == 2 && x.rank > 0 && x.shape[-1] == weight.shape[1],
    "linear: input \(x.shape) does not fit weight \(weight.shape)")
  precondition(
    bias == nil || bias?.shape == [weight.shape[0]],
    "linear: bias \(bias?.shape ?? []) does not fit weight \(weight.shape)")
  if weight.dtype.blockFormat != nil { return quantizedLinear(x, weight, bias) }
  let dtype = x.dtype.computing
  let (inputs, outputs) = (weight.shape[1], weight.shape[0])
  let wide = x.cast(to: dtype)
  let rows = wide.reshaped(to: [x.shape.leadingCount, inputs])
  let matrix = weight.cast(to: dtype)
  let offset = bias?.cast(to: dtype).contiguous()
  let y = Tensor(uninitialized: [rows.shape[0], outputs], dtype: dtype)
  Product.write(rows, matrix.transposed(), into: y, bias: offset?.detached())
  let (source, kernel) = (rows.detached(), matrix.detached())
  var shape = x.shape
  shape[-1] = outputs
  return y.recorded(from: rows, matrix, offset) { dy, inputs in
    let dy = dy.contiguous()
    if inputs.wants(0) {
      let dx = Tensor(uninitialized: source.shape, dtype: dtype)
      Product.write(dy, kernel, into: dx)
      inputs.add(0, dx)
    }
    inputs.addProduct(1, dy.transposed(), source, like: kernel)
    inputs.add(2, sumOfRows(dy))
  }.reshaped(to: shape).cast(to: x.dtype)
}

/// The sum of the rows of a contiguous matrix.
func sumOfRows(_ x: Tensor) -> Tensor {
  guard x.dtype == .float32 else { return x.sum(axes: [0]) }
  let total = Tensor.zeros([x.shape[1]])
  withExtendedLifetime(x) {
    apus_sum_rows(total.floats, x.floats, Int64(x.shape[0]), Int64(x.shape[1]))
  }
  return total
}
