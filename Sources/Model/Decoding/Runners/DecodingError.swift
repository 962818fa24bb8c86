/// Why decoding cannot go on.
public enum DecodingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The prompt has no tokens.
  case emptyPrompt
  /// So many tokens do not fit the model's context.
  case contextFull(tokens: Int, context: Int)
  /// A token is not in the model's vocabulary.
  case unknownToken(id: Int32, vocabulary: Int)
  /// Heads of this width cannot be kept in 8 bits.
  case cacheFormat(headWidth: Int)
  /// So many texts at once, each with a logit for each token, are too many.
  case tooManyBeams(count: Int, most: Int)
  /// The kinds of segments do not fit the tokens, or the model has fewer.
  case segments(kinds: Int)

  /// A sentence that says what to do.
  public var description: String {
    switch self {
    case .emptyPrompt: "The prompt has no tokens; give at least one, such as the beginning token."
    case .contextFull(let tokens, let context):
      "\(tokens) tokens do not fit the model's context of \(context); shorten the prompt."
    case .unknownToken(let id, let vocabulary):
      "Token \(id) is not one of the model's \(vocabulary) tokens; use the model's own tokenizer."
    case .cacheFormat(let width):
      "The 8-bit cache needs heads whose width is a multiple of 32, not \(width); use float16."
    case .tooManyBeams(let count, let most):
      "\(count) beams or candidates of this vocabulary take too much memory; give at most \(most)."
    case .segments(let kinds):
      "Give each token one of \(kinds) kinds of segments, 0 being the first."
    }
  }

  /// Throws where the logits of so many texts would take more than a gigabyte.
  static func check(beams: Int, _ runner: some SequenceRunner) throws(DecodingError) {
    let most = max(1, (1 << 28) / max(runner.vocabularySize, 1))
    if beams > most { throw .tooManyBeams(count: beams, most: most) }
  }

  /// Throws unless a prompt can be fed to a model.
  package static func check(
    _ prompt: [Int32], _ runner: some SequenceRunner
  ) throws(DecodingError) {
    if prompt.isEmpty { throw .emptyPrompt }
    if prompt.count > runner.contextLength {
      throw .contextFull(tokens: prompt.count, context: runner.contextLength)
    }
    let size = runner.vocabularySize
    if let id = prompt.first(where: { $0 < 0 || $0 >= size }) {
      throw .unknownToken(id: id, vocabulary: size)
    }
  }
}
