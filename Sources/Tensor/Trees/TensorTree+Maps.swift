extension TensorTree {
  /// Calls `body` with each leaf and its path, in visiting order; leaves may be changed.
  public mutating func forEachTensor<Failure: Error>(
    _ body: (_ path: String, _ leaf: inout Tensor) throws(Failure) -> Void
  ) throws(Failure) {
    var failure: Failure?
    withoutActuallyEscaping(body) { body in
      var walk = LeafVisitor<Failure>(body: body)
      visit(&walk)
      failure = walk.failure
    }
    if let failure { throw failure }
  }

  /// The leaves with their paths, in visiting order.
  public var leaves: [(path: String, tensor: Tensor)] {
    var found: [(String, Tensor)] = []
    var copy = self
    copy.forEachTensor { path, leaf in found.append((path, leaf)) }
    return found
  }

  /// The number of elements of all leaves together.
  public var parameterCount: Int { leaves.reduce(0) { $0 + $1.tensor.count } }

  /// The tree with every leaf replaced by `transform` of it.
  public func mapped(_ transform: (Tensor) -> Tensor) -> Self {
    var result = self
    result.forEachTensor { _, leaf in leaf = transform(leaf) }
    return result
  }

  /// The tree whose leaves are `transform` of the leaves of this one and of `other`.
  ///
  /// - Precondition: Both trees have the same number of leaves.
  public func zipped(with other: Self, _ transform: (Tensor, Tensor) -> Tensor) -> Self {
    var result = self
    result.update(along: other.leaves.map(\.tensor)) { leaf, partner in
      leaf = transform(leaf, partner)
    }
    return result
  }

  /// Calls `body` with each leaf, to be changed in place, and its partner from `partners`.
  ///
  /// - Precondition: There are as many partners as leaves.
  package mutating func update(
    along partners: [Tensor], _ body: (inout Tensor, Tensor) -> Void
  ) {
    var index = 0
    forEachTensor { path, leaf in
      precondition(
        index < partners.count, "the trees differ: \(path) has no partner in the other one")
      body(&leaf, partners[index])
      index += 1
    }
    precondition(index == partners.count, "the trees differ: the other one has more leaves")
  }

  /// Adds another gradient to this one, leaf by leaf, in place; absent leaves count as zero.
  ///
  /// Not an operator, because `+=` on an array of tensors would append.
  public mutating func accumulate(_ other: Self) {
    update(along: other.leaves.map(\.tensor)) { leaf, partner in
      if leaf.isAbsent {
        leaf = partner
      } else if !partner.isAbsent {
        leaf.accumulate(partner)
      }
    }
  }
}

private struct LeafVisitor<Failure: Error>: TensorVisitor {
  var path = TensorPath()
  var body: (String, inout Tensor) throws(Failure) -> Void
  var failure: Failure?

  init(body: @escaping (String, inout Tensor) throws(Failure) -> Void) { self.body = body }

  mutating func visit(leaf: inout Tensor) {
    guard failure == nil else { return }
    do { try body(path.description, &leaf) } catch { failure = error }
  }
}
