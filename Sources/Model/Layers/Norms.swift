public import Tensor

/// Layer normalization with a weight and a bias (Ba and others, 2016).
public struct LayerNorm: TensorTree {
  /// `[width]`.
  public var weight: Tensor
  /// `[width]`.
  public var bias: Tensor?
  /// What is added to the variance.
  public var epsilon: Double

  /// The identity's parameters: ones and, where there is a bias, zeros.
  public init(_ width: Int, bias: Bool = true, epsilon: Double = 1e-5) {
    weight = .ones([width])
    self.bias = bias ? .zeros([width]) : nil
    self.epsilon = epsilon
  }

  /// - Parameter x: `[…, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    layerNorm(x, weight: weight, bias: bias, epsilon: epsilon)
  }

  /// Shows `weight` and `bias`.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor("weight", &weight)
    visitor("bias", &bias)
  }
}

/// Root-mean-square normalization with a weight (Zhang and Sennrich 2019).
public struct RMSNorm: TensorTree {
  /// `[width]`.
  public var weight: Tensor
  /// What is added to the mean square.
  public var epsilon: Double

  /// The identity's parameters: ones.
  public init(_ width: Int, epsilon: Double = 1e-6) {
    weight = .ones([width])
    self.epsilon = epsilon
  }

  /// - Parameter x: `[…, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    rmsNorm(x, weight: weight, epsilon: epsilon)
  }

  /// Shows `weight`.
  public mutating func visit(_ visitor: inout some TensorVisitor) { visitor("weight", &weight) }
}
