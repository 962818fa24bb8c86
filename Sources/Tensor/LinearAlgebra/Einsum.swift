/// Sums of products in Einstein's notation (as `torch.einsum`).
///
/// ```swift
/// einsum("bhid,bhjd->bhij", queries, keys)   // [batch, heads, time, time]
/// einsum("ii", matrix)                       // the trace
/// ```
///
/// Letters name axes: those in several operands run together, those missing behind the arrow are
/// summed, a letter twice in one operand takes its diagonal. `...` stands for all other axes, which
/// broadcast. Without an arrow, the result has the letters that occur once, in alphabetical order.
/// Operands are multiplied from left to right, each time by one ``matmul(_:_:)``.
public func einsum(_ equation: String, _ operands: Tensor...) -> Tensor {
  let plan = EinsumPlan(equation, operands.map(\.rank))
  var extents: [Character: Int] = [:]
  for (labels, operand) in zip(plan.inputs, operands) {
    for (label, extent) in zip(labels, operand.shape) {
      let known = extents[label] ?? 1
      precondition(
        known == extent || known == 1 || extent == 1,
        "einsum: axis \(label) in “\(equation)” has the extents \(known) and \(extent)")
      extents[label] = known == 1 ? extent : known
    }
  }
  var terms = zip(plan.inputs, operands).map { EinsumTerm(labels: $0, tensor: $1) }
  for index in terms.indices { terms[index].prepare(extents) }
  var product = terms.removeFirst()
  while true {
    let needed = terms.reduce(into: Set(plan.output)) { $0.formUnion($1.labels) }
    product.sum(except: needed)
    if terms.isEmpty { break }
    var factor = terms.removeFirst()
    let later = terms.reduce(into: Set(plan.output)) { $0.formUnion($1.labels) }
    factor.sum(except: later.union(product.labels))
    product = product.multiplied(by: factor, keeping: later)
  }
  return product.ordered(plan.output)
}

/// One operand, or a product of some, with a label for each axis.
private struct EinsumTerm {
  var labels: [Character]
  var tensor: Tensor

  /// Takes diagonals of repeated labels, and drops axes of extent 1 that others broadcast.
  mutating func prepare(_ extents: [Character: Int]) {
    var axis = 0
    while axis < labels.count {
      if tensor.shape[axis] == 1 && extents[labels[axis]] != 1 {
        tensor = tensor.squeezed(axis)
        labels.remove(at: axis)
      } else if let other = labels[(axis + 1)...].firstIndex(of: labels[axis]) {
        tensor = tensor.diagonal(offset: 0, axis, other)
        let label = labels.remove(at: other)
        labels.remove(at: axis)
        labels.append(label)
      } else {
        axis += 1
      }
    }
  }

  mutating func sum(except needed: Set<Character>) {
    let axes = labels.indices.filter { !needed.contains(labels[$0]) }
    guard !axes.isEmpty else { return }
    tensor = tensor.sum(axes: axes)
    labels.removeAll { !needed.contains($0) }
  }

  func ordered(_ output: [Character]) -> Tensor {
    let order = output.compactMap { labels.firstIndex(of: $0) }
    return order == Array(labels.indices) ? tensor : tensor.permuted(by: order)
  }

  func multiplied(by other: EinsumTerm, keeping: Set<Character>) -> EinsumTerm {
    let shared = labels.filter { other.labels.contains($0) }
    let batch = shared.filter { keeping.contains($0) }
    let summed = shared.filter { !keeping.contains($0) }
    let rows = labels.filter { !shared.contains($0) }
    let columns = other.labels.filter { !shared.contains($0) }
    let (left, right) = (ordered(batch + rows + summed), other.ordered(batch + summed + columns))
    func extent(_ tensor: Tensor, _ axes: Range<Int>) -> Int {
      axes.reduce(1) { $0 * tensor.shape[$1] }
    }
    let (b, m, k) = (batch.count, rows.count, summed.count)
    let product = matmul(
      left.reshaped(
        extent(left, 0..<b), extent(left, b..<(b + m)), extent(left, (b + m)..<left.rank)),
      right.reshaped(
        extent(right, 0..<b), extent(right, b..<(b + k)), extent(right, (b + k)..<right.rank)))
    var shape = Shape()
    for axis in 0..<(b + m) { shape.append(left.shape[axis]) }
    for axis in (b + k)..<right.rank { shape.append(right.shape[axis]) }
    return EinsumTerm(labels: batch + rows + columns, tensor: product.reshaped(to: shape))
  }
}

/// An equation with the dots replaced by labels of their own.
private struct EinsumPlan {
  var inputs: [[Character]]
  var output: [Character]

  init(_ equation: String, _ ranks: [Int]) {
    let text = equation.filter { $0 != " " }
    let arrow = text.firstRange(of: "->")
    let left = arrow.map { text[..<$0.lowerBound] } ?? text[...]
    let parts = left.split(separator: ",", omittingEmptySubsequences: false)
    precondition(
      parts.count == ranks.count,
      "einsum: “\(equation)” names \(parts.count) operands, there are \(ranks.count)")
    var covered = 0
    inputs = zip(parts, ranks).map { part, rank in
      let named = EinsumPlan.letters(part, equation)
      let dots = rank - named.count
      let hasDots = part.contains(".")
      precondition(
        hasDots ? dots >= 0 : dots == 0,
        "einsum: “\(part)” in “\(equation)” does not name the \(rank) axes of its operand")
      covered = max(covered, dots)
      return EinsumPlan.expanded(part, dots)
    }
    if let arrow {
      let right = text[arrow.upperBound...]
      output = EinsumPlan.expanded(right, right.contains(".") ? covered : 0)
      let known = Set(inputs.joined())
      precondition(
        Set(output).count == output.count && output.allSatisfy(known.contains)
          && EinsumPlan.letters(right, equation).count <= output.count,
        "einsum: the result of “\(equation)” repeats an axis or has one that no operand has")
    } else {
      let all = inputs.joined()
      let once = Set(all.filter(\.isLetter)).filter { label in all.count { $0 == label } == 1 }
      output = EinsumPlan.expanded("...", covered) + once.sorted()
    }
  }

  private static func letters(_ part: Substring, _ equation: String) -> [Character] {
    let rest = part.replacing("...", with: "", maxReplacements: 1)
    precondition(
      rest.allSatisfy { $0.isASCII && $0.isLetter },
      "einsum: “\(part)” in “\(equation)” is not letters and at most one “...”")
    return Array(rest)
  }

  /// The labels of a part, its dots standing for `dots` axes, numbered from the last one.
  private static func expanded(_ part: Substring, _ dots: Int) -> [Character] {
    guard let range = part.firstRange(of: "...") else { return Array(part) }
    let hidden = (0..<dots).reversed().map { Character("\($0)") }
    return Array(part[..<range.lowerBound]) + hidden + Array(part[range.upperBound...])
  }
}
