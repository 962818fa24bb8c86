package import Files

/// Why a GGUF file was not written.
package enum GGUFWritingError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The system refused.
  case file(FileError)
  /// The format cannot hold what was to be written; all that is wrong.
  case unwritable(path: String, problems: [String])

  package var description: String {
    switch self {
    case .file(let error): error.description
    case .unwritable(let path, let problems):
      "cannot write “\(path)” as a GGUF file: " + listed(problems)
    }
  }
}

/// At most twenty problems in one line, and how many more there are.
func listed(_ problems: [String]) -> String {
  let shown = problems.prefix(20).joined(separator: "; ")
  return problems.count > 20 ? "\(shown); and \(problems.count - 20) more" : shown
}
