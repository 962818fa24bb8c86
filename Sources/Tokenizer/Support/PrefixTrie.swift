/// A map from byte strings to numbers that finds all entries with which a text begins in one walk.
///
/// A double array: the child of a node under a byte lies at the node's base, combined with the byte
/// by exclusive or, and is its child only if it says so. A step is one look into one array.
final class PrefixTrie: @unchecked Sendable {
  struct Node {
    /// Where the children lie; the bytes of a label change its low eight bits.
    var base: UInt32
    /// The node of which this is a child, −1 for a place that is not in use.
    var parent: Int32
    /// The number of the string that ends here, −1 if none does.
    var value: Int32
  }

  /// The node of the empty string.
  static let root: Int32 = 0

  private let nodes: UnsafeMutablePointer<Node>
  /// The number of places.
  let placeCount: Int
  /// The length of the longest string.
  let longest: Int

  /// Makes a trie.
  ///
  /// - Parameters:
  ///   - strings: the strings, all different; their memory must last until the call returns.
  ///   - value: the number of each string, by its index.
  init(_ strings: [UnsafeBufferPointer<UInt8>], value: (Int) -> Int32) {
    var builder = PrefixTrieBuilder(strings)
    builder.build(value)
    placeCount = builder.nodes.count
    longest = strings.reduce(0) { max($0, $1.count) }
    nodes = .allocate(capacity: placeCount)
    builder.nodes.withUnsafeBufferPointer {
      if let start = $0.baseAddress { nodes.initialize(from: start, count: $0.count) }
    }
  }

  deinit { nodes.deallocate() }

  /// The child of a node under a byte, −1 if there is none.
  @inline(__always)
  func child(of node: Int32, _ byte: UInt8) -> Int32 {
    let place = nodes[Int(node)].base ^ UInt32(byte)
    return nodes[Int(place)].parent == node ? Int32(bitPattern: place) : -1
  }

  /// The number of the string that ends at a node, −1 if none does.
  @inline(__always)
  func value(at node: Int32) -> Int32 { nodes[Int(node)].value }

  /// The node of a string, −1 if no entry begins with it.
  func node(of string: some Sequence<UInt8>) -> Int32 {
    var node = Self.root
    for byte in string {
      node = child(of: node, byte)
      if node < 0 { return -1 }
    }
    return node
  }
}

/// Lays out a trie.
///
/// Places come in blocks of 256, because a base reaches only its own block. Old blocks are closed, so
/// that looking for places takes bounded time.
private struct PrefixTrieBuilder {
  /// What is still to do: the strings of a node, all equal up to its depth.
  private struct Task {
    var node: Int32
    var range: Range<Int>
    var depth: Int
  }

  /// How many blocks are searched for free places.
  private static let openBlocks = 16

  private(set) var nodes: [PrefixTrie.Node] = []
  private let strings: [UnsafeBufferPointer<UInt8>]
  /// The indices of strings, grouped as the nodes are made.
  private var order: [Int32]
  private var spare: [Int32]
  /// The free places of open blocks, a list that is linked both ways.
  private var next: [Int32] = []
  private var previous: [Int32] = []
  private var firstFree: Int32 = -1
  private var lastFree: Int32 = -1

  init(_ strings: [UnsafeBufferPointer<UInt8>]) {
    self.strings = strings
    order = Array(0..<Int32(strings.count))
    spare = order
    addBlock()
    use(0, parent: -1)
  }

  mutating func build(_ value: (Int) -> Int32) {
    var tasks = [Task(node: PrefixTrie.root, range: 0..<order.count, depth: 0)]
    var labels: [UInt8] = []
    var bounds: [Int] = []
    while let task = tasks.popLast() {
      var range = task.range
      for at in range where strings[Int(order[at])].count == task.depth {
        nodes[Int(task.node)].value = value(Int(order[at]))
        order.swapAt(at, range.lowerBound)
        range = range.lowerBound + 1..<range.upperBound
        break
      }
      if range.isEmpty { continue }
      group(range, task.depth)
      labels.removeAll(keepingCapacity: true)
      bounds.removeAll(keepingCapacity: true)
      for at in range {
        let byte = strings[Int(order[at])][task.depth]
        if labels.last != byte || at == range.lowerBound {
          labels.append(byte)
          bounds.append(at)
        }
      }
      bounds.append(range.upperBound)
      let base = freeBase(for: labels)
      nodes[Int(task.node)].base = base
      for (index, label) in labels.enumerated() {
        let child = Int32(base ^ UInt32(label))
        use(child, parent: task.node)
        tasks.append(
          Task(node: child, range: bounds[index]..<bounds[index + 1], depth: task.depth + 1))
      }
    }
  }

  /// Brings the strings of a range into the order of their bytes at `depth`.
  private mutating func group(_ range: Range<Int>, _ depth: Int) {
    if range.count <= 24 {
      for at in range.dropFirst() {
        let string = order[at]
        let byte = strings[Int(string)][depth]
        var place = at
        while place > range.lowerBound, strings[Int(order[place - 1])][depth] > byte {
          order[place] = order[place - 1]
          place -= 1
        }
        order[place] = string
      }
      return
    }
    var starts = [Int](repeating: 0, count: 257)
    for at in range { starts[Int(strings[Int(order[at])][depth]) + 1] += 1 }
    starts[0] = range.lowerBound
    for byte in 1...256 { starts[byte] += starts[byte - 1] }
    for at in range {
      let byte = Int(strings[Int(order[at])][depth])
      spare[starts[byte]] = order[at]
      starts[byte] += 1
    }
    for at in range { order[at] = spare[at] }
  }

  /// A base with which the places of all labels are free.
  private mutating func freeBase(for labels: [UInt8]) -> UInt32 {
    var place = firstFree
    while place >= 0 {
      let base = UInt32(place) ^ UInt32(labels[0])
      if labels.allSatisfy({ isFree(Int(base ^ UInt32($0))) }) { return base }
      place = next[Int(place)]
    }
    let base = UInt32(nodes.count)
    addBlock()
    return base
  }

  private func isFree(_ place: Int) -> Bool { nodes[place].parent == -1 && place != 0 }

  private mutating func use(_ place: Int32, parent: Int32) {
    unlink(place)
    nodes[Int(place)].parent = parent
  }

  private mutating func unlink(_ place: Int32) {
    let before = previous[Int(place)]
    let after = next[Int(place)]
    if before >= 0 { next[Int(before)] = after } else { firstFree = after }
    if after >= 0 { previous[Int(after)] = before } else { lastFree = before }
  }

  private mutating func addBlock() {
    let start = nodes.count
    precondition(start < Int(Int32.max) - 256, "PrefixTrie: the strings are too many")
    for place in Int32(start)..<Int32(start + 256) {
      nodes.append(PrefixTrie.Node(base: 0, parent: -1, value: -1))
      previous.append(lastFree)
      next.append(-1)
      if lastFree >= 0 { next[Int(lastFree)] = place } else { firstFree = place }
      lastFree = place
    }
    let closed = start - Self.openBlocks * 256
    if closed >= 0 {
      for place in closed..<closed + 256 where isFree(place) { unlink(Int32(place)) }
    }
  }
}
