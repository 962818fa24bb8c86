/// Why and where a text is not JSON.
package struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Bytes before the fault.
  package let offset: Int
  /// The line of the fault, from 1.
  package let line: Int
  /// The byte within that line, from 1.
  package let column: Int
  /// What is wrong there.
  package let message: String

  package var description: String {
    "not valid JSON at line \(line), column \(column) (byte \(offset)): \(message)"
  }

  /// Locates `failure` in the text it was found in.
  init(_ failure: JSONFailure, in bytes: UnsafeRawBufferPointer) {
    offset = failure.offset
    message = failure.message
    let before = UnsafeRawBufferPointer(rebasing: bytes.prefix(failure.offset))
    var line = 1
    var lineStart = 0
    for (position, byte) in before.enumerated() where byte == UInt8(ascii: "\n") {
      line += 1
      lineStart = position + 1
    }
    self.line = line
    column = failure.offset - lineStart + 1
  }
}

/// A fault as the scanner throws it; lines are counted only once it has left the scanner.
struct JSONFailure: Error {
  var offset: Int
  var message: String
}
