#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file operation that did not succeed.
package struct FileError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The file or folder.
  package let path: String
  /// What was tried, as it follows “cannot”: “open”, “write to”.
  package let operation: String
  /// The system's error number, or zero where the system saw no fault.
  package let code: Int32
  /// Why, in words.
  package let reason: String

  package var description: String { "cannot \(operation) ‘\(path)’: \(reason)" }

  /// The fault that the system reports as `code`.
  package init(_ operation: String, _ path: String, code: Int32) {
    self.path = path
    self.operation = operation
    self.code = code
    reason = String(cString: strerror(code))
  }

  /// A fault of our own judgement, or one whose number and words are known.
  package init(_ operation: String, _ path: String, code: Int32 = 0, reason: String) {
    self.path = path
    self.operation = operation
    self.code = code
    self.reason = reason
  }
}

/// Calls `body` until it is not interrupted by a signal; throws if it returns a negative number.
@discardableResult
func system<Number: BinaryInteger>(
  _ operation: String, _ path: String, _ body: () -> Number
) throws(FileError) -> Number {
  while true {
    let result = body()
    if result >= 0 { return result }
    if errno != EINTR { throw FileError(operation, path, code: errno) }
  }
}

/// Opens a file; a path with a zero byte, which the system would cut short, is an error.
func openDescriptor(
  _ path: String, _ flags: Int32, mode: mode_t = 0, operation: String = "open"
) throws(FileError) -> Int32 {
  guard !path.utf8.contains(0) else {
    throw FileError(operation, path, reason: "the path contains a zero byte")
  }
  return try system(operation, path) { open(path, flags | O_CLOEXEC, mode) }
}

/// What the system knows about a path, following links; `nil` if there is nothing.
func status(of path: String) -> stat? {
  guard !path.utf8.contains(0) else { return nil }
  var status = stat()
  return stat(path, &status) == 0 ? status : nil
}
