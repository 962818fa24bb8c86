import Tokenizer

/// A constraint on the tokens of one vocabulary, with all that was found out about it.
///
/// Which tokens a state allows is found once, by walking the vocabulary's tree and the automaton together,
/// and kept as one bit a token. Threads may share a constraint.
public final class TokenConstraint: Sendable {
  /// The tokens that end a text.
  public let ends: [Int32]
  private let vocabulary: TokenVocabulary
  private let cache: Locked<Cache>

  /// States and masks.
  struct Cache {
    var automaton: ByteAutomaton
    /// For each state that was asked for, where its bits begin.
    var places: [Int32: Int] = [:]
    var bits: [UInt64] = []
    /// Grows when everything was forgotten, which makes older states meaningless.
    var age = 0
    /// The states along the current path of the tree.
    var path: [Int32]
  }

  /// The most memory that masks and states may take, in bytes.
  private static let limit = 1 << 28

  /// A constraint for a vocabulary.
  ///
  /// - Parameters:
  ///   - constraint: What texts must be.
  ///   - vocabulary: The model's tokens.
  ///   - ends: The tokens that end a text, at least one; they are allowed where a text may end.
  /// - Throws: ``ConstraintError`` if no text satisfies the constraint or the vocabulary cannot write one.
  public init(
    _ constraint: TextConstraint, vocabulary: TokenVocabulary, ends: some Sequence<Int32>
  ) throws(ConstraintError) {
    self.ends = ends.sorted()
    self.vocabulary = vocabulary
    guard !self.ends.isEmpty else {
      throw .vocabulary(reason: "no token ends a text, and a complete one must end")
    }
    guard ByteAutomaton(constraint.grammar) != nil else {
      throw .unsatisfiable(reason: "its parts contradict each other")
    }
    // Where each byte that may come is a token of its own, every state that allows a byte allows a
    // token: there are no dead ends.
    var grammar = constraint.grammar
    let missing = vocabulary.missingBytes(without: self.ends)
    if missing.contains(true) { grammar.forbid(missing) }
    guard let automaton = ByteAutomaton(grammar) else {
      throw .vocabulary(reason: "bytes that every such text needs are no tokens of their own")
    }
    cache = Locked(
      Cache(automaton: automaton, path: Array(repeating: 0, count: vocabulary.depth + 1)))
  }

  /// Sets what the state after some tokens forbids to -∞.
  ///
  /// - Parameters:
  ///   - logits: One a token.
  ///   - tokens: The tokens since the prompt.
  ///   - memo: What the caller keeps from call to call.
  func apply(
    to logits: inout [Float], after tokens: ArraySlice<Int32>, _ memo: inout ConstraintMemo
  ) {
    cache.withLock { cache in
      forgetIfFull(&cache)
      let state = follow(tokens, &memo, &cache)
      logits.withUnsafeMutableBufferPointer { logits in
        guard state >= 0 else { return allowEnds(only: logits) }
        let place = maskPlace(state, &cache)
        let isAccepting = cache.automaton.isAccepting(state)
        cache.bits.withUnsafeBufferPointer { bits in
          for start in stride(from: 0, to: logits.count, by: 64) {
            let word = start < vocabulary.count ? bits[place + start / 64] : 0
            if word == .max { continue }
            for index in start..<min(start + 64, logits.count)
            where word & (1 << UInt64(index - start)) == 0 {
              if isAccepting && ends.contains(Int32(index)) { continue }
              logits[index] = -.infinity
            }
          }
        }
        // An end token may be a text of the vocabulary too.
        if !isAccepting {
          for end in ends where logits.indices.contains(Int(end)) { logits[Int(end)] = -.infinity }
        }
      }
    }
  }

  /// Whether some tokens are the beginning of a text that satisfies the constraint, and whether they are
  /// one already.
  public func check(_ tokens: [Int32]) -> (isPossible: Bool, isComplete: Bool) {
    var memo = ConstraintMemo()
    return cache.withLock { cache in
      forgetIfFull(&cache)
      let state = follow(tokens[...], &memo, &cache)
      return (state >= 0, state >= 0 && cache.automaton.isAccepting(state))
    }
  }

