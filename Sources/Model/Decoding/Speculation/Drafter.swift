/// Proposes how a text may go on, to be checked by a larger model in one pass.
///
/// Whatever it proposes, the text that comes out is what the larger model alone would make; good
/// proposals only make it faster. ``DraftModel`` asks a smaller model, ``PromptLookup`` the text itself.
public protocol Drafter {
  /// What the last call of ``propose(after:atMost:)`` proposed.
  var proposal: [Int32] { get }

  /// Makes a new proposal, which may be empty.
  ///
  /// - Parameters:
  ///   - history: The text so far, prompt included.
  ///   - limit: The most tokens that can be used.
  mutating func propose(after history: [Int32], atMost limit: Int) throws

  /// The probabilities with which a proposed token was drawn, one number a token of the vocabulary, or
  /// nil if chance had no part.
  func probabilities(at index: Int) -> [Float]?

  /// Says how many tokens of the proposal were right.
  mutating func learn(accepted: Int)

  /// Says how many tokens the prompt has, before the first proposal.
  mutating func begin(promptLength: Int)
}

extension Drafter {
  /// Chance has no part.
  public func probabilities(at index: Int) -> [Float]? { nil }
  /// Learns nothing.
  public mutating func learn(accepted: Int) {}
  /// Does nothing.
  public mutating func begin(promptLength: Int) {}
}
