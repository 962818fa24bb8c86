public import Tensor

/// Where the first weights of a layer come from: random numbers, or nothing but a shape for a model
/// that is about to be loaded.
public struct WeightInitializer: Sendable {
  /// The random numbers; nil for placeholders.
  public var stream: RandomStream?

  /// Random weights from a stream.
  public init(_ stream: RandomStream) { self.stream = stream }

  private init() { stream = nil }

  /// Zeros that take no memory, to be replaced by a checkpoint's tensors.
  public static let placeholder = WeightInitializer()

  /// Normal numbers with this standard deviation.
  public mutating func normal(_ shape: Shape, deviation: Double) -> Tensor {
    guard stream != nil else { return Tensor(0).expanded(to: shape) }
    var random = stream.take() ?? RandomStream(seed: 0)
    defer { stream = random }
    return .normal(shape, deviation: deviation, using: &random)
  }
}
