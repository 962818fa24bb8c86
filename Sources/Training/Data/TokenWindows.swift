public import Tensor

/// A long row of tokens from which windows are taken.
public struct TokenWindows: Sendable {
  /// The tokens of the whole text.
  public let tokens: [Int32]
  /// How many positions a window has.
  public let length: Int

  /// Windows of `length` positions.
  ///
  /// - Throws: ``TrainingError/data(reason:)`` where there are not more tokens than that.
  public init(_ tokens: [Int32], length: Int) throws(TrainingError) {
    guard tokens.count > length else {
      throw .data(
        reason: "The text has \(tokens.count) tokens; a window of \(length) needs at least "
          + "\(length + 1). Give more text or a shorter context.")
    }
    self.tokens = tokens
    self.length = length
  }

  /// Inputs and targets of windows at random places.
  ///
  /// The places depend on the stream alone, so any step's batch can be made again.
  /// - Returns: Two int32 tensors `[count, length]`; targets are the inputs one position later.
  public func random(_ count: Int, using stream: inout RandomStream) -> (Tensor, Tensor) {
    batch((0..<count).map { _ in Int.random(in: 0..<(tokens.count - length), using: &stream) })
  }

  /// How many windows lie side by side.
  public var count: Int { (tokens.count - 1) / length }

  /// Inputs and targets of windows that lie side by side, by their numbers.
  public func consecutive(_ numbers: some Sequence<Int>) -> (Tensor, Tensor) {
    batch(numbers.map { $0 * length })
  }

  private func batch(_ starts: [Int]) -> (Tensor, Tensor) {
    let shape: Shape = [starts.count, length]
    return (
      Tensor(starts.flatMap { tokens[$0..<($0 + length)] }, shape: shape),
      Tensor(starts.flatMap { tokens[($0 + 1)...($0 + length)] }, shape: shape)
    )
  }
}
