extension Tensor {
  /// The elements moved round along axes: what leaves at the end comes in at the start.
  ///
  /// - Parameters:
  ///   - shifts: By how many places; negative ones move towards the start.
  ///   - axes: The axis of each shift.
  public func rolled(_ shifts: [Int], axes: [Int]) -> Tensor {
    precondition(
      shifts.count == axes.count, "rolled: \(shifts.count) shifts for \(axes.count) axes")
    var value = detached()
    for (shift, axis) in zip(shifts, axes) {
      let axis = shape.resolved(axis, "rolled")
      let extent = shape.extents[axis]
      guard extent > 0 else { continue }
      let moved = ((shift % extent) + extent) % extent
      if moved == 0 { continue }
      value = concatenate(
        [
          value.sliced(axis, from: extent - moved, count: moved, by: 1),
          value.sliced(axis, from: 0, count: extent - moved, by: 1),
        ], axis: axis)
    }
    return value.recorded(from: self) { dy, inputs in
      inputs.add(0, dy.rolled(shifts.map { -$0 }, axes: axes))
    }
  }

  /// The elements moved round along one axis; see ``rolled(_:axes:)``.
  public func rolled(_ shift: Int, axis: Int) -> Tensor { rolled([shift], axes: [axis]) }

  /// The tensor with places added before and after on each axis; negative widths take places away.
  ///
  /// - Parameters:
  ///   - widths: How many places come before and after, for each axis, outermost first.
  ///   - value: What stands in the new places.
  public func padded(_ widths: [(before: Int, after: Int)], value: Double = 0) -> Tensor {
    precondition(
      widths.count == rank, "padded: \(widths.count) widths for the \(rank) axes of \(shape)")
    var source = detached()
    var target = shape
    for (axis, width) in widths.enumerated() {
      let extent = shape.extents[axis] + width.before + width.after
      precondition(
        extent >= 0, "padded: widths \(width) leave axis \(axis) of \(shape) less than nothing")
      target.extents[axis] = extent
      let kept = shape.extents[axis] + Swift.min(width.before, 0) + Swift.min(width.after, 0)
      source = source.sliced(
        axis, from: kept > 0 ? Swift.max(-width.before, 0) : 0, count: Swift.max(kept, 0), by: 1)
    }
    let result = Tensor.full(target, value, dtype: dtype)
    if source.count > 0 {
      var inside = result
      for (axis, width) in widths.enumerated() {
        inside = inside.sliced(
          axis, from: Swift.max(width.before, 0), count: source.shape.extents[axis], by: 1)
      }
      source.copyElements(into: inside)
    }
    return result.recorded(from: self) { dy, inputs in
      inputs.add(0, dy.padded(widths.map { (-$0.before, -$0.after) }))
    }
  }
}
