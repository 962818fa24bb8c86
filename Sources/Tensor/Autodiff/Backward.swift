/// The gradients that a backward pass has found but not yet used, seen from the node it is at.
package struct Cotangents {
  private var pending: [UInt64: Tensor] = [:]
  private var queue = NodeQueue()
  private var current: Node?

  /// Whether input `index` of the current operation leads to something whose gradient is asked for;
  /// where it does not, the pullback can save itself the work.
  package func wants(_ index: Int) -> Bool { current?.parent(index) != nil }

  /// Adds `gradient` to the gradient of input `index`.
  package mutating func add(_ index: Int, _ gradient: @autoclosure () -> Tensor) {
    guard let parent = current?.parent(index) else { return }
    deposit(gradient(), at: parent)
  }

  /// Lets `body` change the gradient of input `index`, nil being zero.
  ///
  /// This is how a matrix product adds to a gradient in place instead of into a temporary.
  package mutating func update(_ index: Int, _ body: (inout Tensor?) -> Void) {
    guard let parent = current?.parent(index) else { return }
    var sum = pending.removeValue(forKey: parent.order)
    if sum == nil { queue.insert(parent) }
    body(&sum)
    pending[parent.order] = sum
  }

  private mutating func deposit(_ gradient: Tensor, at node: Node) {
    if var sum = pending.removeValue(forKey: node.order) {
      sum.accumulate(gradient)
      pending[node.order] = sum
    } else {
      pending[node.order] = gradient.detached()
      queue.insert(node)
    }
  }

  /// Carries `seed`, the gradient of `root`'s value, back to the leaves.
  ///
  /// - Parameter releasing: Whether nodes are emptied once they are done with.
  /// - Returns: The gradients of the leaves, by the order of their nodes.
  package static func backward(
    from root: Node, seed: Tensor, releasing: Bool
  ) -> [UInt64: Tensor] {
    var cotangents = Cotangents()
    var leaves: [UInt64: Tensor] = [:]
    cotangents.deposit(seed, at: root)
    while let node = cotangents.queue.removeYoungest() {
      guard let gradient = cotangents.pending.removeValue(forKey: node.order) else { continue }
      guard let pullback = node.pullback else {
        leaves[node.order] = gradient
        continue
      }
      cotangents.current = node
      pullback(gradient, &cotangents)
      cotangents.current = nil
      if releasing { node.release() }
    }
    return leaves
  }
}

/// The nodes that wait for their turn, youngest first, each once: a binary heap.
private struct NodeQueue {
  private var heap: [Node] = []

  mutating func insert(_ node: Node) {
    var child = heap.count
    heap.append(node)
    while child > 0 {
      let parent = (child - 1) / 2
      if heap[parent].order > heap[child].order { return }
      heap.swapAt(parent, child)
      child = parent
    }
  }

  mutating func removeYoungest() -> Node? {
    guard let youngest = heap.first else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return youngest }
    heap[0] = last
    var parent = 0
    while true {
      var child = 2 * parent + 1
      guard child < heap.count else { break }
      if child + 1 < heap.count, heap[child + 1].order > heap[child].order { child += 1 }
      if heap[parent].order > heap[child].order { break }
      heap.swapAt(parent, child)
      parent = child
    }
    return youngest
  }
}
