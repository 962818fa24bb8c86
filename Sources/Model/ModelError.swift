/// What can be wrong with a model's files.
public enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A configuration has these problems, each a sentence.
  case configuration(path: String, problems: [String])
  /// A file cannot be read or written, for this reason.
  case file(reason: String)

  /// A sentence that names the file and everything that is wrong with it.
  public var description: String {
    switch self {
    case .configuration(let path, let problems):
      "The configuration ‘\(path)’ cannot be used: " + problems.joined(separator: "; ") + "."
    case .file(let reason): reason
    }
  }
}
