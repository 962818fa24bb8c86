/// What can be wrong with a tokenizer's files, with training options or with text that must hold no
/// special token.
///
/// The description is a sentence that says where, what was expected and what to do.
public enum TokenizerError: Error, Equatable, Sendable, CustomStringConvertible {
  /// A file could not be opened or read.
  case unreadable(path: String, reason: String)
  /// A file or folder could not be written.
  case unwritable(path: String, reason: String)
  /// A file is not JSON; `reason` says where it stops being so.
  case malformed(path: String, reason: String)
  /// A file in another format than JSON is damaged; `offset` counts the bytes before the fault.
  case damaged(path: String, offset: Int, reason: String)
  /// A field of a file is missing or holds something that it may not hold.
  case invalid(path: String, field: String, reason: String)
  /// A file is valid but asks for a component, or an option of one, that this library does not have.
  case unsupported(path: String, component: String)
  /// Another format has no place for what a tokenizer is made of.
  case unsayable(path: String, format: String, component: String)
  /// An option of a trainer has an impossible value.
  case impossibleOption(name: String, reason: String)
  /// A text holds a special token although it must not; `offset` counts UTF-8 bytes.
  case specialTokenInText(token: String, offset: Int)

  /// The sentence.
  public var description: String {
    switch self {
    case .unreadable(let path, let reason):
      "Cannot read “\(path)”: \(reason)."
    case .unwritable(let path, let reason):
      "Cannot write “\(path)”: \(reason)."
    case .malformed(let path, let reason):
      "“\(path)” is not a JSON file: \(reason). Was it copied or downloaded completely?"
    case .damaged(let path, let offset, let reason):
      "“\(path)” cannot be read: at byte \(offset) \(reason)."
        + " Was it copied or downloaded completely?"
    case .invalid(let path, let field, let reason):
      "“\(path)”: the field “\(field)” \(reason)."
    case .unsupported(let path, let component):
      "“\(path)” uses \(component), which this version cannot run;"
        + " its ids would be wrong without it, so the tokenizer was not loaded."
    case .unsayable(let path, let format, let component):
      "“\(path)” has a tokenizer that cannot be written to \(format), which has no place for"
        + " \(component)."
    case .impossibleOption(let name, let reason):
      "The training option “\(name)” \(reason)."
    case .specialTokenInText(let token, let offset):
      "The text holds the special token “\(token)” at byte \(offset);"
        + " encode it as text or remove it."
    }
  }
}
