/// What of a file is cut into words on its own.
public enum TrainingSequence: Sendable {
  /// Each line with its line feed, as Hugging Face tokenizers trains on files.
  case lines
  /// The whole file, as its `train_from_iterator` does with texts.
  case wholeText
}

/// How far training has come.
public enum TrainingProgress: Sendable, Equatable {
  /// Text is read: how many bytes of how many; the latter is unknown for texts from an iterator.
  case counting(bytes: Int, of: Int?)
  /// Pairs are merged: how many tokens there are of how many wanted.
  case merging(tokens: Int, of: Int)
  /// Probabilities are estimated and the least useful tokens dropped: how many there still are, and
  /// how many are wanted.
  case pruning(tokens: Int, to: Int)
}
