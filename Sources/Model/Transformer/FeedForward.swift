public import Tensor

/// A feed-forward layer, gated or not.
public struct FeedForward: TensorTree {
  /// The half that is activated, `[width, innerWidth]`; nil where there is no gate or it is part of
  /// `up`.
  public var gate: (any Projection)?
  /// `[width, innerWidth]`, or gate and up in one, `[width, 2 · innerWidth]`.
  public var up: any Projection
  /// `[innerWidth, width]`.
  public var down: any Projection
  /// How it is built.
  public let design: FeedForwardDesign
  var names: FeedForwardNames

  init(
    _ width: Int, _ design: FeedForwardDesign, names: FeedForwardNames, deviation: Double,
    using initializer: inout WeightInitializer
  ) {
    func matrix(_ inputs: Int, _ outputs: Int) -> any Projection {
      makeProjection(
        inputs, outputs, bias: design.hasBias, transposed: design.isTransposed,
        deviation: deviation, using: &initializer)
    }
    let joined = design.isGated && design.isJoined
    if design.isGated && !joined { gate = matrix(width, design.innerWidth) }
    up = matrix(width, joined ? 2 * design.innerWidth : design.innerWidth)
    down = matrix(design.innerWidth, width)
    self.design = design
    self.names = names
  }

  /// - Parameter x: `[…, width]`.
  /// - Returns: `[…, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    if !design.isGated { return down(design.activation(up(x))) }
    let (gated, upper): (Tensor, Tensor)
    if let gate {
      (gated, upper) = (gate(x), up(x))
    } else {
      let parts = up(x).split(every: design.innerWidth, axis: -1)
      (gated, upper) = (parts[0], parts[1])
    }
    switch design.activation {
    case .silu, .swish: return down(swiGLU(gate: gated, up: upper))
    default: return down(design.activation(gated) * upper)
    }
  }

  /// Shows the matrices.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor(names.gate, &gate)
    visitor(design.isGated && design.isJoined ? names.gateUp : names.up, &up)
    visitor(names.down, &down)
  }
}
