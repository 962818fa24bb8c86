/// What can be wrong with a chat template, with what it is given or with how it is used.
///
/// The description is a sentence that says which template, where and why.
public enum TemplateError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The template is not Jinja.
  case syntax(template: String, line: Int, reason: String)
  /// The template refuses the conversation by `raise_exception`.
  case raised(template: String, line: Int, message: String)
  /// An operation of the template is impossible for what it is given; jinja2 raises an error too.
  case failed(template: String, line: Int, reason: String)
  /// The template asks for something that jinja2 has and this engine has not.
  case unsupported(template: String, line: Int, reason: String)
  /// A limit was reached.
  case limitReached(template: String, line: Int, reason: String)
  /// There is no template, or none of that name.
  case noTemplate(name: String?, known: [String])
  /// A file could not be read.
  case unreadable(path: String, reason: String)
  /// A text is not JSON, or not what it must be.
  case malformed(name: String, reason: String)

  init(_ fault: TemplateFault, template: String) {
    switch fault.kind {
    case .syntax: self = .syntax(template: template, line: fault.line, reason: fault.message)
    case .raised: self = .raised(template: template, line: fault.line, message: fault.message)
    case .failed: self = .failed(template: template, line: fault.line, reason: fault.message)
    case .unsupported:
      self = .unsupported(template: template, line: fault.line, reason: fault.message)
    case .limit: self = .limitReached(template: template, line: fault.line, reason: fault.message)
    }
  }

  /// The sentence.
  public var description: String {
    switch self {
    case .syntax(let template, let line, let reason):
      "The template “\(template)” is no valid Jinja at line \(line): \(reason)."
    case .raised(let template, let line, let message):
      "The template “\(template)” refuses the conversation at line \(line): \(message)"
    case .failed(let template, let line, let reason):
      "The template “\(template)” failed at line \(line): \(reason)."
    case .unsupported(let template, let line, let reason):
      "The template “\(template)” cannot be used at line \(line): \(reason)."
    case .limitReached(let template, let line, let reason):
      "The template “\(template)” was stopped at line \(line): \(reason)."
    case .noTemplate(let name, let known):
      (name.map { "There is no chat template “\($0)”" } ?? "There is no chat template")
        + (known.isEmpty
          ? "; give one." : "; there is " + known.map { "“\($0)”" }.joined(separator: ", ") + ".")
    case .unreadable(let path, let reason): "Cannot read “\(path)”: \(reason)."
    case .malformed(let name, let reason): "“\(name)” cannot be used: \(reason)."
    }
  }
}
