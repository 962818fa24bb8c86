/// Why a template cannot be parsed or rendered, as the engine throws it; the template's name is added
/// where the fault leaves the engine.
struct TemplateFault: Error {
  enum Kind {
    /// The template is no Jinja.
    case syntax
    /// The template called `raise_exception`.
    case raised
    /// An operation that jinja2 refuses too.
    case failed
    /// Something that jinja2 has and this engine has not.
    case unsupported
    /// A limit was reached.
    case limit
  }

  var kind: Kind
  var message: String
  /// The line of the template, from 1; 0 while it is not known.
  var line = 0

  init(_ kind: Kind, _ message: String, line: Int = 0) {
    self.kind = kind
    self.message = message
    self.line = line
  }

  /// An operation that jinja2 refuses too.
  static func failed(_ message: String) -> TemplateFault { TemplateFault(.failed, message) }

  /// Something that jinja2 has and this engine has not.
  static func unsupported(_ message: String) -> TemplateFault {
    TemplateFault(.unsupported, message)
  }
}
