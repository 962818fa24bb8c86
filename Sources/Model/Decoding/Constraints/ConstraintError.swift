/// Why text cannot be constrained as asked for.
public enum ConstraintError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A part of a JSON schema that cannot be used.
  public struct SchemaProblem: Sendable, Equatable, CustomStringConvertible {
    /// Where it stands, as a JSON pointer: `#/properties/age`.
    public let path: String
    /// The keyword, if one is to blame.
    public let keyword: String?
    /// What is wrong.
    public let reason: String

    /// `#/properties/age: multipleOf is not supported`.
    public var description: String {
      "\(path): \(keyword.map { "‘\($0)’ " } ?? "")\(reason)"
    }
  }

  /// A regular expression cannot be used: where, in characters, and why.
  case pattern(text: String, offset: Int, reason: String)
  /// The text of a schema is not JSON.
  case notJSON(reason: String)
  /// Parts of a schema cannot be used.
  case schema(problems: [SchemaProblem])
  /// No text at all satisfies it.
  case unsatisfiable(reason: String)
  /// More would be needed than is reasonable.
  case tooLarge(limit: Int)
  /// The vocabulary cannot write what is asked for.
  case vocabulary(reason: String)

  /// A sentence that names all that is wrong.
  public var description: String {
    switch self {
    case .pattern(let text, let offset, let reason):
      "The regular expression ‘\(text)’ cannot be used, at character \(offset): \(reason)."
    case .notJSON(let reason): "The JSON schema cannot be read: \(reason)."
    case .schema(let problems):
      "The JSON schema cannot be used: "
        + problems.map(\.description).joined(separator: "; ") + "."
    case .unsatisfiable(let reason): "No text satisfies the constraint: \(reason)."
    case .tooLarge(let limit):
      "The constraint needs more than \(limit) states; lower its counts of repetitions."
    case .vocabulary(let reason): "The vocabulary cannot write such a text: \(reason)."
    }
  }
}
