/// Views that keep every element.
extension Tensor {
  /// The elements in row-major order under another shape; one extent may be -1, for what is left.
  ///
  /// A view where the strides allow it, otherwise a copy.
  public func reshaped(to shape: Shape) -> Tensor {
    let target = completed(shape)
    if target == self.shape { return self }
    let original = self.shape
    let result: Tensor
    if let strides = stridesForReshape(to: target) {
      result = restrided(target, strides)
    } else {
      let copy = copied()
      result = copy.restrided(target, target.rowMajorStrides)
    }
    return result.recorded(from: self) { dy, inputs in
      inputs.add(0, dy.reshaped(to: original))
    }
  }

  /// The elements in row-major order under other extents; one may be -1, for what is left.
  public func reshaped(_ extents: Int...) -> Tensor { reshaped(to: Shape(extents)) }

  /// One axis of all elements in row-major order.
  public func flattened() -> Tensor { reshaped(-1) }

  /// The axes from `first` to `last`, both included, made one.
  public func flattened(_ first: Int, _ last: Int) -> Tensor {
    let low = shape.resolved(first, "flattened")
    let high = shape.resolved(last, "flattened")
    precondition(low <= high, "flattened: axis \(first) comes after axis \(last)")
    var target = Shape()
    for axis in 0..<low { target.append(shape[axis]) }
    target.append((low...high).reduce(1) { $0 * shape[$1] })
    for axis in (high + 1)..<Swift.max(rank, high + 1) { target.append(shape[axis]) }
    return reshaped(to: target)
  }

  private func completed(_ shape: Shape) -> Shape {
    var target = shape
    var open: Int?
    var known = 1
    for axis in shape.indices {
      if shape[axis] == -1 {
        precondition(open == nil, "reshaped: \(shape) has more than one -1")
        open = axis
      } else {
        precondition(shape[axis] >= 0, "reshaped: \(shape) has a negative extent")
        known *= shape[axis]
      }
    }
    if let open {
      precondition(
        known > 0 && count % known == 0,
        "reshaped: \(count) elements of \(self.shape) do not fit \(shape)")
      target[open] = count / known
    } else {
      precondition(known == count, "reshaped: \(self.shape) does not have the elements of \(shape)")
    }
    return target
  }

  /// The strides under which the memory shows the same elements with shape `target`, if there are.
  private func stridesForReshape(to target: Shape) -> Shape? {
    if count == 0 || isContiguous { return target.rowMajorStrides }
    var strides = target.rowMajorStrides
    // Runs of axes that lie together in memory, matched from the last axis on.
    var old = rank - 1
    var new = target.count - 1
    while old >= 0 {
      var extent = shape.extents[old]
      let step = self.strides.extents[old]
      var first = old
      while first > 0 {
        let outer = shape.extents[first - 1]
        if outer == 1 || extent == 1
          || self.strides.extents[first - 1] == step * extent && step != 0
        {
          if extent == 1 && outer != 1 { break }
          extent *= outer
          first -= 1
        } else {
          break
        }
      }
      var filled = 1
      while new >= 0 && filled < extent {
        strides.extents[new] = filled * step
        filled *= target.extents[new]
        new -= 1
      }
      if filled != extent { return nil }
      old = first - 1
    }
    while new >= 0 {
      if target.extents[new] != 1 { return nil }
      new -= 1
    }
    return strides
  }

  /// The axes in another order: axis `i` of the result is axis `order[i]` of this tensor.
  public func permuted(_ order: Int...) -> Tensor { permuted(by: order) }

  /// The axes in another order: axis `i` of the result is axis `order[i]` of this tensor.
  public func permuted(by order: [Int]) -> Tensor {
    precondition(
      order.count == rank, "permuted: \(order) does not name the \(rank) axes of \(shape)")
    var shape = shape
    var strides = strides
    var inverse = Array(repeating: -1, count: rank)
    for (axis, from) in order.enumerated() {
      let source = self.shape.resolved(from, "permuted")
      precondition(inverse[source] == -1, "permuted: \(order) names axis \(from) twice")
      inverse[source] = axis
      shape.extents[axis] = self.shape.extents[source]
      strides.extents[axis] = self.strides.extents[source]
    }
    return restrided(shape, strides).recorded(from: self) { dy, inputs in
      inputs.add(0, dy.permuted(by: inverse))
    }
  }

  /// The tensor with two axes exchanged.
  public func transposed(_ first: Int = -2, _ second: Int = -1) -> Tensor {
    let a = shape.resolved(first, "transposed")
    let b = shape.resolved(second, "transposed")
    var shape = shape
    var strides = strides
    shape.extents.swapAt(a, b)
    strides.extents.swapAt(a, b)
    return restrided(shape, strides).recorded(from: self) { dy, inputs in
      inputs.add(0, dy.transposed(a, b))
    }
  }

  /// The tensor with an axis of extent 1 removed, or all of them.
  public func squeezed(_ axis: Int? = nil) -> Tensor {
    var target = Shape()
    if let axis {
      let position = shape.resolved(axis, "squeezed")
      precondition(
        shape[position] == 1, "squeezed: axis \(axis) of \(shape) has extent \(shape[position])")
      target = shape
      target.remove(at: position)
    } else {
      for extent in shape where extent != 1 { target.append(extent) }
    }
    return reshaped(to: target)
  }

  /// The tensor with an axis of extent 1 inserted before position `axis`; -1 appends one.
  public func unsqueezed(_ axis: Int) -> Tensor {
    let position = axis < 0 ? axis + rank + 1 : axis
    precondition(
      position >= 0 && position <= rank,
      "unsqueezed: \(axis) is outside the \(rank) axes of \(shape)")
    var target = shape
    target.insert(1, at: position)
    return reshaped(to: target)
  }

  /// The tensor repeated without copying along axes of extent 1 and new leading axes, so that it
  /// has `shape`; -1 keeps an extent.
  public func expanded(to shape: Shape) -> Tensor {
    precondition(
      shape.count >= rank, "expanded: \(self.shape) has more axes than \(shape)")
    precondition(
      shape.indices.allSatisfy { shape[$0] >= ($0 < shape.count - rank ? 0 : -1) },
      "expanded: \(self.shape) cannot have the extents \(shape)")
    var target = shape
    var strides = Shape(repeating: 0, rank: shape.count)
    let lead = shape.count - rank
    for axis in 0..<rank {
      let extent = self.shape.extents[axis]
      let wanted = shape.extents[lead + axis] == -1 ? extent : shape.extents[lead + axis]
      precondition(
        wanted == extent || extent == 1,
        "expanded: axis \(axis) of \(self.shape) cannot become \(wanted) in \(shape)")
      target.extents[lead + axis] = wanted
      strides.extents[lead + axis] = wanted == extent ? self.strides.extents[axis] : 0
    }
    if target == self.shape { return self }
    let original = self.shape
    return restrided(target, strides).recorded(from: self) { dy, inputs in
      inputs.add(0, dy.summed(to: original))
    }
  }

  /// The sum over the axes along which `shape` was broadcast: the derivative of broadcasting.
  package func summed(to shape: Shape) -> Tensor {
    if self.shape == shape { return self }
    let lead = rank - shape.count
    var axes = Array(0..<lead)
    for axis in 0..<shape.count
    where shape.extents[axis] == 1 && self.shape.extents[lead + axis] != 1 {
      axes.append(lead + axis)
    }
    return (axes.isEmpty ? self : sum(axes: axes, keepingAxes: true)).reshaped(to: shape)
  }
}
