import Synchronization

/// One recorded operation: which values it read, and how a gradient of its result becomes gradients
/// of those.
///
/// A node never changes while a graph is recorded. A backward pass that is told to release the
/// graph empties each node as it leaves it, so a step's memory shrinks while it runs.
package final class Node: @unchecked Sendable {
  /// Adds the gradients of the inputs, given the gradient of the result.
  package typealias Pullback = (_ gradient: Tensor, _ inputs: inout Cotangents) -> Void

  /// Every node is younger than its parents.
  package let order: UInt64
  package private(set) var first: Node?
  package private(set) var second: Node?
  package private(set) var third: Node?
  /// The fourth input and those after it.
  package private(set) var others: [Node?]
  package private(set) var pullback: Pullback?

  private static let counter = Atomic<UInt64>(1)

  package init(
    _ first: Node?, _ second: Node? = nil, _ third: Node? = nil, others: [Node?] = [],
    pullback: Pullback?
  ) {
    order = Node.counter.wrappingAdd(1, ordering: .relaxed).oldValue
    self.first = first
    self.second = second
    self.third = third
    self.others = others
    self.pullback = pullback
  }

  /// A node without inputs: a value that derivatives are taken with respect to.
  package static func leaf() -> Node { Node(nil, pullback: nil) }

  package func parent(_ index: Int) -> Node? {
    switch index {
    case 0: first
    case 1: second
    case 2: third
    default: others[index - 3]
    }
  }

  /// Drops the inputs and whatever the pullback holds.
  package func release() {
    pullback = nil
    first = nil
    second = nil
    third = nil
    others = []
  }

  /// Releases ancestors one after the other: left to the runtime, a chain of a million operations
  /// would be released by a million nested calls.
  deinit {
    guard first != nil || second != nil || third != nil || !others.isEmpty else { return }
    var dying: [Node] = []
    func take(_ slot: inout Node?) {
      if isKnownUniquelyReferenced(&slot), let node = slot.take() { dying.append(node) }
      slot = nil
    }
    take(&first)
    take(&second)
    take(&third)
    for index in others.indices { take(&others[index]) }
    while let node = dying.popLast() {
      take(&node.first)
      take(&node.second)
      take(&node.third)
      for index in node.others.indices { take(&node.others[index]) }
    }
  }
}
