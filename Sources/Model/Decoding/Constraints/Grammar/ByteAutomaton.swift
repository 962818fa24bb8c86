/// Runs a grammar over bytes: states are made when they are first reached, and kept.
///
/// A state is a set of places in rules, each with the rules that are to be gone on with afterwards. Every
/// state can still reach the end of the text; a byte after which none could leads nowhere.
struct ByteAutomaton: Sendable {
  /// The state of a text that cannot be continued to one that satisfies the grammar.
  static let dead: Int32 = -1
  private static let unknown: Int32 = -2

  private let grammar: ByteGrammar
  private let isProductive: [Bool]
  /// The rules that a place is in: where the innermost one is gone on with, and the rest.
  private var stacks: [(node: Int32, rest: Int32)] = []
  private var stackIDs: [UInt64: Int32] = [:]
  /// For each state, its places: node and stack, sorted.
  private var states: [[UInt64]] = []
  private var stateIDs: [[UInt64]: Int32] = [:]
  private var accepting: [Bool] = []
  /// Where each byte leads from each state.
  private var table: [Int32] = []

  /// nil if no text satisfies the grammar.
  init?(_ grammar: ByteGrammar) {
    self.grammar = grammar
    isProductive = grammar.productiveNodes()
    guard let start = grammar.rules.first, isProductive[start] else { return nil }
    reset()
  }

  /// The state of the empty text.
  static let start: Int32 = 0

  /// How many states are known.
  var count: Int { states.count }

  /// Whether a text may end in a state.
  func isAccepting(_ state: Int32) -> Bool { accepting[Int(state)] }

  /// Forgets all states; only ``start`` is known again.
  mutating func reset() {
    stacks = []
    stackIDs = [:]
    states = []
    stateIDs = [:]
    accepting = []
    table = []
    var places = PlaceSet()
    add(grammar.rules[0], 0, to: &places)
    _ = intern(places)
  }

  /// The state after one more byte.
  mutating func step(_ state: Int32, _ byte: UInt8) -> Int32 {
    let slot = Int(state) * 256 + Int(byte)
    let known = table[slot]
    if known != ByteAutomaton.unknown { return known }
    var places = PlaceSet()
    for place in states[Int(state)] {
      let stack = Int32(truncatingIfNeeded: place & 0xFFFF_FFFF)
      for edge in grammar.nodes[Int(place >> 32)].edges
      where edge.low <= byte && byte <= edge.high {
        add(edge.target, stack, to: &places)
      }
    }
    let next = intern(places)
    table[slot] = next
    return next
  }

  /// Places that are being collected for a state.
  private struct PlaceSet {
    var seen: Set<UInt64> = []
    /// Those from which a byte leads on.
    var kept: [UInt64] = []
    var isAccepting = false
  }

  /// Adds a place and all that is reached from it without a byte.
  private mutating func add(_ node: Int, _ stack: Int32, to places: inout PlaceSet) {
    var work: [(node: Int, stack: Int32)] = [(node, stack)]
    while let (node, stack) = work.popLast() {
      guard isProductive[node] else { continue }
      let place = UInt64(node) << 32 | UInt64(UInt32(stack))
      guard places.seen.insert(place).inserted else { continue }
      let value = grammar.nodes[node]
      if !value.edges.isEmpty { places.kept.append(place) }
      for target in value.jumps { work.append((target, stack)) }
      for call in value.calls where isProductive[call.target] {
        work.append((grammar.rules[call.rule], push(call.target, stack)))
      }
      if value.isFinal {
        if stack == 0 {
          places.isAccepting = true
        } else {
          let top = stacks[Int(stack) - 1]
          work.append((Int(top.node), top.rest))
        }
      }
    }
  }

  /// The stack on which a rule is gone on with at `node`.
  private mutating func push(_ node: Int, _ rest: Int32) -> Int32 {
    let value = grammar.nodes[node]
    // What would only end the calling rule need not be remembered; so lists do not grow the stack.
    if value.isFinal && value.edges.isEmpty && value.jumps.isEmpty && value.calls.isEmpty {
      return rest
    }
    let key = UInt64(node) << 32 | UInt64(UInt32(rest))
    if let id = stackIDs[key] { return id }
    stacks.append((Int32(node), rest))
    let id = Int32(stacks.count)
    stackIDs[key] = id
    return id
  }

  private mutating func intern(_ places: PlaceSet) -> Int32 {
    if places.kept.isEmpty && !places.isAccepting { return ByteAutomaton.dead }
    var key = places.kept.sorted()
    // An accepting state differs from one with the same places that is not.
    key.append(places.isAccepting ? 1 : 0)
    if let id = stateIDs[key] { return id }
    let id = Int32(states.count)
    stateIDs[key] = id
    key.removeLast()
    states.append(key)
    accepting.append(places.isAccepting)
    table.append(contentsOf: repeatElement(ByteAutomaton.unknown, count: 256))
    return id
  }
}
