/// Why and where a file is not a GGUF file that can be read.
package struct GGUFError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file, as its reader was told to call it.
  package let path: String
  /// Bytes before the fault.
  package let offset: Int
  /// What is wrong there, with what was expected, as it follows “at byte 24”.
  package let reason: String

  package var description: String {
    "“\(path)” is not a readable GGUF file: at byte \(offset) \(reason)"
  }

  /// Makes an error.
  package init(path: String, offset: Int, reason: String) {
    self.path = path
    self.offset = offset
    self.reason = reason
  }
}
