extension Tensor {
  func doubles() -> [Double] {
    let c = contiguous()
    defer { withExtendedLifetime(c) {} }
    func f<S: TensorScalar>(_ t: S.Type, _ g: (S) -> Double) -> [Double] {
      (0..<count).map { g(c.pointer(as: t)[$0]) }
    }
    switch dtype {
    case .bool: return f(Bool.self) { $0 ? 1 : 0 }
    case .uint8: return f(UInt8.self) { Double($0) }
    case .int8: return f(Int8.self) { Double($0) }
    case .int16: return f(Int16.self) { Double($0) }
    case .int32: return f(Int32.self) { Double($0) }
    case .int64: return f(Int64.self) { Double($0) }
    case .float16: return f(Float16.self) { Double($0) }
    case .bfloat16: return f(BFloat16.self) { Double(Float($0)) }
    case .float32: return f(Float.self) { Double($0) }
    case .float64: return f(Double.self) { $0 }
    }
  }
  static func make(_ v: [Double], _ shape: Shape, _ dtype: DType) -> Tensor {
    switch dtype {
    case .bool: Tensor(v.map { $0 != 0 }, shape: shape)
    case .uint8: Tensor(v.map { UInt8($0) }, shape: shape)
    case .int8: Tensor(v.map { Int8($0) }, shape: shape)
    case .int16: Tensor(v.map { Int16($0) }, shape: shape)
    case .int32: Tensor(v.map { Int32($0) }, shape: shape)
    case .int64: Tensor(v.map { Int64($0) }, shape: shape)
    case .float16: Tensor(v.map { Float16($0) }, shape: shape)
    case .bfloat16: Tensor(v.map { BFloat16(Float($0)) }, shape: shape)
    case .float32: Tensor(v.map { Float($0) }, shape: shape)
    case .float64: Tensor(v, shape: shape)
    }
  }
  public func cast(to dtype: DType) -> Tensor {
    if dtype == self.dtype { return self }
    let old = self.dtype
    return Tensor.make(doubles(), shape, dtype).recorded(from: self) { dy, i in
      i.add(0, dy.cast(to: old))
    }
  }
  public func sum(axes: [Int], keepingAxes: Bool = false) -> Tensor {
    var kept = shape
    for a in axes { kept[a] = 1 }
    var out = [Double](repeating: 0, count: kept.elementCount)
    let strides = kept.rowMajorStrides
    for (p, v) in doubles().enumerated() {
      var rest = p
      var at = 0
      for a in (0..<rank).reversed() {
        let i = rest % shape[a]
        rest /= shape[a]
        if kept[a] != 1 { at += i * strides[a] }
      }
      out[at] += v
    }
    var target = Shape()
    let gone = Set(axes.map { shape.resolved($0) })
    for a in 0..<rank where keepingAxes || !gone.contains(a) { target.append(kept[a]) }
    let whole = shape
    return Tensor.make(out, target, dtype).recorded(from: self) { dy, i in
      i.add(0, dy.reshaped(to: kept).expanded(to: whole))
    }
  }
  public func sum() -> Tensor { sum(axes: Array(0..<rank)) }
  static func zip2(_ a: Tensor, _ b: Tensor, _ f: (Double, Double) -> Double) -> Tensor {
    let s = a.shape.commonBatch(b.shape, "+")
    return make(
      zip(a.detached().expanded(to: s).doubles(), b.detached().expanded(to: s).doubles()).map(f), s,
      a.dtype.promoted(with: b.dtype))
  }
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    let (s, t, d, e) = (a.shape, b.shape, a.dtype, b.dtype)
    return zip2(a, b, +).recorded(from: a, b) { dy, i in
      i.add(0, dy.summed(to: s).cast(to: d))
      i.add(1, dy.summed(to: t).cast(to: e))
    }
  }
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    let (x, y) = (a.detached(), b.detached())
    return zip2(a, b, *).recorded(from: a, b) { dy, i in
      i.add(0, (dy * y).summed(to: x.shape).cast(to: x.dtype))
      i.add(1, (dy * x).summed(to: y.shape).cast(to: y.dtype))
    }
  }
  package func accumulateInPlace(_ other: Tensor) { (detached() + other).cast(to: dtype).copyElements(into: self) }
}
public func matmul(_ a: Tensor, _ b: Tensor) -> Tensor {
  if a.rank == 1 { return matmul(a.unsqueezed(0), b).squeezed(-2) }
  if b.rank == 1 { return matmul(a, b.unsqueezed(-1)).squeezed(-1) }
  return (a.unsqueezed(-1) * b.unsqueezed(-3)).sum(axes: [-2])
}
