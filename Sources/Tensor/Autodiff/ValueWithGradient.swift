/// The value of a scalar function of a tree of tensors, and its gradient: a tree of the same type.
///
/// ```swift
/// let (loss, gradient) = valueWithGradient(at: model) { model in
///   crossEntropy(model(inputs), targets)
/// }
/// ```
///
/// - Parameters:
///   - tree: A model, a tensor, an array of either.
///   - isTrained: Which leaves are differentiated, by their path; the others are constants, and
///     their gradient is the empty tensor ``Tensor/absent``, which optimizers pass over. Leaves
///     that are not floating-point are always constants.
///   - body: The function. Its result must be a single number.
/// - Returns: The value, no longer tracked, and the gradient. A leaf that the value does not depend
///   on has the gradient zero.
public func valueWithGradient<Tree: TensorTree, Failure: Error>(
  at tree: Tree, where isTrained: ((String) -> Bool)? = nil,
  _ body: (Tree) throws(Failure) -> Tensor
) throws(Failure) -> (value: Tensor, gradient: Tree) {
  let result = try valueWithGradient(at: tree, where: isTrained) { tree throws(Failure) in
    (try body(tree), ())
  }
  return (result.value, result.gradient)
}

/// The value and gradient of a function that also returns something that is not differentiated:
/// counts, predictions, a new state.
public func valueWithGradient<Tree: TensorTree, Extra, Failure: Error>(
  at tree: Tree, where isTrained: ((String) -> Bool)? = nil,
  _ body: (Tree) throws(Failure) -> (Tensor, Extra)
) throws(Failure) -> (value: Tensor, gradient: Tree, extra: Extra) {
  var (tracked, leaves) = tracking(tree, where: isTrained)
  let (value, extra) = try body(tracked)
  tracked = tree  // the recording copy must not outlive the recording
  precondition(
    value.count == 1,
    "valueWithGradient: the function must return one number, not a tensor of shape \(value.shape)")
  let gradients = gradients(of: value, seed: .ones(value.shape, dtype: value.dtype))
  return (value.detached(), leaves.gradient(of: tree, from: gradients), extra)
}

/// The gradient of a scalar function of a tree of tensors.
public func gradient<Tree: TensorTree, Failure: Error>(
  at tree: Tree, where isTrained: ((String) -> Bool)? = nil,
  _ body: (Tree) throws(Failure) -> Tensor
) throws(Failure) -> Tree {
  try valueWithGradient(at: tree, where: isTrained, body).gradient
}

/// The value of a function of a tree of tensors, and its pullback: the map from a gradient of the
/// value to the gradient of the tree.
///
/// The pullback can be called many times.
public func valueWithPullback<Tree: TensorTree, Failure: Error>(
  at tree: Tree, where isTrained: ((String) -> Bool)? = nil,
  _ body: (Tree) throws(Failure) -> Tensor
) throws(Failure) -> (value: Tensor, pullback: (Tensor) -> Tree) {
  let (tracked, leaves) = tracking(tree, where: isTrained)
  let value = try body(tracked)
  return (
    value.detached(),
    { seed in
      precondition(
        seed.shape == value.shape,
        "pullback: the gradient has shape \(seed.shape), the value \(value.shape)")
      return leaves.gradient(
        of: tree, from: gradients(of: value, seed: seed.detached(), releasing: false))
    }
  )
}

private func gradients(
  of value: Tensor, seed: Tensor, releasing: Bool = true
) -> [UInt64: Tensor] {
  guard let root = value.node else { return [:] }
  return Cotangents.backward(from: root, seed: seed, releasing: releasing)
}

/// The leaves of a tree that were given a node each, in visiting order; 0 stands for constants.
struct TrackedLeaves {
  fileprivate var orders: [UInt64]

  /// The tree of gradients: what was found for each leaf, or zeros, or absent for constants.
  func gradient<Tree: TensorTree>(of tree: Tree, from found: consuming [UInt64: Tensor]) -> Tree {
    var gradient = tree
    var index = 0
    var found = found
    gradient.forEachTensor { _, leaf in
      let order = orders[index]
      index += 1
      if order == 0 {
        leaf = .absent
      } else {
        leaf = found.removeValue(forKey: order) ?? .zeros(leaf.shape, dtype: leaf.dtype)
      }
    }
    return gradient
  }
}

func tracking<Tree: TensorTree>(
  _ tree: Tree, where isTrained: ((String) -> Bool)?
) -> (Tree, TrackedLeaves) {
  var tracked = tree
  var leaves = TrackedLeaves(orders: [])
  tracked.forEachTensor { path, leaf in
    if leaf.dtype.isFloatingPoint && (isTrained?(path) ?? true) {
      let node = Node.leaf()
      leaf.node = node
      leaves.orders.append(node.order)
    } else {
      leaf.node = nil
      leaves.orders.append(0)
    }
  }
  return (tracked, leaves)
}
