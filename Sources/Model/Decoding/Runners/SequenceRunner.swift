/// Sequences that a model continues: what decoding strategies drive.
///
/// A runner remembers what each of its sequences has seen and gives the logits of what it was fed
/// last. It starts with one sequence without tokens. Strategies add tokens, take them back, and
/// copy, reorder and drop sequences; they know nothing of layers and caches, and every strategy
/// works with every runner.
///
/// ``TreeRunner`` runs any ``LanguageModel``.
public protocol SequenceRunner {
  /// How many logits there are a position.
  var vocabularySize: Int { get }
  /// The most tokens a sequence can hold.
  var contextLength: Int { get }
  /// How many sequences there are.
  var sequenceCount: Int { get }

  /// How many tokens a sequence holds.
  func length(of sequence: Int) -> Int

  /// Makes sequence `i` a copy of what sequence `sources[i]` was.
  ///
  /// Beams are reordered, widened and narrowed like this; copies share memory where they can. What
  /// the last ``extend(_:keeping:)`` kept is gone afterwards.
  mutating func rearrange(_ sources: [Int])

  /// Forgets the tokens of a sequence from `length` on.
  mutating func truncate(_ sequence: Int, to length: Int)

  /// Feeds `tokens[i]`, which may be empty, to sequence `i`.
  ///
  /// - Parameters:
  ///   - tokens: One array a sequence.
  ///   - keeping: What ``withLogits(sequence:position:_:)`` and
  ///     ``withHidden(sequence:position:_:)`` can give afterwards.
  mutating func extend(_ tokens: [[Int32]], keeping: KeptPositions) throws

  /// Feeds one token to one sequence, none to the others, and keeps what follows it.
  ///
  /// The default calls ``extend(_:keeping:)``; a runner that cares for speed has a way of its own
  /// that allocates nothing.
  mutating func extend(sequence: Int, token: Int32) throws

  /// Calls `body` with the logits after a position of the last `extend`; 0 is the first kept one.
  func withLogits<Result>(
    sequence: Int, position: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result

  /// Calls `body` with the hidden state before the head at a position of the last `extend`; 0 is
  /// the first kept one.
  func withHidden<Result>(
    sequence: Int, position: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result
}

/// Of which of the fed positions a ``SequenceRunner`` keeps what.
public enum KeptPositions: Sendable, Hashable {
  /// Logits and hidden state of the last one, which is position 0.
  case last
  /// Logits and hidden states of all.
  case all
  /// Hidden states of all, but the logits of the last one only, which is position `count - 1`.
  case states
}

extension SequenceRunner {
  /// Feeds one token to one sequence.
  public mutating func extend(sequence: Int, token: Int32) throws {
    var tokens = [[Int32]](repeating: [], count: sequenceCount)
    tokens[sequence] = [token]
    try extend(tokens, keeping: .last)
  }

  /// The most tokens that a text can have to which at most so many are added: the last one need not
  /// be fed.
  func longest(after length: Int, adding count: Int) -> Int {
    length + min(count, contextLength - length + 1)
  }

  /// Starts anew with one sequence that holds nothing.
  mutating func clear() {
    rearrange([0])
    truncate(0, to: 0)
  }
}
