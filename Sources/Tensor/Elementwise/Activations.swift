import CKernels

/// Which of two functions goes by the name GELU (Hendrycks and Gimpel 2016, arXiv:1606.08415).
public enum GELU: Sendable {
  /// x Φ(x) with the normal distribution's Φ, as `torch.nn.functional.gelu`.
  case exact
  /// x (1 + tanh(√(2/π) (x + 0.044715 x³))) / 2, which GPT-2 uses.
  case tanh
}

/// The nonlinear functions of neural networks, with fused derivatives.
extension Tensor {
  /// The logistic function, 1 / (1 + e⁻ˣ).
  public func sigmoid() -> Tensor {
    let y = real(apus_sigmoid)
    guard node != nil else { return y }
    return y.recorded(from: self) { dy, inputs in
      inputs.add(0, Tensor.slope(apus_sigmoid_slope, dy, y))
    }
  }

  /// ln(1 + eˣ), without overflow.
  public func softplus() -> Tensor { activated(apus_softplus, apus_softplus_slope) }

  /// x where it is positive, else 0; the derivative at 0 is 0; integers stay integers.
  public func relu() -> Tensor {
    precondition(dtype != .bool, "relu: truth values do not have it; cast them first")
    let computing = dtype.computing
    let y = computed(as: computing).mapped(apus_relu, to: computing).computed(as: dtype)
    guard node != nil else { return y }
    return y.recorded(from: self) { dy, inputs in
      inputs.add(0, Tensor.slope(apus_relu_slope, dy, y))
    }
  }

  /// The Gaussian error linear unit.
  public func gelu(_ kind: GELU = .exact) -> Tensor {
    switch kind {
    case .exact: activated(apus_gelu, apus_gelu_slope)
    case .tanh: activated(apus_gelu_tanh, apus_gelu_tanh_slope)
    }
  }

  /// x σ(x), also called swish.
  ///
  /// Elfwing, Uchibe and Doya 2017, arXiv:1702.03118.
  public func silu() -> Tensor { activated(apus_silu, apus_silu_slope) }

  private func activated(_ code: apus_map_code, _ slope: apus_map_code) -> Tensor {
    let y = real(code)
    guard node != nil else { return y }
    let x = detached()
    return y.recorded(from: self) { dy, inputs in inputs.add(0, Tensor.slope(slope, dy, x)) }
  }
}
