// An operation of one's own: the value and its derivative side by side, checked against finite
// differences, then used in a small network.
import Tensor
import Training

/// max(x, 0)², the activation of Primer (So and others, 2021).
func squaredReLU(_ x: Tensor) -> Tensor {
  differentiable(x) { x in
    let positive = x.relu()
    return (positive * positive, { dy in dy * positive * 2 })
  }
}

let points: Tensor = [-2, -0.5, 0.25, 1, 3]
print(checkGradient(at: points, squaredReLU))

/// One hidden layer; its leaves are what `visit` shows.
struct Network: TensorTree {
  var hidden: Tensor
  var hiddenBias: Tensor
  var output: Tensor

  /// - Parameter width: How many hidden units.
  init(width: Int, using stream: inout RandomStream) {
    hidden = .normal([width, 1], using: &stream)
    hiddenBias = .normal([width], using: &stream)
    output = .normal([1, width], deviation: 0.1, using: &stream)
  }

  /// - Parameter x: `[batch, 1]`.
  /// - Returns: `[batch, 1]`.
  func callAsFunction(_ x: Tensor) -> Tensor {
    linear(squaredReLU(linear(x, hidden, hiddenBias)), output)
  }

  mutating func visit(_ visitor: inout some TensorVisitor) {
    visitor("hidden.weight", &hidden)
    visitor("hidden.bias", &hiddenBias)
    visitor("output.weight", &output)
  }
}

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) } ?? 400

let x = Tensor.linspace(-2, 2, count: 64).reshaped(64, 1)
let target = (x * 2).sin()
var stream = RandomStream(seed: 1)
var network = Network(width: 32, using: &stream)
var optimizer = AdamW(for: network, weightDecay: 0)
for step in 0...steps {
  let (loss, gradient) = valueWithGradient(at: network) { network in
    (network(x) - target).squared().mean()
  }
  if step % 100 == 0 || step == steps {
    print("step \(step): mean squared error \(loss.scalar(as: Float.self))")
  }
  optimizer.update(&network, along: gradient, learningRate: 0.01)
}
