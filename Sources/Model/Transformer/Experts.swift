public import Tensor

/// A mixture of experts: a router sends each token to a few feed-forward layers and adds what they
/// say, weighted (Shazeer and others 2017; Fedus and others 2022).
///
/// The weights are the softmax over all experts, of which the largest are kept, as in Mixtral and
/// Qwen-MoE of transformers.
public struct Experts: TensorTree {
  /// Scores each expert, `[width, experts]`.
  public var router: any Projection
  /// The experts.
  public var experts: [FeedForward]
  /// The expert that every token visits.
  public var shared: FeedForward?
  /// How much of the shared expert is added: a number for each token, `[width, 1]`.
  public var sharedRouter: (any Projection)?
  /// How it is built.
  public let design: ExpertsDesign
  var names: PartNames

  init(
    _ architecture: Architecture, _ design: ExpertsDesign, names: PartNames,
    using initializer: inout WeightInitializer
  ) {
    let (width, range) = (architecture.width, architecture.initializerRange)
    func layer(_ innerWidth: Int, _ names: FeedForwardNames) -> FeedForward {
      let inner = FeedForwardDesign(
        innerWidth: innerWidth, activation: architecture.feedForward.activation)
      return FeedForward(width, inner, names: names, deviation: range, using: &initializer)
    }
    experts = []
    for _ in 0..<design.count { experts.append(layer(design.innerWidth, names.expert)) }
    shared = design.sharedInnerWidth.map { layer($0, names.shared) }
    router = Linear(width, design.count, deviation: range, using: &initializer)
    sharedRouter =
      design.sharedInnerWidth == nil
      ? nil : Linear(width, 1, deviation: range, using: &initializer)
    self.design = design
    self.names = names
  }

  /// - Parameter x: `[…, width]`.
  /// - Returns: `[…, width]`.
  public func callAsFunction(_ x: Tensor) -> Tensor {
    let width = x.shape[-1]
    let rows = x.reshaped(to: [x.shape.dropLast().reduce(1, *), width])
    let shares = router(rows).softmax(axis: -1)  // [tokens, experts]
    let chosen = shares.detached().topK(design.perToken)
    var weights = shares.gathered(1, at: chosen.indices)  // [tokens, perToken]
    if design.normalizesWeights {
      weights = weights / weights.sum(axes: [-1], keepingAxes: true)
    }
    var total = Tensor.zeros(rows.shape)
    for (index, visitors) in visitors(chosen.indices).enumerated() where !visitors.isEmpty {
      let places = Tensor(visitors.map { Int64($0 / design.perToken) }, shape: [visitors.count])
      let said = experts[index](rows.indexSelected(0, at: places))  // [visitors, width]
      let share = weights.reshaped(to: [weights.count])
        .indexSelected(0, at: Tensor(visitors.map { Int64($0) }, shape: [visitors.count]))
      let spread = places.unsqueezed(1).expanded(to: [visitors.count, width])
      total = total.scatterAdded(0, at: spread, said * share.unsqueezed(1))
    }
    if let shared, let sharedRouter {
      total = total + sharedRouter(rows).sigmoid() * shared(rows)
    }
    return total.reshaped(to: x.shape)
  }

  /// For each expert, the places in `[tokens, perToken]` that chose it.
  private func visitors(_ chosen: Tensor) -> [[Int]] {
    var lists = [[Int]](repeating: [], count: design.count)
    for (place, expert) in chosen.scalars(as: Int64.self).enumerated() {
      lists[Int(expert)].append(place)
    }
    return lists
  }

  /// Shows the router and each expert under its number.
  public mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor(names[.router], &router)
    visitor(names[.experts], &experts)
    visitor(names[.sharedExpert], &shared)
    visitor(names[.sharedRouter], &sharedRouter)
  }
}
