import CKernels

extension Tensor {
  /// The elements converted to another type; the tensor itself where it has it already.
  ///
  /// Floats are rounded to the nearest value, ties to even; overflow becomes infinity and NaN stays
  /// NaN. Floats lose their fraction on the way to integers, and integers wrap around. Derivatives
  /// pass between floating-point types.
  ///
  /// Quantized blocks become the numbers they stand for, in every format exactly those of the Python
  /// package gguf. Nothing is cast to blocks: ``quantized(to:)`` makes them.
  public func cast(to dtype: DType) -> Tensor {
    if dtype == self.dtype { return self }
    if case .blocks(let format) = self.dtype { return dequantized(format).cast(to: dtype) }
    precondition(
      dtype.blockFormat == nil,
      "cast: numbers of shape \(shape) become \(dtype) blocks by quantized(to:)")
    let result = converted(to: dtype)
    guard node != nil, dtype.isFloatingPoint else { return result }
    let original = self.dtype
    return result.recorded(from: self) { dy, inputs in
      inputs.add(0, dy.converted(to: original))
    }
  }

  /// ``cast(to:)`` without a record.
  package func converted(to dtype: DType) -> Tensor {
    if dtype == self.dtype { return detached() }
    if case .blocks = dtype { dtype.isOnlyAWeight() }
    let result = Tensor(uninitialized: shape, dtype: dtype)
    convertElements(into: result)
    return result
  }

  /// Writes the converted elements to a view of the same shape on memory nobody else has.
  package func convertElements(into target: Tensor) {
    if dtype == target.dtype { return copyElements(into: target) }
    withOperand { from in
      target.withOperand { to in
        shape.withPointer { extents in
          apus_cast(self.dtype.code, target.dtype.code, extents, Int32(shape.rank), to, from)
        }
      }
    }
  }
}
