public import Tensor

/// x · weightᵀ + bias.
public struct Linear: Projection {
  /// `[outputs, inputs]`.
  public var weight: Tensor
  /// `[outputs]`.
  public var bias: Tensor?

  /// A layer with these weights.
  public init(weight: Tensor, bias: Tensor? = nil) {
    self.weight = weight
    self.bias = bias
  }

  /// A layer with normal weights and a bias of zeros.
  public init(
    _ inputs: Int, _ outputs: Int, bias: Bool = false, deviation: Double = 0.02,
    using initializer: inout WeightInitializer
  ) {
    weight = initializer.normal([outputs, inputs], deviation: deviation)
    self.bias = bias ? .zeros([outputs]) : nil
  }

  /// The width of what goes in.
  public var inputs: Int { weight.shape[1] }
  /// The width of what comes out.
  public var outputs: Int { weight.shape[0] }

  /// - Parameter x: `[…, inputs]`.
  /// - Returns: `[…, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { linear(x, weight, bias) }

  /// Shows `weight` and `bias`.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor("weight", &weight)
    visitor("bias", &bias)
  }
}

/// x · weight + bias: a linear layer whose weight is stored as GPT-2's files store it (`Conv1D`).
public struct TransposedLinear: Projection {
  /// `[inputs, outputs]`.
  public var weight: Tensor
  /// `[outputs]`.
  public var bias: Tensor

  /// A layer with these weights.
  public init(weight: Tensor, bias: Tensor) {
    self.weight = weight
    self.bias = bias
  }

  /// A layer with normal weights and a bias of zeros.
  public init(
    _ inputs: Int, _ outputs: Int, deviation: Double = 0.02,
    using initializer: inout WeightInitializer
  ) {
    weight = initializer.normal([inputs, outputs], deviation: deviation)
    bias = .zeros([outputs])
  }

  /// The width of what goes in.
  public var inputs: Int { weight.shape[0] }
  /// The width of what comes out.
  public var outputs: Int { weight.shape[1] }

  /// - Parameter x: `[…, inputs]`.
  /// - Returns: `[…, outputs]`.
  public func callAsFunction(_ x: Tensor) -> Tensor { linear(x, weight.transposed(), bias) }

  /// Shows `weight` and `bias`.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor("weight", &weight)
    visitor("bias", &bias)
  }
}
