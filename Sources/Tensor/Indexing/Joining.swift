/// Tensors one after another along an axis; their other extents agree.
///
/// - Parameters:
///   - tensors: At least one; of different types, the result has the promoted one.
///   - axis: An axis they have.
public func concatenate(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  precondition(!tensors.isEmpty, "concatenate: there is no tensor")
  let first = tensors[0]
  let axis = first.shape.resolved(axis, "concatenate")
  var shape = first.shape
  var dtype = first.dtype
  shape.extents[axis] = 0
  for tensor in tensors {
    var expected = tensor.shape
    precondition(
      expected.count == shape.count,
      "concatenate: shapes \(first.shape) and \(tensor.shape) have different ranks")
    expected.extents[axis] = shape.extents[axis]
    precondition(
      expected == shape,
      "concatenate: shapes \(first.shape) and \(tensor.shape) differ outside axis \(axis)")
    shape.extents[axis] += tensor.shape.extents[axis]
    dtype = dtype.promoted(with: tensor.dtype)
  }
  let result = Tensor(uninitialized: shape, dtype: dtype)
  var start = 0
  for tensor in tensors {
    let length = tensor.shape.extents[axis]
    tensor.detached().cast(to: dtype).copyElements(
      into: result.sliced(axis, from: start, count: length, by: 1))
    start += length
  }
  let parts = tensors.map { ($0.shape.extents[axis], $0.dtype) }
  return result.recorded(fromAll: tensors) { dy, inputs in
    var start = 0
    for (index, (length, dtype)) in parts.enumerated() {
      inputs.add(index, dy.sliced(axis, from: start, count: length, by: 1).cast(to: dtype))
      start += length
    }
  }
}

/// Tensors of one shape side by side along a new axis.
///
/// - Parameters:
///   - tensors: At least one; of different types, the result has the promoted one.
///   - axis: Where the new axis stands in the result.
public func stack(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
  precondition(!tensors.isEmpty, "stack: there is no tensor")
  let shape = tensors[0].shape
  for tensor in tensors {
    precondition(
      tensor.shape == shape, "stack: shapes \(shape) and \(tensor.shape) differ")
  }
  let position = axis < 0 ? axis + shape.count + 1 : axis
  precondition(
    position >= 0 && position <= shape.count,
    "stack: axis \(axis) is outside the \(shape.count + 1) axes of the result")
  var wide = shape
  wide.insert(1, at: position)
  return concatenate(tensors.map { $0.reshaped(to: wide) }, axis: position)
}

extension Tensor {
  /// The whole tensor again and again along each axis (as `torch.Tensor.repeat`, `numpy.tile`).
  ///
  /// - Parameter repeats: How often for each axis; more numbers than axes make new leading axes.
  public func tiled(_ repeats: Int...) -> Tensor { tiled(repeats) }

  /// The whole tensor again and again along each axis; see ``tiled(_:)-(Int...)``.
  public func tiled(_ repeats: [Int]) -> Tensor {
    precondition(
      repeats.count >= rank && repeats.allSatisfy { $0 >= 0 },
      "tiled: \(repeats) does not fit the \(rank) axes of \(shape)")
    var target = shape
    for _ in rank..<repeats.count { target.insert(1, at: 0) }
    var result = reshaped(to: target)
    for (axis, count) in repeats.enumerated() where count != 1 {
      result = result.multiplied(axis, count: count, elementwise: false)
    }
    return result
  }

  /// Each slice along an axis `count` times in a row (as `torch.repeat_interleave`).
  public func repeated(_ count: Int, axis: Int) -> Tensor {
    precondition(count >= 0, "repeated: the count cannot be \(count)")
    return multiplied(shape.resolved(axis, "repeated"), count: count, elementwise: true)
  }

  private func multiplied(_ axis: Int, count: Int, elementwise: Bool) -> Tensor {
    let outer = (0..<axis).reduce(1) { $0 * shape.extents[$1] }
    let extent = shape.extents[axis]
    let inner = ((axis + 1)..<Swift.max(rank, axis + 1)).reduce(1) { $0 * shape.extents[$1] }
    var target = shape
    target.extents[axis] = extent * count
    let spread: Shape =
      elementwise ? [outer, extent, count, inner] : [outer, count, extent, inner]
    return reshaped(outer, elementwise ? extent : 1, elementwise ? 1 : extent, inner)
      .expanded(to: spread).reshaped(to: target)
  }
}
