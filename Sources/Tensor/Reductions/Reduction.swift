import CKernels

/// What a reduction runs over: the tensor as row-major [outer, reduced, inner].
struct ReductionPlan {
  /// The elements in an order in which the reduced axes lie together.
  let source: Tensor
  let outer: Int
  let reduced: Int
  let inner: Int
  /// The shape of the result.
  let shape: Shape
  /// The shape of the result with the reduced axes kept, extent 1.
  let keptShape: Shape

  /// - Parameter axes: The axes to reduce, possibly negative; nil means all.
  init(_ tensor: Tensor, _ axes: [Int]?, _ keepingAxes: Bool, _ operation: StaticString) {
    var isReduced = InlineArray<8, Bool>(repeating: axes == nil)
    for axis in axes ?? [] {
      let position = tensor.shape.resolved(axis, operation)
      precondition(!isReduced[position], "\(operation): axis \(axis) is given twice in \(axes!)")
      isReduced[position] = true
    }
    var shape = Shape()
    var kept = tensor.shape
    var reduced = 1
    for axis in 0..<tensor.rank {
      let extent = tensor.shape.extents[axis]
      if isReduced[axis] {
        reduced *= extent
        kept.extents[axis] = 1
        if keepingAxes { shape.append(1) }
      } else {
        shape.append(extent)
      }
    }
    self.shape = shape
    keptShape = kept
    self.reduced = reduced

    // Axes before the first reduced one, the reduced ones if they are neighbours, axes after them.
    var first = 0
    while first < tensor.rank && !isReduced[first] { first += 1 }
    var end = first
    while end < tensor.rank && (isReduced[end] || tensor.shape.extents[end] == 1) { end += 1 }
    var rest = end
    while rest < tensor.rank && !isReduced[rest] { rest += 1 }
    if rest == tensor.rank {
      source = tensor.detached().contiguous()
      outer = (0..<first).reduce(1) { $0 * tensor.shape.extents[$1] }
      inner = (end..<rest).reduce(1) { $0 * tensor.shape.extents[$1] }
    } else {
      let order =
        (0..<tensor.rank).filter { !isReduced[$0] } + (0..<tensor.rank).filter { isReduced[$0] }
      source = tensor.detached().permuted(by: order).contiguous()
      outer = kept.elementCount
      inner = 1
    }
  }

  /// Runs one of the kernels' reductions on the source, which has a type they know.
  ///
  /// - Parameters:
  ///   - scale: What sums are multiplied by before they are rounded.
  ///   - parameter: The power of `apus_sum_powers`.
  ///   - center: float64 means, for `apus_sum_deviations`.
  func run(
    _ code: apus_reduce_code, to dtype: DType, scale: Double = 1, parameter: Double = 0,
    center: Tensor? = nil
  ) -> Tensor {
    let result = Tensor(uninitialized: shape, dtype: dtype)
    let isWide = dtype == .float64 && source.dtype != .float64
    var job = apus_reduction(
      code: code, type: source.dtype.code, target: result.base, source: source.base,
      outer: Int64(outer), reduced: Int64(reduced), inner: Int64(inner), parameter: parameter,
      scale: scale, center: center.map { UnsafePointer($0.pointer(as: Double.self)) },
      wide: isWide ? result.pointer(as: Double.self) : nil)
    apus_reduce(&job)
    withExtendedLifetime((source, center)) {}
    return result
  }
}
