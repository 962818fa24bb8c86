/// Rules over bytes that may call each other: what a constraint is compiled to.
///
/// A rule is a graph of nodes. From a node one goes on with a byte, without one, or by calling a rule
/// and going on where that ends, so that nested structures of any depth can be described.
struct ByteGrammar: Sendable {
  /// A way on with one byte of a range.
  struct Edge: Sendable {
    var low: UInt8
    var high: UInt8
    var target: Int
  }

  /// A way on through all of a rule.
  struct Call: Sendable {
    var rule: Int
    var target: Int
  }

  /// A place in a rule.
  struct Node: Sendable {
    var edges: [Edge] = []
    var jumps: [Int] = []
    var calls: [Call] = []
    /// Whether a rule ends here.
    var isFinal = false
  }

  /// The most nodes a grammar may have.
  static let limit = 400_000

  private(set) var nodes: [Node] = []
  /// Where each rule begins; the first rule is the whole text.
  private(set) var rules: [Int] = []

  /// A new node.
  mutating func node() throws(ConstraintError) -> Int {
    guard nodes.count < ByteGrammar.limit else { throw .tooLarge(limit: ByteGrammar.limit) }
    nodes.append(Node())
    return nodes.count - 1
  }

  /// A new rule, whose first node has no way on yet.
  mutating func rule() throws(ConstraintError) -> (rule: Int, start: Int) {
    let start = try node()
    rules.append(start)
    return (rules.count - 1, start)
  }

  mutating func addEdge(_ from: Int, _ low: UInt8, _ high: UInt8, to target: Int) {
    nodes[from].edges.append(Edge(low: low, high: high, target: target))
  }

  mutating func addJump(_ from: Int, to target: Int) { nodes[from].jumps.append(target) }

  mutating func addCall(_ from: Int, _ rule: Int, to target: Int) {
    nodes[from].calls.append(Call(rule: rule, target: target))
  }

  mutating func end(_ node: Int) { nodes[node].isFinal = true }

  /// Goes on with these bytes, one after the other; returns where that leads.
  mutating func literal(
    _ bytes: some Sequence<UInt8>, from start: Int
  ) throws(ConstraintError) -> Int {
    var place = start
    for byte in bytes {
      let next = try node()
      addEdge(place, byte, byte, to: next)
      place = next
    }
    return place
  }

  mutating func literal(_ text: String, from start: Int) throws(ConstraintError) -> Int {
    try literal(Array(text.utf8), from: start)
  }

  /// Goes on with one code point of a set, as UTF-8.
  mutating func codePoint(
    of set: CodePointRanges, from start: Int, to end: Int
  ) throws(ConstraintError) {
    for range in set.ranges {
      for bytes in utf8Ranges(range) {
        var place = start
        for (index, byte) in bytes.enumerated() {
          let next = index == bytes.count - 1 ? end : try node()
          addEdge(place, byte.lowerBound, byte.upperBound, to: next)
          place = next
        }
      }
    }
  }

  /// Takes away every way on that needs one of these bytes.
  mutating func forbid(_ isForbidden: [Bool]) {
    for index in nodes.indices {
      nodes[index].edges = nodes[index].edges.flatMap { edge -> [Edge] in
        var parts: [Edge] = []
        for byte in edge.low...edge.high where !isForbidden[Int(byte)] {
          if let last = parts.last, Int(last.high) + 1 == Int(byte) {
            parts[parts.count - 1].high = byte
          } else {
            parts.append(Edge(low: byte, high: byte, target: edge.target))
          }
        }
        return parts
      }
    }
  }

  /// Whether each node can reach the end of its rule.
  func productiveNodes() -> [Bool] {
    var isProductive = nodes.map(\.isFinal)
    // Who has to be looked at again when a node turns out productive.
    var waiting = [[Int]](repeating: [], count: nodes.count)
    for (index, node) in nodes.enumerated() {
      for edge in node.edges { waiting[edge.target].append(index) }
      for target in node.jumps { waiting[target].append(index) }
      for call in node.calls {
        waiting[call.target].append(index)
        waiting[rules[call.rule]].append(index)
      }
    }
    var work = nodes.indices.filter { isProductive[$0] }
    while let done = work.popLast() {
      for index in waiting[done] where !isProductive[index] {
        let node = nodes[index]
        if node.edges.contains(where: { isProductive[$0.target] })
          || node.jumps.contains(where: { isProductive[$0] })
          || node.calls.contains(where: {
            isProductive[$0.target] && isProductive[rules[$0.rule]]
          })
        {
          isProductive[index] = true
          work.append(index)
        }
      }
    }
    return isProductive
  }

  /// Whether a rule calls itself before it takes a byte, which could go on forever.
  var isLeftRecursive: Bool {
    var isEmpty = [Bool](repeating: false, count: rules.count)
    var changed = true
    while changed {
      changed = false
      for rule in rules.indices where !isEmpty[rule] && reach(rule, isEmpty).isEmpty {
        isEmpty[rule] = true
        changed = true
      }
    }
    // 0 is new, 1 on the way, 2 done.
    var marks = [UInt8](repeating: 0, count: rules.count)
    for rule in rules.indices where marks[rule] == 0 {
      var path: [(rule: Int, calls: [Int])] = [(rule, Array(reach(rule, isEmpty).calls))]
      marks[rule] = 1
      while let top = path.last {
        guard let next = path[path.count - 1].calls.popLast() else {
          marks[top.rule] = 2
          path.removeLast()
          continue
        }
        if marks[next] == 1 { return true }
        if marks[next] == 0 {
          marks[next] = 1
          path.append((next, Array(reach(next, isEmpty).calls)))
        }
      }
    }
    return false
  }

  /// Which rules a rule calls before it takes a byte, and whether it can end without one.
  private func reach(_ rule: Int, _ isEmptyRule: [Bool]) -> (calls: Set<Int>, isEmpty: Bool) {
    var calls: Set<Int> = []
    var seen: Set<Int> = [rules[rule]]
    var work = [rules[rule]]
    var isEmpty = false
    while let index = work.popLast() {
      let node = nodes[index]
      isEmpty = isEmpty || node.isFinal
      var targets = node.jumps
      for call in node.calls {
        calls.insert(call.rule)
        if isEmptyRule[call.rule] { targets.append(call.target) }
      }
      for target in targets where seen.insert(target).inserted { work.append(target) }
    }
    return (calls, isEmpty)
  }
}
