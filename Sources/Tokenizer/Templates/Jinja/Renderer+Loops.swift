/// The variable `loop`.
final class LoopValue: ObjectValue {
  private let next: () throws(TemplateFault) -> Value?
  private var known: Int?
  /// An item that was looked at before its turn.
  private var ahead: [Value] = []
  private var isExhausted = false
  /// The number of the current item, from 0.
  private(set) var index0 = -1
  private(set) var current: Value?
  private(set) var previous: Value?
  var lastChanged: [Value]?
  /// How deeply a recursive loop is in itself, from 0.
  let depth0: Int
  /// Renders the body again for other items, where the loop is recursive.
  let recurse: ((Value, Int) throws(TemplateFault) -> Value)?

  init(
    count: Int?, depth0: Int, next: @escaping () throws(TemplateFault) -> Value?,
    recurse: ((Value, Int) throws(TemplateFault) -> Value)?
  ) {
    known = count
    self.next = next
    self.depth0 = depth0
    self.recurse = recurse
  }

  override var typeName: String { "LoopContext" }

  /// Goes on to the next item.
  func advance() throws(TemplateFault) -> Value? {
    let item: Value?
    if ahead.isEmpty {
      item = isExhausted ? nil : try next()
    } else {
      item = ahead.removeFirst()
    }
    guard let item else {
      isExhausted = true
      return nil
    }
    index0 += 1
    previous = current
    current = item
    return item
  }

  /// The item after the current one.
  func peek() throws(TemplateFault) -> Value? {
    if let first = ahead.first { return first }
    if isExhausted { return nil }
    guard let item = try next() else {
      isExhausted = true
      return nil
    }
    ahead = [item]
    return item
  }

  /// The number of items; those of an iterator are all fetched.
  func count() throws(TemplateFault) -> Int {
    if let known { return known }
    while !isExhausted, let item = try next() { ahead.append(item) }
    isExhausted = true
    let count = index0 + 1 + ahead.count
    known = count
    return count
  }
}

extension Renderer {
  func execute(_ loop: ForLoop, _ activation: Activation) throws(TemplateFault) -> Completion {
    line = loop.line
    let outerMessage = message
    defer { message = outerMessage }
    let value = try evaluate(loop.iterable, activation)
    guard loop.isRecursive else {
      return try run(loop, over: value, activation, outer: activation, depth0: 0, recurse: nil)
    }
    keep(activation)
    try put(try shown(try renderRecursively(loop, value, activation, depth0: 0)))
    return .normal
  }

  private func renderRecursively(
    _ loop: ForLoop, _ value: Value, _ outer: Activation, depth0: Int
  ) throws(TemplateFault) -> Value {
    try descend()
    defer { ascend() }
    let inside = activation(loop.function.slotCount, parent: outer)
    keep(inside)
    let recurse = { [unowned self] (value: Value, depth0: Int) throws(TemplateFault) -> Value in
      try self.renderRecursively(loop, value, outer, depth0: depth0)
    }
    return .string(
      try collect { () throws(TemplateFault) in
        _ = try run(loop, over: value, inside, outer: outer, depth0: depth0, recurse: recurse)
      })
  }

  private func run(
    _ loop: ForLoop, over value: Value, _ activation: Activation, outer: Activation, depth0: Int,
    recurse: ((Value, Int) throws(TemplateFault) -> Value)?
  ) throws(TemplateFault) -> Completion {
    try descend()
    defer { ascend() }
    var next = try iterate(value)
    var count = length(of: value)
    if let test = loop.test {
      next = filtered(next, by: test, of: loop, outer)
      count = nil
    }
    var isEmpty = true
    let context =
      loop.loopSlot == nil
      ? nil : LoopValue(count: count, depth0: depth0, next: next, recurse: recurse)
    if let slot = loop.loopSlot { activation.slots[slot] = nil }
    let outerMessage = message
    while true {
      let item = if let context { try context.advance() } else { try next() }
      guard let item else { break }
      try spend()
      if case .dictionary(let dictionary) = item, let input = dictionary.source.input,
        let number = messageNumbers[input.number]
      {
        message = number
      }
      try assign(item, to: loop.target, activation)
      if let context, let slot = loop.loopSlot { activation.slots[slot] = .object(context) }
      enter(loop.scope, activation)
      let completion = try execute(loop.body, activation)
      message = outerMessage
      // As in jinja2 an item counts for `else` only once the body has come to its end.
      if completion == .normal { isEmpty = false }
      if completion == .leaveLoop { break }
    }
    leave(loop.scope, activation)
    guard isEmpty, !loop.otherwise.isEmpty else { return .normal }
    enter(loop.otherwiseScope, activation)
    let completion = try execute(loop.otherwise, activation)
    leave(loop.otherwiseScope, activation)
    return completion
  }

  /// The items for which a loop's test is true, tested as they are asked for.
  private func filtered(
    _ next: @escaping () throws(TemplateFault) -> Value?, by test: Expression, of loop: ForLoop,
    _ outer: Activation
  ) -> () throws(TemplateFault) -> Value? {
    let inside = activation(loop.testFunction.slotCount, parent: outer)
    keep(inside)
    var isEntered = false
    return { [unowned self] () throws(TemplateFault) -> Value? in
      if !isEntered {
        self.enter(loop.testScope, inside)
        isEntered = true
      }
      while let item = try next() {
        try self.spend()
        try self.assign(item, to: loop.testTarget, inside)
        if try self.isTrue(test, inside) { return try self.value(of: loop.testTarget, inside) }
      }
      return nil
    }
  }

  private func value(
    of target: Target, _ activation: Activation
  ) throws(TemplateFault) -> Value {
    switch target {
    case .name(let reference), .attribute(let reference, _):
      return value(of: reference, activation)
    case .tuple(let targets):
      var items: [Value] = []
      for target in targets { items.append(try value(of: target, activation)) }
      return try .tuple(items)
    }
  }
}
