/// The matrix product, with broadcasting of the axes before the last two, as in PyTorch.
///
/// Two vectors give their dot product, a vector on one side is a row or a column that disappears
/// from the result. Transposed and sliced operands are used as they lie in memory.
///
/// - Parameters:
///   - a: `[…, m, k]`, or `[k]`.
///   - b: `[…, k, n]`, or `[k]`.
/// - Returns: `[…, m, n]`.
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  precondition(
    a.rank > 0 && b.rank > 0 && a.shape[-1] == b.shape[b.rank == 1 ? 0 : -2],
    "matmul: shapes \(a.shape) and \(b.shape) do not fit")
  let dtype = a.dtype.promoted(with: b.dtype)
  precondition(dtype.isFloatingPoint, "matmul: \(a.dtype) and \(b.dtype) are not floating-point")
  if a.rank == 1 {
    let row = matmul(a.unsqueezed(0), b.rank == 1 ? b.unsqueezed(1) : b)
    return b.rank == 1 ? row.reshaped(to: []) : row.squeezed(-2)
  }
  if b.rank == 1 { return matmul(a, b.unsqueezed(1)).squeezed(-1) }
  let computing = dtype.computing
  let (left, right) = (a.cast(to: computing), b.cast(to: computing))
  let product: Tensor
  if right.rank == 2 {
    product = rowsTimesMatrix(left, right)
  } else {
    product = batchedProduct(left, right)
  }
  return product.cast(to: dtype)
}

/// `[…, m, k]` times `[k, n]`: all rows in one product.
private func rowsTimesMatrix(_ a: Tensor, _ b: Tensor) -> Tensor {
  let (width, columns) = (b.shape[0], b.shape[1])
  let rows = a.reshaped(to: [a.shape.leadingCount, width])
  var shape = a.shape
  shape[-1] = columns
  let y = Tensor(uninitialized: [rows.shape[0], columns], dtype: a.dtype)
  Product.write(rows, b, into: y)
  let (x, weight) = (rows.detached(), b.detached())
  return y.recorded(from: rows, b) { dy, inputs in
    let dy = dy.withUnitColumns()
    inputs.add(0, matmul(dy, weight.transposed()))
    inputs.addProduct(1, x.transposed(), dy, like: weight)
  }.reshaped(to: shape)
}

extension Cotangents {
  /// Adds a · b to the gradient of input `index`, whose value is `like`: in place where there is a
  /// gradient already, and in the memory order of the value, so that the gradient of a transposed
  /// weight is again a transpose.
  mutating func addProduct(_ index: Int, _ a: Tensor, _ b: Tensor, like value: Tensor) {
    guard wants(index) else { return }
    update(index) { sum in
      if sum == nil || !(sum?.isUniqueMatrix() ?? false) {
        let earlier = sum
        let columnMajor = value.strides[0] == 1 && value.strides[1] != 1
        if columnMajor {
          let flipped = Tensor(uninitialized: [b.shape[1], a.shape[0]], dtype: value.dtype)
          Product.write(b.transposed(), a.transposed(), into: flipped)
          sum = flipped.transposed()
        } else {
          let fresh = Tensor(uninitialized: [a.shape[0], b.shape[1]], dtype: value.dtype)
          Product.write(a, b, into: fresh)
          sum = fresh
        }
        if let earlier { sum?.accumulate(earlier) }
      } else if let sum {
        if sum.strides[1] == 1 {
          Product.write(a, b, into: sum, accumulating: true)
        } else {
          Product.write(
            b.transposed(), a.transposed(), into: sum.transposed(), accumulating: true)
        }
      }
    }
  }
}

extension Tensor {
  /// Whether this is a matrix, row- or column-major, on memory that only it holds.
  fileprivate mutating func isUniqueMatrix() -> Bool {
    isKnownUniquelyReferenced(&storage) && storage.isWritable
      && (strides[1] == 1 && strides[0] >= shape[1]
        || strides[0] == 1 && strides[1] >= shape[0])
  }

  /// The matrix with unit stride along one of its axes, copied only where neither has it.
  fileprivate func withUnitColumns() -> Tensor {
    strides[-1] == 1 || strides[-2] == 1 ? self : copied()
  }
}

/// Any batch of products, each operand's leading axes broadcast.
private func batchedProduct(_ a: Tensor, _ b: Tensor) -> Tensor {
  let lead = broadcastLead(a.shape, b.shape)
  let left = a.expanded(to: lead + [a.shape[-2], a.shape[-1]])
  let right = b.expanded(to: lead + [b.shape[-2], b.shape[-1]])
  let y = multiplyBatches(left.detached(), right.detached(), lead)
  let (x, z) = (left.detached(), right.detached())
  return y.recorded(from: left, right) { dy, inputs in
    inputs.add(0, multiplyBatches(dy, z.transposed(), lead))
    inputs.add(1, multiplyBatches(x.transposed(), dy, lead))
  }
}

private func multiplyBatches(_ a: Tensor, _ b: Tensor, _ lead: Shape) -> Tensor {
  let y = Tensor(uninitialized: lead + [a.shape[-2], b.shape[-1]], dtype: a.dtype)
  let batches = lead.elementCount
  func matrix(_ tensor: Tensor, _ batch: Int) -> Tensor {
    var (rest, offset) = (batch, tensor.offset)
    for axis in stride(from: lead.count - 1, through: 0, by: -1) {
      offset += rest % lead[axis] * tensor.strides[axis]
      rest /= lead[axis]
    }
    return tensor.restrided(
      [tensor.shape[-2], tensor.shape[-1]], [tensor.strides[-2], tensor.strides[-1]],
      offset: offset)
  }
  func multiply(_ batch: Int) {
    Product.write(matrix(a, batch), matrix(b, batch), into: matrix(y, batch))
  }
  // A batch of many small products is spread over the threads, few large ones are split inside.
  if batches >= 4 && a.shape[-2] * b.shape[-1] <= 1 << 18 {
    parallel(batches, multiply)
  } else {
    for batch in 0..<batches { multiply(batch) }
  }
  return y
}

private func broadcastLead(_ a: Shape, _ b: Shape) -> Shape {
  let rank = max(a.count, b.count) - 2
  var lead = Shape(repeating: 1, rank: rank)
  for axis in 0..<rank {
    let left = axis - (rank - (a.count - 2))
    let right = axis - (rank - (b.count - 2))
    let (x, y) = (left < 0 ? 1 : a[left], right < 0 ? 1 : b[right])
    precondition(x == y || x == 1 || y == 1, "matmul: shapes \(a) and \(b) do not broadcast")
    lead[axis] = x == 1 ? y : x
  }
  return lead
}

extension Shape {
  /// The product of all extents but the last.
  var leadingCount: Int { dropLast().reduce(1, *) }

  /// The axes of both, one after the other.
  static func + (left: Shape, right: Shape) -> Shape {
    var sum = left
    for extent in right { sum.append(extent) }
    return sum
  }
}
