/// What a model thought of a token it chose.
public struct TokenReport: Sendable, Equatable {
  /// A token with the logarithm of its probability.
  public struct Choice: Sendable, Equatable {
    /// The token.
    public let token: Int32
    /// log p, at most 0.
    public let logProbability: Float
  }

  /// The token that was chosen.
  public let chosen: Choice
  /// The most probable ones, the first first.
  public let top: [Choice]

  /// Reports on a token.
  ///
  /// - Parameters:
  ///   - token: Which token was chosen.
  ///   - logits: As the model made them, or processed ones to see what a processor left.
  ///   - count: How many of the most probable tokens are wanted.
  public init(on token: Int32, from logits: [Float], count: Int) {
    var reporter = TokenReporter()
    self = logits.withUnsafeBufferPointer { reporter.report(on: token, $0, count: count) }
  }

  fileprivate init(chosen: Choice, top: [Choice]) {
    self.chosen = chosen
    self.top = top
  }
}

/// Makes reports with memory that is reused.
struct TokenReporter: Sendable {
  private var largest = LargestTokens()

  mutating func report(
    on token: Int32, _ logits: UnsafeBufferPointer<Float>, count: Int
  ) -> TokenReport {
    let summary = SoftmaxSummary(logits)
    largest.find(count, in: logits)
    largest.sort()
    return TokenReport(
      chosen: .init(
        token: token, logProbability: summary.logProbability(logits[Int(token)])),
      top: largest.entries.map {
        .init(token: $0.token, logProbability: summary.logProbability($0.logit))
      })
  }
}
