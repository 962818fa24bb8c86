#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the probabilities of logits need: p = e^(logit - top) / total.
struct SoftmaxSummary {
  /// The largest logit; -∞ if every token is forbidden.
  let top: Float
  /// The sum of e^(logit - top).
  let total: Double

  init(_ logits: UnsafeBufferPointer<Float>) {
    var top = -Float.infinity
    for logit in logits where logit > top { top = logit }
    self.top = top
    var total = 0.0
    if top > -.infinity {
      for logit in logits where logit > -.infinity { total += Double(exp(logit - top)) }
    }
    self.total = total
  }

  init(_ logits: [Float]) { self = logits.withUnsafeBufferPointer { SoftmaxSummary($0) } }

  /// log p of a token with this logit.
  func logProbability(_ logit: Float) -> Float { logit - top - Float(log(total)) }

  /// The logit of a token with this probability.
  func logit(ofProbability probability: Double) -> Float {
    top + Float(log(probability) + log(total))
  }

  /// The entropy in nats.
  func entropy(of logits: [Float]) -> Double {
    var sum = 0.0
    for logit in logits where logit > -.infinity {
      let shifted = logit - top
      sum += Double(exp(shifted)) * Double(shifted)
    }
    return log(total) - sum / total
  }
}

/// The place of the largest number, the first of equals.
func indexOfLargest(_ numbers: UnsafeBufferPointer<Float>) -> Int {
  var best = 0
  var largest = -Float.infinity
  for index in numbers.indices where numbers[index] > largest {
    largest = numbers[index]
    best = index
  }
  return best
}
