/// Runs `body` without recording it and runs it again, recorded, when its derivative is needed:
/// memory for one more forward pass.
///
/// `body` must give the same result both times; randomness that comes from a generator passed as an
/// argument does (Chen et al. 2016, "Training Deep Nets with Sublinear Memory Cost").
///
/// - Parameters:
///   - input: What flows in, often the residual stream.
///   - parameters: What else the result is differentiated by, often the layer itself.
///   - body: A function of both, and of nothing else that is tracked.
public func checkpointed<Input: TensorTree, Parameters: TensorTree>(
  _ input: Input, _ parameters: Parameters,
  _ body: @escaping (Input, Parameters) -> Tensor
) -> Tensor {
  var inputs: [Tensor] = []
  var pair = Pair(first: input, second: parameters)
  pair.forEachTensor { _, leaf in
    inputs.append(leaf)
    leaf = leaf.detached()
  }
  let plain = pair
  return body(plain.first, plain.second).detached().recorded(fromAll: inputs) { dy, cotangents in
    var index = 0
    var wanted: [Bool] = []
    for position in inputs.indices { wanted.append(cotangents.wants(position)) }
    let (_, pullback) = valueWithPullback(
      at: plain,
      where: { _ in
        defer { index += 1 }
        return wanted[index]
      }
    ) { body($0.first, $0.second) }
    var gradient = pullback(dy)
    var position = 0
    gradient.forEachTensor { _, leaf in
      if wanted[position] { cotangents.add(position, leaf) }
      position += 1
    }
  }
}

/// As ``checkpointed(_:_:_:)``, for a function of one tree.
public func checkpointed<Input: TensorTree>(
  _ input: Input, _ body: @escaping (Input) -> Tensor
) -> Tensor {
  checkpointed(input, [Tensor]()) { input, _ in body(input) }
}

private struct Pair<First: TensorTree, Second: TensorTree>: TensorTree {
  var first: First
  var second: Second

  mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor("0", &first)
    visitor("1", &second)
  }
}
