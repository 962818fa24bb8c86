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

extension TensorVisitor {
  /// Walks through a projection that may not be there.
  public mutating func callAsFunction(_ name: String, _ child: inout (any Projection)?) {
    guard var projection = child.take() else { return }  // so that it is changed in place
    self(name, &projection)
    child = projection
  }
}
