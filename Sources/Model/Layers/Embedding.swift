public import Tensor

/// A table of vectors, one a token or position.
public struct Embedding: TensorTree {
  /// `[count, width]`.
  public var weight: Tensor

  /// A layer with this table.
  public init(weight: Tensor) { self.weight = weight }

  /// A table of normal numbers.
  public init(
    _ count: Int, _ width: Int, deviation: Double = 0.02, using initializer: inout WeightInitializer
  ) {
    weight = initializer.normal([count, width], deviation: deviation)
  }

  /// - Parameter ids: Integers, `[…]`.
  /// - Returns: `[…, width]`.
  public func callAsFunction(_ ids: Tensor) -> Tensor { embedding(ids, weight) }

  /// Shows `weight`.
  public mutating func visit(_ visitor: inout some TensorVisitor) { visitor("weight", &weight) }
}
