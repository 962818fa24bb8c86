extension Tensor {
  /// The part that the indices select, as a view; or that part replaced.
  ///
  /// ```swift
  /// y[.all, -1]         // the last column
  /// y[0, 2..<5]         // a window of the first row
  /// y[.rest, .new]      // a new last axis
  /// y[.every(2)] = 0    // every other row becomes zero
  /// ```
  ///
  /// Ranges are clipped to the axis, as in NumPy. What is assigned is broadcast to the part and cast
  /// to the tensor's type; derivatives flow through both.
  public subscript(_ indices: any TensorIndex...) -> Tensor {
    get { indexed(indices.map(\.selection)) }
    set { replacePart(indices.map(\.selection), with: newValue) }
  }

  private func indexed(_ selections: [IndexSelection]) -> Tensor {
    var result = self
    var axis = 0
    var remaining = selections.reduce(0) { count, selection in
      switch selection {
      case .position, .range: count + 1
      case .newAxis, .rest: count
      }
    }
    precondition(
      remaining <= rank, "subscript: \(remaining) indices for the \(rank) axes of \(shape)")
    var sawRest = false
    for selection in selections {
      switch selection {
      case .position(let position):
        result = result.selected(axis, at: position)
        remaining -= 1
      case .range(let start, let end, let step):
        result = result.clipped(axis, start, end, step)
        axis += 1
        remaining -= 1
      case .newAxis:
        result = result.unsqueezed(axis)
        axis += 1
      case .rest:
        precondition(!sawRest, "subscript: .rest can stand only once")
        sawRest = true
        axis = result.rank - remaining
      }
    }
    return result
  }

  private func clipped(_ axis: Int, _ start: Int?, _ end: Int?, _ step: Int) -> Tensor {
    precondition(step > 0, "subscript: the step must be positive, not \(step)")
    let extent = shape.extents[axis]
    func place(_ bound: Int) -> Int {
      Swift.min(Swift.max(bound < 0 ? bound + extent : bound, 0), extent)
    }
    let low = place(start ?? 0)
    let high = place(end ?? extent)
    if low == 0 && high == extent && step == 1 { return self }
    return sliced(axis, from: low, count: Swift.max(0, (high - low + step - 1) / step), by: step)
  }

  private mutating func replacePart(_ selections: [IndexSelection], with value: Tensor) {
    let (wholeNode, valueNode, valueShape) = (node, value.node, value.shape)
    let source = value.detached().cast(to: dtype)
    makeWritable()
    let target = indexed(selections)
    source.expanded(to: target.shape).copyElements(into: target)
    guard wholeNode != nil || valueNode != nil else { return }
    let dtype = value.dtype
    node = Node(wholeNode, valueNode) { dy, inputs in
      inputs.add(1, dy.indexed(selections).summed(to: valueShape).cast(to: dtype).copied())
      if inputs.wants(0) {
        var rest = dy
        rest.replacePart(selections, with: Tensor(0, dtype: dy.dtype))
        inputs.add(0, rest)
      }
    }
  }
}
