import CKernels
import Checkpoint

/// `linear` with a weight of quantized blocks, which is dequantized a few rows at a time.
///
/// The weight is a constant; the derivative of `x` needs it once more, again row by row.
func quantizedLinear(_ x: Tensor, _ weight: Tensor, _ bias: Tensor?) -> Tensor {
  let dtype = x.dtype.computing
  let (inputs, outputs) = (weight.shape[1], weight.shape[0])
  let rows = x.cast(to: dtype).reshaped(to: [x.shape.leadingCount, inputs])
  let offset = bias?.cast(to: dtype).contiguous()
  let y = Tensor(uninitialized: [rows.shape[0], outputs], dtype: dtype)
  let source = rows.detached()
  forEachPanel(of: weight, dtype) { first, panel in
    Product.write(
      source, panel.transposed(),
      into: y.narrowed(1, from: first, length: panel.shape[0]),
      bias: offset?.detached().narrowed(0, from: first, length: panel.shape[0]))
  }
  var shape = x.shape
  shape[-1] = outputs
  let kernel = weight.detached()
  return y.recorded(from: rows, offset) { dy, gradients in
    let dy = dy.contiguous()
    if gradients.wants(0) {
      let dx = Tensor(uninitialized: [dy.shape[0], inputs], dtype: dtype)
      forEachPanel(of: kernel, dtype) { first, panel in
        Product.write(
          dy.narrowed(1, from: first, length: panel.shape[0]), panel, into: dx,
          accumulating: first > 0)
      }
      gradients.add(0, dx)
    }
    gradients.add(1, sumOfRows(dy))
  }.reshaped(to: shape).cast(to: x.dtype)
}

/// Calls `body` with some rows of a matrix of blocks at a time, dequantized, and where they begin.
private func forEachPanel(
  of weight: Tensor, _ dtype: DType, _ body: (_ first: Int, _ panel: Tensor) -> Void
) {
  // About four million elements, and a number of rows that suits the products.
  let height = max(64, (1 << 22) / max(weight.shape[1], 1) / 64 * 64)
  for first in stride(from: 0, to: weight.shape[0], by: height) {
    let count = min(height, weight.shape[0] - first)
    body(first, weight.narrowed(0, from: first, length: count).cast(to: dtype))
  }
}

/// `embedding` with a table of quantized blocks, of which only the rows asked for are dequantized.
///
/// - Parameter places: Positions in 0 ..< rows, contiguous, `[count]`.
/// - Returns: float32, `[count, width]`.
func quantizedRows(of table: Tensor, at places: Tensor, _ format: BlockFormat) -> Tensor {
  let bytes = table.blockBytes
  let width = table.shape[1]
  let result = Tensor(uninitialized: [places.count, width])
  withExtendedLifetime((bytes, places, result)) {
    let (start, step) = (bytes.base, bytes.strides[0])
    let rows = places.pointer(as: Int64.self)
    let target = result.floats
    func read(_ place: Int) {
      apus_dequantize(
        target + place * width, start + Int(rows[place]) * step, Int32(format.rawValue),
        Int64(width))
    }
    // A few rows are read sooner than a thread is woken.
    if places.count * width < 1 << 15 {
      for place in 0..<places.count { read(place) }
    } else {
      parallel(places.count, read)
    }
  }
  return result
}
