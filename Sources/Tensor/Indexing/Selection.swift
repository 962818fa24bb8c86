private import CKernels

/// What is done with each pair of a selected element and a value.
enum SelectionKernel {
  /// The value becomes the selected element.
  case gather
  /// The selected element becomes the value; of several values the last one stays.
  case scatter
  /// The value is added to the selected element, in ascending order along the axis.
  case scatterAdd
}

/// Walks over `extents` and pairs the element of `table` whose place on `axis` is the index there
/// with the element of `values` there.
///
/// `table` or `values` is written through, so nobody else may hold its memory. The three tensors
/// have one rank, and the strides of `indices` may be 0 where it was broadcast.
func select(
  _ kernel: SelectionKernel, _ table: Tensor, _ axis: Int, _ indices: Tensor, _ values: Tensor,
  over extents: Shape
) {
  table.strides.withExtents { tableStrides in
    values.strides.withExtents { valueStrides in
      indices.strides.withExtents { indexStrides in
        extents.withExtents { extents in
          var selection = apus_selection(
            table: table.base, table_strides: tableStrides, values: values.base,
            value_strides: valueStrides, indices: indices.pointer(as: Int64.self),
            index_strides: indexStrides, extents: extents, rank: Int32(table.rank),
            axis: Int32(axis))
          switch kernel {
          case .gather: apus_gather(&selection, Int32(table.dtype.byteCount))
          case .scatter: apus_scatter(&selection, Int32(table.dtype.byteCount))
          case .scatterAdd: apus_scatter_add(&selection, Int32(table.dtype.number))
          }
        }
      }
    }
  }
  withExtendedLifetime((table, indices, values)) {}
}

extension Tensor {
  /// The tensor as int64 indices in row-major order, each checked against `extent`.
  func checkedIndices(_ operation: StaticString, extent: Int, of place: String) -> Tensor {
    precondition(
      dtype.isInteger || count == 0, "\(operation): indices are integers, not \(dtype)")
    let indices = (dtype == .int64 ? detached() : detached().cast(to: .int64)).contiguous()
    let bad = apus_first_outside(
      indices.pointer(as: Int64.self), Int64(indices.count), Int64(extent))
    if bad >= 0 {
      let value = indices.pointer(as: Int64.self)[Int(bad)]
      preconditionFailure(
        "\(operation): index \(value) (element \(bad)) is outside the extent \(extent) of \(place)")
    }
    return indices
  }

  /// Changes the gradient of input `index`, zeros of `shape` where there is none yet, in place.
  static func addInPlace(
    to inputs: inout Cotangents, _ index: Int, _ shape: Shape, _ dtype: DType,
    _ body: (Tensor) -> Void
  ) {
    inputs.update(index) { sum in
      if sum == nil { sum = .zeros(shape, dtype: dtype) }
      sum?.makeWritable()
      if let sum { body(sum) }
    }
  }
}
