// What a model is made of. Without a model's folder or GGUF file as argument, a small one is made here
// from its description; with one, that is described and asked to go on with a text.
import Model
import Tensor
import Tokenizer

let path = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("--") && Int($0) == nil }

let model: Transformer
if let path {
  model = try Transformer(contentsOf: path)
} else {
  // Llama in small: four heads that share two groups of keys and values, rotations, a gated layer.
  var architecture = Architecture(
    vocabularySize: 256, contextLength: 128, width: 64,
    attention: AttentionDesign(heads: 4, groups: 2, headWidth: 16),
    feedForward: FeedForwardDesign(innerWidth: 160),
    layers: Array(repeating: LayerDesign(rotary: RotaryDesign(width: 16)), count: 3))
  architecture.head.isTied = true
  var random = RandomStream(seed: 1)
  model = Transformer(architecture, names: Family.llama.names, using: &random)
}

let a = model.architecture
print("\(a.layers.count) blocks of width \(a.width), \(a.vocabularySize) tokens")
print("\(a.attention.heads) heads ask \(a.attention.groups) groups of keys and values,")
print("each \(a.attention.headWidth) numbers wide; \(a.feedForward.innerWidth) inside a block")
print("\(model.parameterCount) parameters in \(model.weightByteCount) bytes, of which")
print("\(model.bytesPerToken) are read for each token")
for format in CacheFormat.allCases where a.attention.headWidth.isMultiple(of: 32) {
  let bytes = model.cacheByteCount(positions: a.contextLength, format: format)
  print("keys and values of \(a.contextLength) positions in \(format): \(bytes) bytes")
}

print("\nthe first block, name by name:")
var shown = model.blocks[0]
shown.forEachTensor { name, tensor in print("  \(name)  \(tensor.dtype)  \(tensor.shape)") }

// The same numbers come out whether positions are computed together or one by one.
let engine = try Engine(model, cache: .float32)
try engine.extend([[3, 1, 4, 1, 5]], keeping: .all)
let together = engine.withLogits(sequence: 0, position: 4) { Array($0) }
engine.truncate(0, to: 0)
for token: Int32 in [3, 1, 4, 1, 5] { try engine.extend(sequence: 0, token: token) }
let single = engine.withLogits(sequence: 0, position: 0) { Array($0) }
print("\nlogits of the last position are the same: \(together == single)")

if let path {
  let tokenizer = try TextTokenizer(contentsOf: path)
  let prompt = "The common swift is a bird that"
  var text = try Continuation(engine, from: tokenizer.encode(prompt))
  var made: [Int32] = []
  while made.count < 24, let token = try text.next() { made.append(token) }
  print(prompt + tokenizer.decode(made))
}
