internal import CKernels
public import Tensor

/// Adam with decoupled weight decay.
///
/// Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization"; numbers as
/// `torch.optim.AdamW`. A step on a model that nobody else holds copies no weight.
public struct AdamW: Sendable {
  /// The decay of the mean of gradients.
  public var beta1: Double
  /// The decay of the mean of squared gradients.
  public var beta2: Double
  /// What is added to the root of the mean square.
  public var epsilon: Double
  /// The share of a weight, times the learning rate, that each step takes away.
  public var weightDecay: Double
  /// How many steps were taken.
  public private(set) var steps = 0
  /// The state of each leaf, in visiting order.
  public private(set) var states: [State]

  /// What is kept for one leaf.
  public struct State: Sendable {
    /// The leaf's path.
    public let path: String
    /// Whether weight decay applies to it.
    public let decays: Bool
    /// The decayed mean of gradients.
    public internal(set) var mean: Tensor
    /// The decayed mean of squared gradients.
    public internal(set) var square: Tensor
  }

  /// An optimizer for a model of this form.
  ///
  /// - Parameters:
  ///   - model: Its leaves are what will be updated.
  ///   - beta1: The decay of the mean of gradients.
  ///   - beta2: The decay of the mean of squared gradients.
  ///   - epsilon: What is added to the root of the mean square.
  ///   - weightDecay: The share of a weight, times the learning rate, that each step takes away.
  ///   - decays: Which leaves decay; by default those with two axes or more, so that biases and
  ///     norms do not.
  public init(
    for model: some TensorTree, beta1: Double = 0.9, beta2: Double = 0.999,
    epsilon: Double = 1e-8, weightDecay: Double = 0.01,
    decays: (_ path: String, _ leaf: Tensor) -> Bool = { $1.rank >= 2 }
  ) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
    states = model.leaves.map { path, leaf in
      State(
        path: path, decays: decays(path, leaf), mean: .zeros(leaf.shape, dtype: leaf.dtype),
        square: .zeros(leaf.shape, dtype: leaf.dtype))
    }
  }

  /// Takes a step against the gradient.
  ///
  /// - Parameters:
  ///   - model: What changes. Leaves whose gradient is absent stay as they are.
  ///   - gradient: As `valueWithGradient(at:where:_:)` returns it.
  ///   - learningRate: The size of the step.
  ///   - gradientScale: What the gradient is multiplied by first; see ``clippingScale(norm:limit:)``.
  public mutating func update<Model: TensorTree>(
    _ model: inout Model, along gradient: Model, learningRate: Double, gradientScale: Double = 1
  ) {
    steps += 1
    let gradients = gradient.leaves.map(\.tensor)
    precondition(
      gradients.count == states.count,
      "AdamW: made for \(states.count) leaves, the gradient has \(gradients.count)")
    let step = Step(
      beta1: beta1, beta2: beta2, epsilon: epsilon, rate: learningRate, scale: gradientScale,
      weightDecay: weightDecay, correction1: 1 - power(beta1, steps),
      correction2: 1 - power(beta2, steps))
    var index = 0
    model.forEachTensor { path, leaf in
      let slope = gradients[index]
      if !slope.isAbsent {
        precondition(
          slope.shape == leaf.shape && states[index].mean.shape == leaf.shape,
          "AdamW: \(path) is \(leaf.shape), its gradient \(slope.shape)")
        step.take(&leaf, slope, &states[index])
      }
      index += 1
    }
  }

  /// The state as named tensors: `mean.PATH` and `square.PATH`.
  public var tensors: [(name: String, tensor: Tensor)] {
    states.flatMap { [("mean." + $0.path, $0.mean), ("square." + $0.path, $0.square)] }
  }

  /// Continues from a saved state.
  ///
  /// - Parameters:
  ///   - steps: How many steps had been taken.
  ///   - tensor: The tensor of a name of ``tensors``, or nil.
  /// - Returns: The names that were missing or had another shape; the state is unchanged if any.
  public mutating func restore(steps: Int, from tensor: (String) -> Tensor?) -> [String] {
    var restored = states
    var wrong: [String] = []
    for index in restored.indices {
      let path = restored[index].path
      let (mean, square) = (tensor("mean." + path), tensor("square." + path))
      if let mean, mean.shape == restored[index].mean.shape {
        restored[index].mean = mean
      } else {
        wrong.append("mean." + path)
      }
      if let square, square.shape == restored[index].square.shape {
        restored[index].square = square
      } else {
        wrong.append("square." + path)
      }
    }
    if wrong.isEmpty { (states, self.steps) = (restored, steps) }
    return wrong
  }
}

/// The numbers of one step, apart from the optimizer, so that its state can change in place while
/// they are read.
private struct Step {
  let beta1, beta2, epsilon, rate, scale, weightDecay, correction1, correction2: Double

  func take(_ leaf: inout Tensor, _ gradient: Tensor, _ state: inout AdamW.State) {
    leaf.makeWritable()
    state.mean.makeWritable()
    state.square.makeWritable()
    let gradient = gradient.cast(to: leaf.dtype).contiguous()
    let decay = state.decays ? weightDecay : 0
    if leaf.dtype == .float64 {
      let (p, g) = (leaf.pointer(as: Double.self), gradient.pointer(as: Double.self))
      let (m, v) = (state.mean.pointer(as: Double.self), state.square.pointer(as: Double.self))
      for i in 0..<leaf.count {
        let slope = g[i] * scale
        m[i] = beta1 * m[i] + (1 - beta1) * slope
        v[i] = beta2 * v[i] + (1 - beta2) * slope * slope
        let denominator = (v[i] / correction2).squareRoot() + epsilon
        p[i] = p[i] * (1 - rate * decay) - rate * (m[i] / correction1) / denominator
      }
      return
    }
    precondition(leaf.dtype == .float32, "AdamW: cannot train \(leaf.dtype) weights")
    var job = apus_adamw()
    (job.parameter, job.mean, job.square) = (leaf.floats, state.mean.floats, state.square.floats)
    job.gradient = UnsafePointer(gradient.floats)
    job.count = Int64(leaf.count)
    (job.gradient_scale, job.learning_rate) = (Float(scale), Float(rate))
    (job.beta1, job.beta2, job.epsilon) = (Float(beta1), Float(beta2), Float(epsilon))
    job.decay = Float(decay)
    (job.correction1, job.correction2) = (Float(correction1), Float(correction2))
    withExtendedLifetime(gradient) { apus_adamw_step(&job) }
  }
}

/// `base` to a whole power, by squaring: the same on every platform.
private func power(_ base: Double, _ exponent: Int) -> Double {
  var (result, square, rest) = (1.0, base, exponent)
  while rest > 0 {
    if rest & 1 == 1 { result *= square }
    square *= square
    rest >>= 1
  }
  return result
}
