public import Tensor

/// An activation function, under the names that Hugging Face configurations use.
public enum Activation: String, Sendable, CaseIterable {
  /// x · Φ(x) by the error function.
  case gelu
  /// x · Φ(x) by the hyperbolic tangent, as GPT-2 was trained.
  case geluNew = "gelu_new"
  /// The same formula under PyTorch's name.
  case geluTanh = "gelu_pytorch_tanh"
  /// max(x, 0).
  case relu
  /// x · sigmoid(x).
  case silu
  /// The same under its other name.
  case swish
  /// The hyperbolic tangent.
  case tanh

  /// The function's value for each element.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    switch self {
    case .gelu: x.gelu()
    case .geluNew, .geluTanh: x.gelu(.tanh)
    case .relu: x.relu()
    case .silu, .swish: x.silu()
    case .tanh: x.tanh()
    }
  }
}
