import Tensor

/// Runs the sequences of any ``LanguageModel`` through its tensor path.
///
/// Each sequence has its own key–value caches, so that sequences may differ in length; a copy shares
/// its memory until either grows.
public struct TreeRunner<Model: LanguageModel>: SequenceRunner {
  /// The model that is run.
  public let model: Model
  private var sequences: [Sequence]
  private var kept = KeptPositions.last

  private struct Sequence {
    var caches: [KeyValueCache]
    /// What the caches hold, to be seen again where they do not stay right.
    var tokens: [Int32] = []
    /// Of the kept positions, `[time, width]`.
    var hidden: Tensor?
    /// `[time, vocabulary]`, or of the last position only.
    var logits: Tensor?

    var length: Int { caches.first?.length ?? 0 }
  }

  /// One sequence without tokens.
  public init(_ model: Model) {
    self.model = model
    sequences = [Sequence(caches: model.makeCaches())]
  }

  /// How many tokens the model knows.
  public var vocabularySize: Int { model.vocabularySize }
  /// The most tokens a sequence can hold.
  public var contextLength: Int { model.contextLength }
  /// How many sequences there are.
  public var sequenceCount: Int { sequences.count }

  /// How many tokens a sequence holds.
  public func length(of sequence: Int) -> Int { sequences[sequence].length }

  /// Makes sequence `i` a copy of what sequence `sources[i]` was.
  public mutating func rearrange(_ sources: [Int]) {
    sequences = sources.map {
      Sequence(caches: sequences[$0].caches, tokens: sequences[$0].tokens)
    }
  }

  /// Forgets the tokens of a sequence from `length` on.
  public mutating func truncate(_ sequence: Int, to length: Int) {
    for layer in sequences[sequence].caches.indices {
      sequences[sequence].caches[layer].truncate(to: length)
    }
    sequences[sequence].tokens.removeLast(sequences[sequence].tokens.count - length)
  }

  /// Feeds tokens to the sequences, one sequence after the other.
  /// - Throws: ``DecodingError`` if a sequence would not fit the context or a token is unknown;
  ///   then nothing has changed.
  public mutating func extend(_ tokens: [[Int32]], keeping: KeptPositions) throws {
    precondition(
      tokens.count == sequences.count,
      "extend: there are \(sequences.count) sequences, but tokens for \(tokens.count)")
    for (index, new) in tokens.enumerated() { try check(new, sequences[index].length) }
    kept = keeping
    for (index, new) in tokens.enumerated() where !new.isEmpty { feed(new, to: index) }
  }

  /// Feeds one token to one sequence.
  public mutating func extend(sequence: Int, token: Int32) throws {
    try check([token], sequences[sequence].length)
    kept = .last
    feed([token], to: sequence)
  }

  private func check(_ tokens: [Int32], _ length: Int) throws(DecodingError) {
    if length + tokens.count > contextLength {
      throw .contextFull(tokens: length + tokens.count, context: contextLength)
    }
    if let id = tokens.first(where: { $0 < 0 || Int($0) >= vocabularySize }) {
      throw .unknownToken(id: id, vocabulary: vocabularySize)
    }
  }

  private mutating func feed(_ tokens: [Int32], to index: Int) {
    let start = sequences[index].tokens.count
    sequences[index].tokens += tokens
    let staysRight = model.keepsCaches(growingFrom: start, to: start + tokens.count)
    if !staysRight { sequences[index].caches = model.makeCaches() }
    let seen = staysRight ? tokens : sequences[index].tokens
    let ids = Tensor(seen, shape: [1, seen.count])
    // [1, time, width]
    let hidden = model.hidden(ids, caches: &sequences[index].caches, dropout: nil)[
      .all, (-tokens.count)...]
    let last = hidden[0, (-1)...]  // [1, width]
    let states = kept == .last ? last : hidden[0]
    sequences[index].hidden = states.cast(to: .float32).contiguous()
    let logits = model.logits(of: kept == .all ? states : last)
    sequences[index].logits = logits.cast(to: .float32).contiguous()
  }

  /// Calls `body` with the logits after a kept position.
  ///
  /// What a padded head says of tokens that the model does not know is left out: they could not be
  /// fed.
  public func withLogits<Result>(
    sequence: Int, position: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    let row = kept == .states ? 0 : position
    return try withRow(row, of: sequences[sequence].logits, "withLogits") { logits in
      try body(UnsafeBufferPointer(rebasing: logits.prefix(vocabularySize)))
    }
  }

  /// Calls `body` with the hidden state of a kept position.
  public func withHidden<Result>(
    sequence: Int, position: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    try withRow(position, of: sequences[sequence].hidden, "withHidden", body)
  }

  private func withRow<Result>(
    _ row: Int, of tensor: Tensor?, _ caller: String,
    _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    guard let tensor, row >= 0, row < tensor.shape[0] else {
      preconditionFailure("\(caller): the last extend kept nothing at position \(row)")
    }
    let width = tensor.shape[1]
    return try tensor.withUnsafeElements(as: Float.self) { elements in
      try body(UnsafeBufferPointer(rebasing: elements[(row * width)..<((row + 1) * width)]))
    }
  }
}
