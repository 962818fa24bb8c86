/// An operation of one input with its derivative.
///
/// `body` gets the value untracked, so any Swift may run there, and returns the result together
/// with the pullback: the function from the gradient of the result to the gradient of the input.
///
/// ```swift
/// func square(_ x: Tensor) -> Tensor {
///   differentiable(x) { x in (x * x, { dy in 2 * dy * x }) }
/// }
/// ```
///
/// Check a derivative of your own with ``checkGradient(at:tolerance:step:_:)``.
public func differentiable(
  _ x: Tensor, _ body: (Tensor) -> (Tensor, (Tensor) -> Tensor)
) -> Tensor {
  var (y, pullback) = body(x.detached())
  guard x.isTracked else { return y.detached() }
  y.node = Node(x.node) { dy, inputs in inputs.add(0, pullback(dy)) }
  return y
}

/// An operation of two inputs with its derivatives; see ``differentiable(_:_:)``.
public func differentiable(
  _ a: Tensor, _ b: Tensor,
  _ body: (Tensor, Tensor) -> (Tensor, (Tensor) -> (Tensor, Tensor))
) -> Tensor {
  var (y, pullback) = body(a.detached(), b.detached())
  guard a.isTracked || b.isTracked else { return y.detached() }
  y.node = Node(a.node, b.node) { dy, inputs in
    let (da, db) = pullback(dy)
    inputs.add(0, da)
    inputs.add(1, db)
  }
  return y
}

/// An operation of three inputs with its derivatives; see ``differentiable(_:_:)``.
public func differentiable(
  _ a: Tensor, _ b: Tensor, _ c: Tensor,
  _ body: (Tensor, Tensor, Tensor) -> (Tensor, (Tensor) -> (Tensor, Tensor, Tensor))
) -> Tensor {
  var (y, pullback) = body(a.detached(), b.detached(), c.detached())
  guard a.isTracked || b.isTracked || c.isTracked else { return y.detached() }
  y.node = Node(a.node, b.node, c.node) { dy, inputs in
    let (da, db, dc) = pullback(dy)
    inputs.add(0, da)
    inputs.add(1, db)
    inputs.add(2, dc)
  }
  return y
}

extension Tensor {
  /// The value of an operation of the library on `inputs`, with its pullback when any is tracked.
  ///
  /// Unlike `differentiable`, the pullback sees which inputs want a gradient and can add to
  /// gradients in place.
  package func recorded(
    from a: Tensor, _ b: Tensor? = nil, _ c: Tensor? = nil,
    _ pullback: @escaping Node.Pullback
  ) -> Tensor {
    guard a.node != nil || b?.node != nil || c?.node != nil else { return self }
    var result = self
    result.node = Node(a.node, b?.node, c?.node, pullback: pullback)
    return result
  }

  /// As ``recorded(from:_:_:_:)``, for any number of inputs.
  package func recorded(
    fromAll inputs: [Tensor], _ pullback: @escaping Node.Pullback
  ) -> Tensor {
    guard inputs.contains(where: { $0.node != nil }) else { return self }
    var result = self
    let nodes = inputs.map(\.node)
    result.node = Node(
      nodes.first ?? nil, nodes.count > 1 ? nodes[1] : nil, nodes.count > 2 ? nodes[2] : nil,
      others: Array(nodes.dropFirst(3)), pullback: pullback)
    return result
  }
}
