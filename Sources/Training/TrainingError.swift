/// What can be wrong with a training run that is not a programming mistake.
public enum TrainingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The configuration has these problems, each a sentence.
  case configuration(problems: [String])
  /// The data cannot be used.
  case data(reason: String)
  /// A run cannot be continued from what its folder holds.
  case resume(path: String, reason: String)
  /// A file cannot be read or written.
  case file(reason: String)
  /// The loss is no longer a number.
  case diverged(step: Int)

  /// A sentence that says what is wrong and what to do.
  public var description: String {
    switch self {
    case .configuration(let problems):
      "The configuration cannot be used: " + problems.joined(separator: "; ") + "."
    case .data(let reason): reason
    case .resume(let path, let reason): "The run ‘\(path)’ cannot be continued: \(reason)"
    case .file(let reason): reason
    case .diverged(let step):
      "The loss is not a number at step \(step). Try a lower learning_rate, a longer warmup or "
        + "a smaller clip; the last checkpoint is kept."
    }
  }
}
