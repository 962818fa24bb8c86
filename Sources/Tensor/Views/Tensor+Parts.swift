/// Views that show some of the elements.
extension Tensor {
  /// `length` positions of an axis from `start` on.
  public func narrowed(_ axis: Int, from start: Int, length: Int) -> Tensor {
    sliced(shape.resolved(axis, "narrowed"), from: start, count: length, by: 1)
  }

  /// Every `step`-th of the positions `range` of an axis.
  public func sliced(_ axis: Int, _ range: Range<Int>, by step: Int = 1) -> Tensor {
    precondition(step > 0, "sliced: the step must be positive, not \(step)")
    return sliced(
      shape.resolved(axis, "sliced"), from: range.lowerBound,
      count: (range.count + step - 1) / step, by: step)
  }

  /// The mechanism of slices: `axis` is a position 0 … rank-1.
  package func sliced(_ axis: Int, from start: Int, count: Int, by step: Int) -> Tensor {
    let extent = shape.extents[axis]
    precondition(
      start >= 0 && count >= 0
        && (count == 0 ? start <= extent : start + (count - 1) * step < extent),
      "slice: \(count) positions from \(start) by \(step) exceed axis \(axis) of \(shape)")
    return part { whole in
      var shape = whole.shape
      var strides = whole.strides
      shape.extents[axis] = count
      strides.extents[axis] *= step
      return whole.restrided(
        shape, strides,
        offset: whole.offset + (count == 0 ? 0 : start * whole.strides.extents[axis]))
    }
  }

  /// The tensor at one position of an axis, which disappears.
  public func selected(_ axis: Int, at position: Int) -> Tensor {
    let axis = shape.resolved(axis, "selected")
    let extent = shape.extents[axis]
    let index = position < 0 ? position + extent : position
    precondition(
      index >= 0 && index < extent,
      "selected: position \(position) is outside the extent \(extent) of axis \(axis) of \(shape)")
    return part { whole in
      var shape = whole.shape
      var strides = whole.strides
      let step = strides.extents[axis]
      shape.remove(at: axis)
      strides.remove(at: axis)
      return whole.restrided(shape, strides, offset: whole.offset + index * step)
    }
  }

  /// Consecutive parts of these lengths along an axis.
  ///
  /// - Precondition: The lengths add up to the extent.
  public func split(_ lengths: [Int], axis: Int = 0) -> [Tensor] {
    let position = shape.resolved(axis, "split")
    precondition(
      lengths.reduce(0, +) == shape[position],
      "split: lengths \(lengths) do not add up to axis \(axis) of \(shape)")
    var start = 0
    return lengths.map { length in
      defer { start += length }
      return narrowed(position, from: start, length: length)
    }
  }

  /// Consecutive parts of `length` positions along an axis; the last may be shorter.
  public func split(every length: Int, axis: Int = 0) -> [Tensor] {
    precondition(length > 0, "split: the length must be positive, not \(length)")
    let extent = shape[axis]
    return split(
      stride(from: 0, to: extent, by: length).map { Swift.min(length, extent - $0) }, axis: axis)
  }

  /// At most `count` parts of equal length along an axis; the last may be shorter (as
  /// `torch.chunk`).
  public func chunked(_ count: Int, axis: Int = 0) -> [Tensor] {
    precondition(count > 0, "chunked: the count must be positive, not \(count)")
    let extent = shape[axis]
    return extent == 0
      ? Array(repeating: self, count: count)
      : split(every: (extent + count - 1) / count, axis: axis)
  }

  /// The elements whose positions on two axes differ by `offset`; the diagonal becomes the last
  /// axis.
  public func diagonal(offset: Int = 0, _ first: Int = 0, _ second: Int = 1) -> Tensor {
    let a = shape.resolved(first, "diagonal")
    let b = shape.resolved(second, "diagonal")
    precondition(a != b, "diagonal: both axes are \(first)")
    return part { whole in
      let rows = whole.shape.extents[a] - Swift.max(0, -offset)
      let columns = whole.shape.extents[b] - Swift.max(0, offset)
      let length = Swift.max(0, Swift.min(rows, columns))
      let (rowStep, columnStep) = (whole.strides.extents[a], whole.strides.extents[b])
      var shape = whole.shape
      var strides = whole.strides
      shape.remove(at: Swift.max(a, b))
      shape.remove(at: Swift.min(a, b))
      strides.remove(at: Swift.max(a, b))
      strides.remove(at: Swift.min(a, b))
      shape.append(length)
      strides.append(rowStep + columnStep)
      let start =
        length == 0 ? 0 : Swift.max(0, -offset) * rowStep + Swift.max(0, offset) * columnStep
      return whole.restrided(shape, strides, offset: whole.offset + start)
    }
  }

  /// The positions of the given axes in reverse; all axes where none is given.
  public func flipped(_ axes: Int...) -> Tensor {
    let positions = axes.isEmpty ? Array(0..<rank) : axes.map { shape.resolved($0, "flipped") }
    return part { whole in
      var strides = whole.strides
      var offset = whole.offset
      for axis in positions where whole.shape.extents[axis] > 0 {
        offset += (whole.shape.extents[axis] - 1) * strides.extents[axis]
        strides.extents[axis] = -strides.extents[axis]
      }
      return whole.restrided(whole.shape, strides, offset: offset)
    }
  }
}
