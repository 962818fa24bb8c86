import CKernels

/// aᵇ, element by element.
///
/// Integers stay integers; negative powers of them are 0, except of ±1.
public func pow(_ a: Tensor, _ b: Tensor) -> Tensor {
  let y = Tensor.arithmetic(apus_power, a, b, "pow")
  guard a.node != nil || b.node != nil else { return y }
  let (base, exponent) = Tensor.typed(a.detached(), b.detached())
  return y.recorded(from: a, b) { dy, inputs in
    if inputs.wants(0) {
      let slope = exponent * pow(base, exponent - 1)
      let gradient = (dy * slope).maskedFill(exponent .== 0, with: 0)
      inputs.add(0, gradient.gradient(of: base.shape, base.dtype))
    }
    if inputs.wants(1) {
      let still = (base .== 0) .& (exponent .>= 0)
      let gradient = (dy * (y * base.log())).maskedFill(still, with: 0)
      inputs.add(1, gradient.gradient(of: exponent.shape, exponent.dtype))
    }
  }
}

/// aᵇ with one exponent for all elements.
public func pow(_ a: Tensor, _ exponent: Double) -> Tensor {
  guard a.dtype.isFloatingPoint else { return pow(a, Tensor(.real(exponent))) }
  let x = a.detached()
  let y: Tensor
  switch exponent {
  case 1: y = x
  case 2: y = x.squared()
  case 3: y = x * x.squared()
  case 0.5: y = x.sqrt()
  case -0.5: y = x.rsqrt()
  case -1: y = x.reciprocal()
  default: y = pow(x, Tensor(.real(exponent)))
  }
  guard a.node != nil else { return y }
  return y.recorded(from: a) { dy, inputs in
    inputs.add(
      0,
      exponent == 0
        ? Tensor.zeros(x.shape, dtype: x.dtype) : dy * (pow(x, exponent - 1) * exponent))
  }
}

/// aᵇ with one whole exponent for all elements; integers stay integers.
public func pow(_ a: Tensor, _ exponent: Int) -> Tensor {
  a.dtype.isFloatingPoint
    ? pow(a, Double(exponent)) : pow(a, Tensor(.whole(exponent)))
}

/// aᵇ with one base for all elements.
public func pow(_ base: Double, _ b: Tensor) -> Tensor {
  pow(Tensor(.real(base)), b)
}
