import CKernels

/// The road from tensors to the kernels of `apus_elementwise.h`.

extension DType {
  /// The number the kernels know the type by.
  @inline(__always) var code: apus_type { apus_type(UInt32(number)) }

  /// The type in which the kernels see the elements: truth values are bytes 0 and 1.
  @inline(__always) var loopCode: apus_type { self == .bool ? apus_uint8 : code }
}

extension Shape {
  /// The extents as the kernels read them; unlike `withExtents` it copies nothing.
  @inline(__always)
  func withPointer<Result>(_ body: (UnsafePointer<Int64>) -> Result) -> Result {
    withUnsafePointer(to: extents) { pointer in
      body(UnsafeRawPointer(pointer).assumingMemoryBound(to: Int64.self))
    }
  }

  /// The shape that both broadcast to; traps, naming `operation`, where there is none.
  func broadcast(with other: Shape, _ operation: StaticString) -> Shape {
    if self == other { return self }
    var result = rank >= other.rank ? self : other
    let least = Swift.min(rank, other.rank)
    for back in 0..<least {
      let mine = extents[rank - 1 - back]
      let theirs = other.extents[other.rank - 1 - back]
      precondition(
        mine == theirs || mine == 1 || theirs == 1,
        "\(operation): shapes \(self) and \(other) do not broadcast")
      result.extents[result.rank - 1 - back] = mine == 1 ? theirs : mine
    }
    return result
  }
}

extension Tensor {
  /// The first element and strides as the kernels take them.
  @inline(__always)
  func withOperand<Result>(_ body: (apus_operand) -> Result) -> Result {
    strides.withPointer { body(apus_operand(first: base, strides: $0)) }
  }

  /// The strides of the tensor seen with the shape it broadcasts to.
  @inline(__always)
  func strides(in target: Shape) -> Shape {
    if shape == target { return strides }
    var result = Shape(repeating: 0, rank: target.rank)
    let lead = target.rank - shape.rank
    for axis in 0..<shape.rank where shape.extents[axis] == target.extents[lead + axis] {
      result.extents[lead + axis] = strides.extents[axis]
    }
    return result
  }

  /// An operand that a map does not have.
  static var nowhere: apus_operand { apus_operand(first: nil, strides: nil) }

  /// `code` of each element, of type `result`, computed in this tensor's type; not tracked.
  @inline(__always)
  func mapped(_ code: apus_map_code, to result: DType) -> Tensor {
    let target = Tensor(uninitialized: shape, dtype: result)
    write(code, into: target)
    return target
  }

  /// Writes `code` of each element to `target`, which has the same shape and may be the tensor.
  func write(_ code: apus_map_code, into target: Tensor) {
    if isContiguous && target.isContiguous {
      apus_map_flat(code, dtype.loopCode, Int64(target.count), target.base, base, 1, nil, 0, nil, 0)
    } else {
      withOperand { a in
        target.withOperand { t in
          shape.withPointer { extents in
            apus_map(
              code, dtype.loopCode, extents, Int32(shape.rank), t, a, Tensor.nowhere,
              Tensor.nowhere)
          }
        }
      }
    }
  }

  /// `code` of two tensors of one type, broadcast, of type `result`; not tracked.
  @inline(__always)
  static func mapped(
    _ code: apus_map_code, _ a: Tensor, _ b: Tensor, to result: DType, _ operation: StaticString
  ) -> Tensor {
    if a.shape == b.shape {
      let target = Tensor(uninitialized: a.shape, dtype: result)
      write(code, a, b, into: target)
      return target
    }
    let target = Tensor(uninitialized: a.shape.broadcast(with: b.shape, operation), dtype: result)
    write(code, a, b, into: target)
    return target
  }

  /// Writes `code` of two tensors of one type that broadcast to the shape of `target`.
  static func write(_ code: apus_map_code, _ a: Tensor, _ b: Tensor, into target: Tensor) {
    let type = a.dtype.loopCode
    if target.isContiguous {
      let (aLies, bLies) = (a.liesFlat(in: target.shape), b.liesFlat(in: target.shape))
      if aLies >= 0 && bLies >= 0 {
        return apus_map_flat(
          code, type, Int64(target.count), target.base, a.base, aLies, b.base, bLies, nil, 0)
      }
    }
    a.strides(in: target.shape).withPointer { aStrides in
      b.strides(in: target.shape).withPointer { bStrides in
        target.withOperand { t in
          target.shape.withPointer { extents in
            apus_map(
              code, type, extents, Int32(target.shape.rank), t,
              apus_operand(first: a.base, strides: aStrides),
              apus_operand(first: b.base, strides: bStrides), nowhere)
          }
        }
      }
    }
  }

  /// Writes `code` of three tensors that broadcast to the shape of `target`.
  static func write(
    _ code: apus_map_code, _ type: apus_type, _ a: Tensor, _ b: Tensor, _ c: Tensor,
    into target: Tensor
  ) {
    if target.isContiguous {
      let aLies = a.liesFlat(in: target.shape)
      let bLies = b.liesFlat(in: target.shape)
      let cLies = c.liesFlat(in: target.shape)
      if aLies >= 0 && bLies >= 0 && cLies >= 0 {
        return apus_map_flat(
          code, type, Int64(target.count), target.base, a.base, aLies, b.base, bLies, c.base, cLies)
      }
    }
    a.strides(in: target.shape).withPointer { aStrides in
      b.strides(in: target.shape).withPointer { bStrides in
        c.strides(in: target.shape).withPointer { cStrides in
          target.withOperand { t in
            target.shape.withPointer { extents in
              apus_map(
                code, type, extents, Int32(target.shape.rank), t,
                apus_operand(first: a.base, strides: aStrides),
                apus_operand(first: b.base, strides: bStrides),
                apus_operand(first: c.base, strides: cStrides))
            }
          }
        }
      }
    }
  }

  /// The step, 1 or 0, with which a flat loop over `target` reads this tensor; -1 where none does.
  @inline(__always)
  private func liesFlat(in target: Shape) -> Int64 {
    if shape == target && isContiguous { return 1 }
    return count == 1 ? 0 : -1
  }
}
