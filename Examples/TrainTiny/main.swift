// A GPT-2 of a few thousand parameters learns one sentence byte by byte, is saved, loaded again and
// asked to go on. The same lines train a larger one on more text.
import Model
import Tensor
import Tokenizer
import Training

/// The opening of "Pride and Prejudice" (Jane Austen, 1813).
let text = """
  It is a truth universally acknowledged, that a single man in possession of a good fortune, must \
  be in want of a wife. However little known the feelings or views of such a man may be on his \
  first entering a neighbourhood, this truth is so well fixed in the minds of the surrounding \
  families, that he is considered the rightful property of some one or other of their daughters.
  """

let arguments = CommandLine.arguments
let steps = arguments.firstIndex(of: "--steps").flatMap { Int(arguments[$0 + 1]) } ?? 500
let folder = arguments.firstIndex(of: "--output").map { arguments[$0 + 1] }

let tokenizer = try TextTokenizer.bytes()
let windows = try TokenWindows(tokenizer.encode(text), length: 64)

let random = RandomStream(seed: 1)
var weights = random.stream("weights")
var model = GPT2(
  GPT2Configuration(
    vocabularySize: tokenizer.vocabularySize, contextLength: 64, width: 64, layers: 2, heads: 4),
  using: &weights)
var optimizer = AdamW(for: model, beta2: 0.99, weightDecay: 0.1)
let rate = Schedule.cosine(peak: 3e-3, warmup: 20, total: steps, floor: 0.1)
print("\(model.parameterCount) parameters, \(windows.tokens.count) bytes of text")

for step in 0..<steps {
  var places = random.stream("batch", step)
  let (inputs, targets) = windows.random(8, using: &places)
  var (loss, gradient) = valueWithGradient(at: model) { model in model.loss(inputs, targets) }
  gradient.clip(toNorm: 1)
  optimizer.update(&model, along: gradient, learningRate: rate(step))
  if step % 100 == 0 || step == steps - 1 {
    print("step \(step + 1): loss \(loss.scalar(as: Float.self)) nats a byte")
  }
}

if let folder {  // transformers can load this folder too
  try model.save(to: folder)
  try tokenizer.save(to: folder)
  model = try GPT2(contentsOf: folder)
}

let prompt = "It is a truth"
let made = try model.generate(from: tokenizer.encode(prompt)).prefix(50)
print(prompt + tokenizer.decode(Array(made)))
