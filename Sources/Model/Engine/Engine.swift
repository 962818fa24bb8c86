import CKernels
import Tensor

/// Runs a ``Transformer``: the fast way to logits.
///
/// An engine holds several sequences with their keys and values, feeds them tokens, copies them and
/// takes tokens back; every decoding strategy works on it. Weights are read as they lie in the
/// model's files, in 16 bits or quantized; ``ActivationFormat`` says how exactly they are used.
///
/// ```swift
/// let engine = Engine(model)
/// var text = try Continuation(engine, from: ids, stoppingAt: ends)
/// while let token = try text.next() { use(token) }
/// ```
///
/// Up to ``fewTokens`` tokens a sequence are computed one by one, more as one product. In both ways
/// what is computed for a position depends neither on the other sequences nor on the number of
/// threads, bit for bit, so batches do not change a text. Once the memory for a token's work is
/// there, none is allocated for a token but a page of keys and values for every 32.
///
/// Not for use by several threads at once.
public final class Engine: SequenceRunner {
  /// Up to how many new tokens a sequence are computed one by one.
  public static let fewTokens = 16
  /// How many positions of a prompt are computed at once.
  static let chunk = 256

  let plan: EnginePlan
  let activations: apus_activations
  let workspace = EngineWorkspace()
  var sequences: [EngineSequence]
  /// The hidden states that were kept, and where each sequence's begin.
  let hidden = EngineBuffer()
  /// The logits that were kept.
  let logits = EngineBuffer()
  var hiddenFirst: [Int] = [0]
  var logitsFirst: [Int] = [0]
  /// Of how many positions each sequence kept hidden states.
  var keptCounts: [Int] = [0]
  var kept = KeptPositions.last
  /// The angles of rotations that do not depend on the length, once they are known.
  var fixedFrequencies: [(angles: [Float], factor: Double)?]

  /// An engine with one sequence that holds nothing.
  ///
  /// - Parameters:
  ///   - model: The model, whose weights stay where they are.
  ///   - cache: How keys and values are kept.
  ///   - activations: What activations are beside quantized weights.
  /// - Throws: ``DecodingError`` if heads do not fit the cache's format.
  public init(
    _ model: Transformer, cache: CacheFormat = .float16, activations: ActivationFormat = .int16
  ) throws {
    let width = model.architecture.attention.headWidth
    if cache == .q8_0 && width % 32 != 0 { throw DecodingError.cacheFormat(headWidth: width) }
    plan = EnginePlan(model, cache: cache)
    self.activations = activations.kernel
    sequences = [EngineSequence(kinds: plan.pageKinds.count)]
    fixedFrequencies = plan.rotaries.map { _ in nil }
  }

  /// How many tokens the model knows.
  public var vocabularySize: Int { plan.architecture.vocabularySize }
  /// The most tokens a sequence can hold.
  public var contextLength: Int { plan.reach }
  /// How many sequences there are.
  public var sequenceCount: Int { sequences.count }
  /// How many tokens a sequence holds.
  public func length(of sequence: Int) -> Int { sequences[sequence].tokens.count }

  /// Makes sequence `i` a copy of what sequence `sources[i]` was; full pages are shared.
  public func rearrange(_ sources: [Int]) {
    sequences = sources.map { sequences[$0] }
    hiddenFirst = Array(repeating: 0, count: sources.count)
    logitsFirst = hiddenFirst
    keptCounts = hiddenFirst
  }

  /// Forgets the tokens of a sequence from `length` on.
  public func truncate(_ sequence: Int, to length: Int) {
    precondition(
      length >= 0 && length <= sequences[sequence].tokens.count,
      "Engine: cannot keep \(length) of \(sequences[sequence].tokens.count) tokens")
    sequences[sequence].truncate(to: length, plan.pageKinds)
  }

  /// Feeds tokens to the sequences.
  /// - Throws: ``DecodingError`` if a sequence would not fit the context or a token is unknown;
  ///   then nothing has changed.
  public func extend(_ tokens: [[Int32]], keeping: KeptPositions) throws {
    try extend(tokens, segments: nil, keeping: keeping)
  }

