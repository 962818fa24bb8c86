#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Makes the end more and more probable once a text has `start` new tokens: |logit| · (factorⁿ - 1) is
/// added to the logits of end tokens, n tokens later.
///
/// This is transformers' `exponential_decay_length_penalty`.
public struct LengthDecay: LogitsProcessor {
  /// After how many new tokens it begins.
  public let start: Int
  /// Above 1 hastens the end.
  public let factor: Double
  /// The tokens that end a text.
  public let ends: [Int32]
  private var promptLength = 0

  /// A decay from `start` on.
  public init(start: Int, factor: Double, ends: some Sequence<Int32>) {
    self.start = start
    self.factor = factor
    self.ends = ends.sorted()
  }

  /// Remembers where new tokens begin.
  public mutating func begin(promptLength: Int) { self.promptLength = promptLength }

  /// Changes the logits of end tokens.
  public func process(_ logits: inout [Float], history: [Int32]) {
    let late = history.count - promptLength - start
    guard late > 0 else { return }
    let share = Float(pow(factor, Double(late)) - 1)
    for end in ends where logits.indices.contains(Int(end)) && logits[Int(end)].isFinite {
      logits[Int(end)] += abs(logits[Int(end)]) * share
    }
  }
}
