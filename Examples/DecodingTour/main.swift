// One prompt, many ways to go on: greedy, beams, samples, contrastive search; and a picture of what
// each token's probabilities were, as an SVG file. With a model's folder or GGUF file as argument it
// writes words; without one a small random model writes numbers.
import Foundation
import Model
import Tensor
import Tokenizer

let path = CommandLine.arguments.dropFirst().first { !$0.hasPrefix("--") && Int($0) == nil }
let model: Transformer
let tokenizer = try path.map { try TextTokenizer(contentsOf: $0) }
let prompt = tokenizer?.encode("Swifts spend most of their lives") ?? [3, 1, 4, 1, 5]
if let path {
  model = try Transformer(contentsOf: path)
} else {
  var architecture = Architecture(
    vocabularySize: 40, contextLength: 128, width: 32,
    attention: AttentionDesign(heads: 2, headWidth: 16),
    feedForward: FeedForwardDesign(innerWidth: 64),
    layers: Array(repeating: LayerDesign(rotary: RotaryDesign(width: 16)), count: 2))
  architecture.initializerRange = 0.3
  var random = RandomStream(seed: 2)
  model = Transformer(architecture, using: &random)
}
let length = path == nil ? 8 : 16

func show(_ name: String, _ tokens: some Sequence<Int32>) {
  let ids = Array(tokens.prefix(length))
  print("\(name): \(tokenizer?.decode(ids) ?? ids.map(String.init).joined(separator: " "))")
}

/// Goes on by choosing one token after the other, and remembers what was likely.
func continued(_ sampling: Sampling) throws -> (tokens: [Int32], reports: [TokenReport]) {
  var text = try Continuation(Engine(model), from: prompt, sampling: sampling)
  text.reportedTokens = 5
  var (tokens, reports): ([Int32], [TokenReport]) = ([], [])
  while tokens.count < length, let token = try text.next() {
    tokens.append(token)
    if let report = text.report { reports.append(report) }
  }
  return (tokens, reports)
}

func drawing(_ processors: [any LogitsProcessor]) -> Sampling {
  Sampling(processors, random: RandomStream(seed: 3).stream("sampling"))
}

let greedy = try continued(.greedy)
show("greedy        ", greedy.tokens)
show("temperature 2 ", try continued(drawing([Temperature(2)])).tokens)
show("top-k 5       ", try continued(drawing([TopK(5)])).tokens)
show("top-p 0.8     ", try continued(drawing([TopP(0.8)])).tokens)
show("min-p 0.1     ", try continued(drawing([MinP(0.1)])).tokens)
show("no repeats    ", try continued(Sampling([NoRepeatedNGrams(2)])).tokens)

var runner = try Engine(model)
for beam in try runner.beamSearch(from: prompt, BeamSearch(beams: 3, maximumNewTokens: length)) {
  show("a beam of three", beam.tokens)
}

// Each row a token: how likely the five best were, the chosen one dark.
var svg = "<svg xmlns='http://www.w3.org/2000/svg' font-family='monospace' font-size='13' "
svg += "width='640' height='\(greedy.reports.count * 24 + 20)'>"
for (row, report) in greedy.reports.enumerated() {
  var x = 10.0
  for choice in report.top {
    let width = exp(Double(choice.logProbability)) * 620
    let isChosen = choice.token == report.chosen.token
    svg += "<rect x='\(x)' y='\(row * 24 + 10)' width='\(width)' height='20' stroke='white' "
    svg += "fill='\(isChosen ? "#1f6f8b" : "#b9d4dd")'/>"
    if width > 30 {
      let word = tokenizer?.decode([choice.token]) ?? String(choice.token)
      let safe = word.replacingOccurrences(of: "&", with: "&amp;")
        .replacingOccurrences(of: "<", with: "&lt;")
      svg += "<text x='\(x + 4)' y='\(row * 24 + 25)'>\(safe)</text>"
    }
    x += width
  }
}
let target = NSTemporaryDirectory() + "probabilities.svg"
try (svg + "</svg>\n").write(toFile: target, atomically: true, encoding: .utf8)
print("the picture is in probabilities.svg of the temporary folder")
