/// What stops a command and is no mistake in its options: the process ends with exit code 1.
struct Failure: Error, CustomStringConvertible {
  /// A sentence that says where, what was expected and what to do.
  let description: String

  init(_ description: String) { self.description = description }
}
