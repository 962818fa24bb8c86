import CKernels

/// `+ - * / %` between tensors. Shapes broadcast and types are promoted as in PyTorch.
extension Tensor {
  /// The sum; of truth values, whether either holds.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    let y = arithmetic(apus_add, a, b, "+")
    guard a.node != nil || b.node != nil else { return y }
    let (aShape, aType, bShape, bType) = (a.shape, a.dtype, b.shape, b.dtype)
    return y.recorded(from: a, b) { dy, inputs in
      inputs.add(0, dy.gradient(of: aShape, aType))
      inputs.add(1, dy.gradient(of: bShape, bType))
    }
  }

  /// The difference.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    let y = arithmetic(apus_subtract, a, b, "-")
    guard a.node != nil || b.node != nil else { return y }
    let (aShape, aType, bShape, bType) = (a.shape, a.dtype, b.shape, b.dtype)
    return y.recorded(from: a, b) { dy, inputs in
      inputs.add(0, dy.gradient(of: aShape, aType))
      inputs.add(1, (-dy).gradient(of: bShape, bType))
    }
  }

  /// The product, element by element; of truth values, whether both hold.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    let y = arithmetic(apus_multiply, a, b, "*")
    guard a.node != nil || b.node != nil else { return y }
    let (aShape, aType, bShape, bType) = (a.shape, a.dtype, b.shape, b.dtype)
    // Each factor is kept only for the gradient of the other.
    let left = b.node == nil ? nil : a.detached()
    let right = a.node == nil ? nil : b.detached()
    return y.recorded(from: a, b) { dy, inputs in
      if let right { inputs.add(0, (dy * right).gradient(of: aShape, aType)) }
      if let left { inputs.add(1, (dy * left).gradient(of: bShape, bType)) }
    }
  }

  /// The quotient, element by element, always of floating type: integers become float32.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    let y = arithmetic(apus_divide, a, b, "/")
    guard a.node != nil || b.node != nil else { return y }
    let (aShape, aType, bShape, bType) = (a.shape, a.dtype, b.shape, b.dtype)
    let divisor = b.detached()
    let quotient = b.node == nil ? nil : y
    return y.recorded(from: a, b) { dy, inputs in
      let da = dy / divisor
      inputs.add(0, da.gradient(of: aShape, aType))
      if let quotient { inputs.add(1, (-(da * quotient)).gradient(of: bShape, bType)) }
    }
  }

  /// The remainder with the sign of the divisor, as in Python and PyTorch.
  ///
  /// Integers modulo zero
  /// give 0, floats NaN.
  public static func % (a: Tensor, b: Tensor) -> Tensor {
    let y = arithmetic(apus_remainder, a, b, "%")
    guard a.node != nil || b.node != nil else { return y }
    let (aShape, aType, bShape, bType) = (a.shape, a.dtype, b.shape, b.dtype)
    let operands = b.node == nil ? nil : (a.detached(), b.detached())
    return y.recorded(from: a, b) { dy, inputs in
      inputs.add(0, dy.gradient(of: aShape, aType))
      if let (a, b) = operands {
        inputs.add(1, (-(dy * (a / b).floor())).gradient(of: bShape, bType))
      }
    }
  }

  /// The negative.
  public static prefix func - (x: Tensor) -> Tensor {
    precondition(x.dtype != .bool, "-: truth values have no negative; `!` inverts them")
    if x.node == nil, let number = x.number {
      switch number {
      case .whole(let value): return Tensor(.whole(0 &- value))
      case .real(let value): return Tensor(.real(-value))
      }
    }
    let y = x.computed(as: x.dtype.computing).mapped(apus_negate, to: x.dtype.computing)
      .computed(as: x.dtype)
    guard x.node != nil else { return y }
    return y.recorded(from: x) { dy, inputs in inputs.add(0, -dy) }
  }

  /// One of the arithmetic maps on two tensors, not tracked.
  @inline(__always)
  static func arithmetic(
    _ code: apus_map_code, _ a: Tensor, _ b: Tensor, _ operation: StaticString
  ) -> Tensor {
    if a.dtype == .float32 && b.dtype == .float32 && a.shape.rank | b.shape.rank != 0 {
      return mapped(code, a, b, to: .float32, operation)
    }
    return arithmeticPromoted(code, a, b, operation)
  }

  @inline(never)
  private static func arithmeticPromoted(
    _ code: apus_map_code, _ a: Tensor, _ b: Tensor, _ operation: StaticString
  ) -> Tensor {
    if let left = a.number, let right = b.number, let y = combined(code, left, right) { return y }
    let (a, b) = typed(a, b)
    var common = promoted(a, b)
    var code = code
    if code == apus_divide && !common.isFloatingPoint { common = .float32 }
    if common == .bool {
      switch code {
      case apus_add, apus_maximum: code = apus_or
      case apus_multiply, apus_minimum: code = apus_and
      default: preconditionFailure("\(operation): truth values do not have it; cast them first")
      }
    }
    let computing = common.computing
    return mapped(
      code, a.computed(as: computing), b.computed(as: computing), to: computing, operation
    ).computed(as: common)
  }

  /// `self = code(self, other)` in place where nobody else holds the memory and the result has the
  /// tensor's own shape and type; otherwise false, and nothing happens.
  @inline(__always)
  private mutating func updateInPlace(_ code: apus_map_code, _ other: Tensor) -> Bool {
    let other = Tensor.typed(self, other).1
    guard node == nil, other.node == nil, dtype == dtype.computing, dtype != .bool,
      Tensor.promoted(self, other) == dtype, isKnownUniquelyReferenced(&storage),
      storage.isWritable, isContiguous, shape.broadcast(with: other.shape, "=") == shape,
      code != apus_divide || dtype.isFloatingPoint
    else { return false }
    Tensor.write(code, self, other.computed(as: dtype), into: self)
    return true
  }

  /// Adds in place where nobody else holds the memory.
  public static func += (a: inout Tensor, b: Tensor) {
    if !a.updateInPlace(apus_add, b) { a = a + b }
  }
  /// Subtracts in place where nobody else holds the memory.
  public static func -= (a: inout Tensor, b: Tensor) {
    if !a.updateInPlace(apus_subtract, b) { a = a - b }
  }
  /// Multiplies in place where nobody else holds the memory.
  public static func *= (a: inout Tensor, b: Tensor) {
    if !a.updateInPlace(apus_multiply, b) { a = a * b }
  }
  /// Divides in place where nobody else holds the memory.
  public static func /= (a: inout Tensor, b: Tensor) {
    if !a.updateInPlace(apus_divide, b) { a = a / b }
  }

  /// Adds the elements of `other`, of the same shape, to the memory this view shows.
  ///
  /// The caller owns that memory and no element of the view shares its place with another.
  package func accumulateInPlace(_ other: Tensor) {
    precondition(
      shape == other.shape, "accumulateInPlace: shapes \(shape) and \(other.shape) differ")
    if dtype == dtype.computing && dtype != .bool {
      Tensor.write(apus_add, self, other.computed(as: dtype), into: self)
    } else {
      (detached() + other.detached()).convertElements(into: self)
    }
  }
}
