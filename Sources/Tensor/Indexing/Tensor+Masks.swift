private import CKernels

extension Tensor {
  /// The elements where `mask` is true, in row-major order, as one axis.
  ///
  /// - Parameter mask: A bool tensor; both are broadcast to one shape (as `torch.masked_select`).
  public func maskedSelected(_ mask: Tensor) -> Tensor {
    precondition(mask.dtype == .bool, "maskedSelected: the mask is bool, not \(mask.dtype)")
    let common = shape.broadcast(with: mask.shape, "maskedSelected")
    let positions = mask.expanded(to: common).truePositions()
    return expanded(to: common).flattened().indexSelected(0, at: positions)
  }

  /// Where a bool tensor is true, as positions in row-major order, int64.
  package func truePositions() -> Tensor {
    let mask = contiguous()
    let bytes = UnsafePointer(mask.base.assumingMemoryBound(to: UInt8.self))
    let found = apus_true_positions(nil, bytes, Int64(count))
    let positions = Tensor(uninitialized: [Int(found)], dtype: .int64)
    _ = apus_true_positions(positions.pointer(as: Int64.self), bytes, Int64(count))
    withExtendedLifetime(mask) {}
    return positions
  }

  /// Each integer as a row of zeros with a one in its place.
  ///
  /// - Parameters:
  ///   - count: The length of a row; every integer is at least 0 and less.
  ///   - dtype: The type of the result.
  /// - Returns: A tensor with a new last axis of extent `count`.
  public func oneHot(count: Int, dtype: DType = .int64) -> Tensor {
    precondition(count > 0, "oneHot: the count must be positive, not \(count)")
    let ids = checkedIndices("oneHot", extent: count, of: "a row")
    var target = shape
    target.append(count)
    let result = Tensor.zeros(target, dtype: dtype)
    let one = Tensor(1, dtype: dtype)
    apus_one_hot(
      result.base, ids.pointer(as: Int64.self), Int64(ids.count), Int64(count), one.base,
      Int32(dtype.byteCount))
    withExtendedLifetime((ids, one)) {}
    return result
  }

  /// The elements of each matrix (the last two axes) on and below a diagonal, zero above it.
  ///
  /// - Parameter diagonal: Which diagonal: 0 the main one, positive above it, negative below.
  public func tril(_ diagonal: Int = 0) -> Tensor { triangle(diagonal, lower: true) }

  /// The elements of each matrix (the last two axes) on and above a diagonal, zero below it.
  ///
  /// - Parameter diagonal: Which diagonal: 0 the main one, positive above it, negative below.
  public func triu(_ diagonal: Int = 0) -> Tensor { triangle(diagonal, lower: false) }

  private func triangle(_ diagonal: Int, lower: Bool) -> Tensor {
    precondition(rank >= 2, "\(lower ? "tril" : "triu"): \(shape) is no matrix")
    let source = contiguous()
    let result = Tensor(uninitialized: shape, dtype: dtype)
    let (rows, columns) = (shape[-2], shape[-1])
    apus_triangle(
      result.base, source.base, Int64(count / Swift.max(rows * columns, 1)), Int64(rows),
      Int64(columns), Int64(diagonal), lower, Int32(dtype.byteCount))
    withExtendedLifetime(source) {}
    return result.recorded(from: self) { dy, inputs in
      inputs.add(0, dy.triangle(diagonal, lower: lower))
    }
  }
}
