/// What ``checkGradient(at:tolerance:step:_:)`` found.
public struct GradientCheck: Sendable, CustomStringConvertible {
  /// The largest difference between a recorded derivative and its finite difference, relative to
  /// the larger of 1 and the derivative.
  public var worstError: Double
  /// The path and position of the leaf element with that difference.
  public var worstPlace: String
  /// The recorded derivative there.
  public var recorded: Double
  /// The finite difference there.
  public var measured: Double
  /// Whether the worst error is within the tolerance.
  public var passed: Bool

  /// A sentence with the worst place and both numbers.
  public var description: String {
    "gradient \(passed ? "agrees" : "differs"): at \(worstPlace) recorded \(recorded), "
      + "measured \(measured), error \(worstError)"
  }
}

/// Compares the derivatives of `body` with central differences, in float64.
///
/// The result of `body` may have any shape: its elements are summed with fixed uneven weights, so
/// that every one of them is checked.
///
/// - Parameters:
///   - tree: Where to differentiate; its leaves are cast to float64.
///   - tolerance: The largest error that passes.
///   - step: The distance of the central difference.
///   - body: The function to check. It must compute in float64 when its input has that type.
public func checkGradient<Tree: TensorTree>(
  at tree: Tree, tolerance: Double = 1e-6, step: Double = 1e-5, _ body: (Tree) -> Tensor
) -> GradientCheck {
  var point = tree
  point.forEachTensor { _, leaf in
    if leaf.dtype.isFloatingPoint { leaf = leaf.detached().cast(to: .float64).copied() }
  }
  func weighted(_ tree: Tree) -> Tensor {
    let value = body(tree)
    let weights: [Double] = (0..<value.count).map { position in
      let residue = (position * 7919) % 13
      return 1 + Double(residue) / 26
    }
    return (value.cast(to: .float64) * Tensor(weights, shape: value.shape)).sum()
  }
  var slope = gradient(at: point, weighted)
  var recorded: [(path: String, values: [Double])] = []
  slope.forEachTensor { path, leaf in recorded.append((path, leaf.scalars(as: Double.self))) }

  var check = GradientCheck(
    worstError: 0, worstPlace: "nowhere", recorded: 0, measured: 0, passed: true)
  for (leafIndex, leaf) in recorded.enumerated() {
    for (position, derivative) in leaf.values.enumerated() {
      func value(shiftedBy shift: Double) -> Double {
        var shifted = point
        var index = 0
        shifted.forEachTensor { _, tensor in
          if index == leafIndex {
            tensor.withUnsafeMutableElements(as: Double.self) { $0[position] += shift }
          }
          index += 1
        }
        return weighted(shifted).scalar(as: Double.self)
      }
      let measured = (value(shiftedBy: step) - value(shiftedBy: -step)) / (2 * step)
      let error = abs(measured - derivative) / max(1, abs(derivative))
      if !(error <= check.worstError) {
        check = GradientCheck(
          worstError: error, worstPlace: "\(leaf.path)[\(position)]", recorded: derivative,
          measured: measured, passed: error <= tolerance)
      }
    }
  }
  return check
}
