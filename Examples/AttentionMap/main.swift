// Attention by hand: queries, keys, scores, weights, step by step, compared with the fused operation;
// and a picture of who looks at whom, as an SVG file.
import Foundation
import Tensor

let words = ["the", "swift", "sleeps", "while", "it", "flies", "."]
let (time, width) = (words.count, 8)
var random = RandomStream(seed: 7)
let x = Tensor.normal([1, time, width], using: &random)
let weights = (0..<3).map { _ in Tensor.normal([width, width], using: &random) / 2.8 }
let (query, key, value) = (linear(x, weights[0]), linear(x, weights[1]), linear(x, weights[2]))

// How well each query fits each key; what lies in the future is hidden.
let scores = matmul(query, key.transposed()) / Double(width).squareRoot()  // [1, time, time]
let future = Tensor.ones([time, time]).triu(1)
let shares = scores.maskedFill(future .== 1, with: -.infinity).softmax(axis: -1)
let read = matmul(shares, value)  // [1, time, width]
print("row by row, what each word looks at adds up to one:", shares.sum(axes: [-1]).rounded())

// The same in one operation, which never holds all scores of a long text.
func heads(_ x: Tensor) -> Tensor { x.reshaped(1, time, 1, width).transposed(1, 2) }
let fused = attention(query: heads(query), key: heads(key), value: heads(value))
let joined: Tensor = fused.transposed(1, 2).reshaped(1, time, width)
let difference = (joined - read).abs().max()
print("the fused operation differs by \(difference.scalar(as: Float.self))")

// The derivative of what the last word reads, by the first word's vector: attention lets it through.
let (_, slope) = valueWithGradient(at: x) { x in
  let parts = weights.map { heads(linear(x, $0)) }
  return attention(query: parts[0], key: parts[1], value: parts[2])[0, 0, -1].sum()
}
print("the first word moves the last one's reading by", slope[0, 0].norm())

var svg = "<svg xmlns='http://www.w3.org/2000/svg' width='420' height='420' font-size='15' "
svg += "font-family='sans-serif'>"
for row in 0..<time {
  let y = 60 + row * 48
  svg += "<text x='70' y='\(y + 28)' text-anchor='end'>\(words[row])</text>"
  svg += "<text x='\(100 + row * 48)' y='45' text-anchor='middle'>\(words[row])</text>"
  for column in 0..<time {
    let share = shares[0, row, column].scalar(as: Float.self)
    svg += "<rect x='\(78 + column * 48)' y='\(y)' width='44' height='44' rx='5' "
    svg += "fill='#1f6f8b' fill-opacity='\(share)' stroke='#ccc'/>"
  }
}
let target = NSTemporaryDirectory() + "attention.svg"
try (svg + "</svg>\n").write(toFile: target, atomically: true, encoding: .utf8)
print("the picture is in attention.svg of the temporary folder")