  private func allowEnds(only logits: UnsafeMutableBufferPointer<Float>) {
    for index in logits.indices where !ends.contains(Int32(index)) { logits[index] = -.infinity }
  }

  private func forgetIfFull(_ cache: inout Cache) {
    let size = cache.bits.count * 8 + cache.automaton.count * 1500
    guard size > TokenConstraint.limit else { return }
    cache.automaton.reset()
    cache.places = [:]
    cache.bits = []
    cache.age += 1
  }

  /// The state after some tokens, from the longest beginning that is known.
  private func follow(
    _ tokens: ArraySlice<Int32>, _ memo: inout ConstraintMemo, _ cache: inout Cache
  ) -> Int32 {
    if memo.age != cache.age {
      memo = ConstraintMemo()
      memo.age = cache.age
    }
    var shared = 0
    for token in tokens {
      guard shared < memo.tokens.count, memo.tokens[shared] == token else { break }
      shared += 1
    }
    memo.tokens.removeLast(memo.tokens.count - shared)
    memo.states.removeLast(memo.states.count - shared)
    for token in tokens.dropFirst(shared) {
      var state = memo.states.last ?? ByteAutomaton.start
      // A token without bytes, such as an end token, leads nowhere.
      let bytes = vocabulary.bytes(of: token)
      if bytes.isEmpty || ends.contains(token) { state = ByteAutomaton.dead }
      for byte in bytes where state >= 0 { state = cache.automaton.step(state, byte) }
      memo.tokens.append(token)
      memo.states.append(state)
    }
    return memo.states.last ?? ByteAutomaton.start
  }

  /// Where the mask of a state begins; it is made if it is not known.
  private func maskPlace(_ state: Int32, _ cache: inout Cache) -> Int {
    if let place = cache.places[state] { return place }
    let place = cache.bits.count
    cache.bits.append(contentsOf: repeatElement(0, count: (vocabulary.count + 63) / 64))
    cache.places[state] = place
    cache.path[0] = state
    vocabulary.nodes.withUnsafeBufferPointer { nodes in
      var index = 0
      while index < nodes.count {
        let node = nodes[index]
        let depth = Int(node.depth)
        let next = cache.automaton.step(cache.path[depth - 1], node.byte)
        guard next >= 0 else {
          index = Int(node.end)
          continue
        }
        cache.path[depth] = next
        for token in vocabulary.tokens[Int(node.firstToken)..<Int(node.lastToken)] {
          cache.bits[place + Int(token) / 64] |= 1 << UInt64(Int(token) % 64)
        }
        index += 1
      }
    }
    return place
  }
}

/// The states along the tokens that a constraint saw last.
struct ConstraintMemo: Sendable {
  var tokens: [Int32] = []
  var states: [Int32] = []
  var age = 0
}

/// Allows only tokens that keep a text within a constraint, and its end only where it is complete.
///
/// There is always a token that is allowed. Put it after penalties and before temperature:
///
/// ```swift
/// let constraint = try TokenConstraint(
///   .pattern(#"\d{4}-\d{2}-\d{2}"#), vocabulary: TokenVocabulary(tokenizer), ends: [end])
/// let sampling = Sampling([ConstrainedTokens(constraint)])
/// ```
public struct ConstrainedTokens: LogitsProcessor {
  /// What the tokens have to satisfy.
  public let constraint: TokenConstraint
  private var promptLength = 0
  private var memo = ConstraintMemo()

  /// A processor for a constraint on what follows the prompt.
  public init(_ constraint: TokenConstraint) { self.constraint = constraint }

  /// Remembers where the constrained text begins.
  public mutating func begin(promptLength: Int) { self.promptLength = promptLength }

  /// Sets all that is forbidden to -∞.
  public mutating func process(_ logits: inout [Float], history: [Int32]) {
    let tokens = history[min(promptLength, history.count)...]
    constraint.apply(to: &logits, after: tokens, &memo)
  }
}
