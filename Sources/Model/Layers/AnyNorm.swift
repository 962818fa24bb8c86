public import Tensor

/// A norm of any kind that an ``Architecture`` asks for.
public struct AnyNorm: TensorTree {
  /// `[width]`; nil for a norm without parameters.
  public var weight: Tensor?
  /// `[width]`.
  public var bias: Tensor?
  /// Its kind.
  public let design: NormDesign

  /// The identity's parameters.
  public init(_ width: Int, _ design: NormDesign) {
    self.design = design
    switch design {
    case .rms(_, let offset): weight = .full([width], 1 - offset)
    case .layer(_, let hasBias):
      weight = .ones([width])
      bias = hasBias ? .zeros([width]) : nil
    case .plain: break
    }
  }

  /// - Parameter x: `[…, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch design {
    case .rms(let epsilon, let offset):
      let weight = weight ?? .ones([x.shape[-1]])
      return rmsNorm(x, weight: offset == 0 ? weight : weight + offset, epsilon: epsilon)
    case .layer(let epsilon, _): return layerNorm(x, weight: weight, bias: bias, epsilon: epsilon)
    case .plain(let epsilon): return layerNorm(x, weight: nil, bias: nil, epsilon: epsilon)
    }
  }

  /// Shows `weight` and `bias`.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor("weight", &weight)
    visitor("bias", &bias)
  }
}
