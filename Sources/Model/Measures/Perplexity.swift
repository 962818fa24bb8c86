#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How well a model predicts a text.
public struct Perplexity: Sendable, Equatable {
  /// How many tokens were predicted.
  public private(set) var count = 0
  private var total = 0.0
  private var squares = 0.0

  /// Nothing predicted yet.
  public init() {}

  /// Adds the negative log-likelihood of one token, in nats.
  mutating func add(_ loss: Double) {
    count += 1
    total += loss
    squares += loss * loss
  }

  /// The mean negative log-likelihood of a token, in nats.
  public var loss: Double { total / Double(max(count, 1)) }
  /// e to the mean loss.
  public var value: Double { exp(loss) }

  /// The standard error of ``value``, as llama-perplexity prints it.
  public var standardError: Double {
    guard count > 1 else { return 0 }
    let variance = squares / Double(count) - loss * loss
    return variance > 0 ? (variance / Double(count - 1)).squareRoot() * value : 0
  }

  /// Bits for each of so many bytes of text.
  public func bits(perByteOf bytes: Int) -> Double {
    total / log(2) / Double(max(bytes, 1))
  }
}

/// Which tokens of a text are predicted from what.
///
/// Numbers of different protocols say nothing about each other.
public enum PerplexityProtocol: Sendable, Equatable {
  /// Windows of `context` tokens that begin `stride` apart; each token but the first is predicted
  /// once, in the first window that has it, as in the guide of transformers.
  case sliding(context: Int, stride: Int)
  /// Windows of `context` tokens side by side, the last incomplete one left out; only the second
  /// half of each is predicted, and where a beginning token is given it stands in place of each
  /// window's first: what llama-perplexity measures.
  case secondHalves(context: Int, begin: Int32?)
}

extension Engine {
  /// Measures how well the model predicts tokens.
  ///
  /// - Parameters:
  ///   - tokens: The text.
  ///   - rule: Which tokens are predicted from what.
  ///   - progress: Called after each window with how many there are, which was done, and the result
  ///     so far; false stops.
  /// - Throws: ``DecodingError`` where a window does not fit the model.
  public func perplexity(
    of tokens: [Int32], _ rule: PerplexityProtocol,
    progress: (_ done: Int, _ windows: Int, Perplexity) -> Bool = { _, _, _ in true }
  ) throws -> Perplexity {
    var result = Perplexity()
    let windows = rule.windows(of: tokens.count)
    for (number, window) in windows.enumerated() {
      var seen = Array(tokens[window.range])
      if case .secondHalves(_, let begin?) = rule { seen[0] = begin }
      rearrange([0])
      truncate(0, to: 0)
      try extend([seen], keeping: .states)
      let first = window.predicted - window.range.lowerBound
      score(Array(seen[first...]), after: first - 1) { result.add($0) }
      if !progress(number + 1, windows.count, result) { break }
    }
    return result
  }
}

extension PerplexityProtocol {
  /// The windows of a text, and which of their tokens is predicted first.
  func windows(of count: Int) -> [(range: Range<Int>, predicted: Int)] {
    switch self {
    case .sliding(let context, let stride):
      var windows: [(Range<Int>, Int)] = []
      var (begin, predicted) = (0, 1)
      while predicted < count {
        let end = min(begin + context, count)
        windows.append((begin..<end, max(predicted, begin + 1)))
        predicted = end
        begin += stride
      }
      return windows
    case .secondHalves(let context, _):
      return (0..<count / context).map { number in
        (number * context..<(number + 1) * context, number * context + context / 2 + 1)
      }
    }
  }
}
