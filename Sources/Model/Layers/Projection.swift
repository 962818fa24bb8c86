public import Tensor

/// A matrix applied to the last axis: the place where LoRA or a quantized weight may stand instead
/// of a plain one.
public protocol Projection: TensorTree {
  /// The width of what goes in.
  var inputs: Int { get }
  /// The width of what comes out.
  var outputs: Int { get }
  /// - Parameter x: `[…, inputs]`.
  /// - Returns: `[…, outputs]`.
  func callAsFunction(_ x: Tensor) -> Tensor
}
