/// Elements chosen by index tensors (as `torch.gather`, `scatter`, `scatter_add`, `index_select`).
///
/// An index outside its axis traps; negative ones do not count from the end.
extension Tensor {
  /// For each index, the element of this tensor at that place on `axis` and otherwise at the place
  /// of the index.
  ///
  /// - Parameters:
  ///   - axis: The axis that the indices are places on.
  ///   - indices: Integers; as many axes as this tensor, no longer than its other axes.
  /// - Returns: A tensor of the shape of `indices`.
  public func gathered(_ axis: Int, at indices: Tensor) -> Tensor {
    let axis = shape.resolved(axis, "gathered")
    let indices = selecting("gathered", axis, indices)
    let result = Tensor(uninitialized: indices.shape, dtype: dtype)
    select(.gather, self, axis, indices, result, over: indices.shape)
    let (whole, dtype) = (shape, dtype)
    return result.recorded(from: self) { dy, inputs in
      Tensor.addSelected(to: &inputs, 0, whole, dtype, axis, indices, dy)
    }
  }

  /// The tensor with `values` in the places that the indices choose, as in ``gathered(_:at:)``.
  ///
  /// Where indices repeat, the value that comes last along the axis stays; the gradient then goes
  /// to all of them.
  /// - Parameters:
  ///   - axis: The axis that the indices are places on.
  ///   - indices: Integers; as many axes as this tensor, no longer than its other axes.
  ///   - values: What is written, broadcast to the shape of `indices`.
  public func scattered(_ axis: Int, at indices: Tensor, _ values: Tensor) -> Tensor {
    let axis = shape.resolved(axis, "scattered")
    let indices = selecting("scattered", axis, indices)
    let values = values.cast(to: dtype).expanded(to: indices.shape)
    let result = copied()
    select(.scatter, result, axis, indices, values, over: indices.shape)
    return result.recorded(from: self, values) { dy, inputs in
      if inputs.wants(0) {
        let rest = dy.copied()
        let nothing = Tensor(0, dtype: dy.dtype).expanded(to: indices.shape)
        select(.scatter, rest, axis, indices, nothing, over: indices.shape)
        inputs.add(0, rest)
      }
      inputs.add(1, dy.gathered(axis, at: indices))
    }
  }

  /// The tensor with `values` added in the places that the indices choose, as in
  /// ``gathered(_:at:)``; indices may repeat.
  ///
  /// The order of the additions is fixed, so the result is the same bit for bit on any number of
  /// threads.
  /// - Parameters:
  ///   - axis: The axis that the indices are places on.
  ///   - indices: Integers; as many axes as this tensor, no longer than its other axes.
  ///   - values: What is added, broadcast to the shape of `indices`.
  public func scatterAdded(_ axis: Int, at indices: Tensor, _ values: Tensor) -> Tensor {
    precondition(dtype != .bool, "scatterAdded: bool tensors cannot be added to")
    let axis = shape.resolved(axis, "scatterAdded")
    let indices = selecting("scatterAdded", axis, indices)
    if dtype.computing != dtype {
      return cast(to: dtype.computing).scatterAdded(axis, at: indices, values).cast(to: dtype)
    }
    let values = values.cast(to: dtype).expanded(to: indices.shape)
    let result = copied()
    select(.scatterAdd, result, axis, indices, values, over: indices.shape)
    return result.recorded(from: self, values) { dy, inputs in
      inputs.add(0, dy)
      inputs.add(1, dy.gathered(axis, at: indices))
    }
  }

  /// The slices of this tensor at the given places on `axis`, in their order; places may repeat.
  ///
  /// - Parameters:
  ///   - axis: The axis that the indices are places on.
  ///   - indices: Integers, of one axis or a scalar.
  /// - Returns: A tensor whose extent of `axis` is the number of indices.
  public func indexSelected(_ axis: Int, at indices: Tensor) -> Tensor {
    let axis = shape.resolved(axis, "indexSelected")
    precondition(
      indices.rank <= 1, "indexSelected: indices have one axis, not the shape \(indices.shape)")
    var target = shape
    target.extents[axis] = indices.count
    var strides = Shape(repeating: 0, rank: rank)
    strides.extents[axis] = 1
    let places = indices.checkedIndices(
      "indexSelected", extent: shape[axis], of: "axis \(axis) of \(shape)"
    ).restrided(target, strides)
    let result = Tensor(uninitialized: target, dtype: dtype)
    select(.gather, self, axis, places, result, over: target)
    let (whole, dtype) = (shape, dtype)
    return result.recorded(from: self) { dy, inputs in
      Tensor.addSelected(to: &inputs, 0, whole, dtype, axis, places, dy)
    }
  }

  private func selecting(_ operation: StaticString, _ axis: Int, _ indices: Tensor) -> Tensor {
    precondition(
      indices.rank == rank,
      "\(operation): indices of shape \(indices.shape) for a tensor of shape \(shape)")
    for other in 0..<rank where other != axis {
      precondition(
        indices.shape.extents[other] <= shape.extents[other],
        "\(operation): indices of shape \(indices.shape) exceed axis \(other) of \(shape)")
    }
    return indices.checkedIndices(
      operation, extent: shape.extents[axis], of: "axis \(axis) of \(shape)")
  }

  /// Adds `dy` to the selected elements of the gradient of input `index`: the derivative of a
  /// gather.
  private static func addSelected(
    to inputs: inout Cotangents, _ index: Int, _ whole: Shape, _ dtype: DType, _ axis: Int,
    _ indices: Tensor, _ dy: Tensor
  ) {
    if dtype.computing != dtype {
      // 16-bit gradients are summed in float32 and rounded once.
      let sum = Tensor.zeros(whole, dtype: dtype.computing)
      select(
        .scatterAdd, sum, axis, indices, dy.cast(to: dtype.computing), over: indices.shape)
      inputs.add(index, sum.cast(to: dtype))
      return
    }
    addInPlace(to: &inputs, index, whole, dtype) { sum in
      select(.scatterAdd, sum, axis, indices, dy, over: indices.shape)
    }
  }
}