  /// Feeds tokens to the sequences, with the kind of segment that each belongs to.
  ///
  /// - Parameters:
  ///   - tokens: One array a sequence, which may be empty.
  ///   - segments: As many kinds of segments as tokens, for BERT; all are 0 where nil.
  ///   - keeping: Of which positions logits and hidden states are kept.
  public func extend(
    _ tokens: [[Int32]], segments: [[Int32]]?, keeping: KeptPositions
  ) throws {
    precondition(
      tokens.count == sequences.count,
      "Engine: there are \(sequences.count) sequences, but tokens for \(tokens.count)")
    for (index, new) in tokens.enumerated() {
      try check(new, after: sequences[index].tokens.count)
      if let kinds = segments?[index] { try check(kinds: kinds, of: new) }
    }
    kept = keeping
    workspace.feeds.removeAll(keepingCapacity: true)
    var total = 0
    for (index, new) in tokens.enumerated() {
      let count = keeping == .last ? min(new.count, 1) : new.count
      (hiddenFirst[index], keptCounts[index]) = (total, count)
      total += count
      guard !new.isEmpty else { continue }
      workspace.feeds.append(begin(index, new, segments?[index]))
    }
    hidden.reserve(total * plan.architecture.width)
    run(workspace.feeds)
    computeLogits(of: workspace.feeds)
  }

  /// Feeds one token to one sequence and keeps what follows it.
  public func extend(sequence: Int, token: Int32) throws {
    if token < 0 || Int(token) >= vocabularySize {
      throw DecodingError.unknownToken(id: token, vocabulary: vocabularySize)
    }
    let start = sequences[sequence].tokens.count
    let staysRight = plan.keepsCaches(growingFrom: start, to: start + 1)
    guard staysRight, sequences[sequence].cached == start, plan.architecture.attention.isCausal,
      sequences.count == 1
    else {
      var tokens = [[Int32]](repeating: [], count: sequences.count)
      tokens[sequence] = [token]
      return try extend(tokens, keeping: .last)
    }
    if start + 1 > contextLength {
      throw DecodingError.contextFull(tokens: start + 1, context: contextLength)
    }
    kept = .last
    (hiddenFirst[0], keptCounts[0], logitsFirst[0]) = (0, 1, 0)
    sequences[0].tokens.append(token)
    if plan.segments != nil { sequences[0].segments.append(0) }
    sequences[0].reserve(from: start, to: start + 1, plan.pageKinds)
    workspace.rows.removeAll(keepingCapacity: true)
    workspace.rows.append(EngineRow(sequence: 0, position: start, token: token, segment: 0))
    compute(few: true)
    sequences[0].cached = start + 1
    sequences[0].release(plan.pageKinds)
    hidden.reserve(plan.architecture.width)
    finish(row: 0, into: 0)
    logits.reserve(vocabularySize)
    project(hidden.floats, rows: 1, into: logits.floats, few: true)
  }

  /// Calls `body` with the logits after a kept position.
  public func withLogits<Result>(
    sequence: Int, position: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    let count = kept == .all ? keptCounts[sequence] : min(keptCounts[sequence], 1)
    let row = kept == .states ? position - (keptCounts[sequence] - 1) : position
    precondition(row >= 0 && row < count, "withLogits: nothing was kept at position \(position)")
    let first = logits.floats + (logitsFirst[sequence] + row) * vocabularySize
    return try body(UnsafeBufferPointer(start: first, count: vocabularySize))
  }

  /// Calls `body` with the hidden state of a kept position.
  public func withHidden<Result>(
    sequence: Int, position: Int, _ body: (UnsafeBufferPointer<Float>) throws -> Result
  ) rethrows -> Result {
    precondition(
      position >= 0 && position < keptCounts[sequence],
      "withHidden: nothing was kept at position \(position)")
    let width = plan.architecture.width
    let first = hidden.floats + (hiddenFirst[sequence] + position) * width
    return try body(UnsafeBufferPointer(start: first, count: width))
  }

  private func check(_ tokens: [Int32], after length: Int) throws(DecodingError) {
    if length + tokens.count > contextLength {
      throw .contextFull(tokens: length + tokens.count, context: contextLength)
    }
    if let id = tokens.first(where: { $0 < 0 || Int($0) >= vocabularySize }) {
      throw .unknownToken(id: id, vocabulary: vocabularySize)
    }
  }

  private func check(kinds: [Int32], of tokens: [Int32]) throws(DecodingError) {
    let most = plan.architecture.segments
    guard kinds.count == tokens.count, kinds.allSatisfy({ $0 >= 0 && $0 < most }) else {
      throw .segments(kinds: most)
    }
  }
}
