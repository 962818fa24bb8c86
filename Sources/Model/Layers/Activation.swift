public import Tensor

/// An activation function, under the names that Hugging Face configurations use.
public enum Activation: String, Sendable, CaseIterable {
  /// x · Φ(x) by the error function.
  case gelu
  /// x · Φ(x) by the hyperbolic tangent, as GPT-2 was trained.
  case geluNew = "gelu_new"
  /// The same formula under PyTorch's name.
  case geluTanh = "gelu_pytorch_tanh"
  /// The same formula under a third name.
  case geluFast = "gelu_fast"
  /// x · sigmoid(1.702 x).
  case geluQuick = "quick_gelu"
  /// max(x, 0).
  case relu
  /// max(x, 0)².
  case reluSquared = "relu2"
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
    case .geluNew, .geluTanh, .geluFast: x.gelu(.tanh)
    case .geluQuick: x * (x * 1.702).sigmoid()
    case .relu: x.relu()
    case .reluSquared: x.relu().squared()
    case .silu, .swish: x.silu()
    case .tanh: x.tanh()
    }
  }
}
