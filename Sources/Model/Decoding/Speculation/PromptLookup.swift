/// Proposes what followed the last tokens where they stood before in the text (Saxena, 2023, "Prompt
/// lookup decoding").
///
/// The longest run is looked for first, and its first occurrence counts, as with
/// `prompt_lookup_num_tokens` in transformers. Texts that repeat parts of their prompt, such as
/// summaries and edits of code, gain most.
public struct PromptLookup: Drafter {
  /// How many tokens are proposed at most.
  public let count: Int
  /// The longest run of last tokens that is looked for.
  public let longestMatch: Int
  /// Tokens that are not proposed, nor what follows them.
  public let ends: Set<Int32>
  /// What was proposed last.
  public private(set) var proposal: [Int32] = []

  /// Proposes `count` tokens at most.
  public init(count: Int = 10, longestMatch: Int = 2, stoppingAt ends: Set<Int32> = []) {
    precondition(count > 0, "PromptLookup: the count must be positive, not \(count)")
    precondition(longestMatch > 0, "PromptLookup: the match must be positive, not \(longestMatch)")
    self.count = count
    self.longestMatch = longestMatch
    self.ends = ends
  }

  /// Looks for the last tokens in the text.
  public mutating func propose(after history: [Int32], atMost limit: Int) {
    proposal.removeAll(keepingCapacity: true)
    guard limit > 0, history.count > 1 else { return }
    for size in stride(from: min(longestMatch, history.count - 1), to: 0, by: -1) {
      let last = history.count - size
      for start in 0..<last where matches(history, start, last, size) {
        let first = start + size
        for token in history[first..<min(first + min(count, limit), history.count)] {
          if ends.contains(token) { break }
          proposal.append(token)
        }
        return
      }
    }
  }

  private func matches(_ history: [Int32], _ start: Int, _ other: Int, _ size: Int) -> Bool {
    for offset in 0..<size where history[start + offset] != history[other + offset] { return false }
    return true
  }
}
