#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file whose bytes appear in memory, read-only, as they are touched.
///
/// The bytes live as long as the object. Another program that shortens the file meanwhile makes the
/// kernel end this process at the next touch of a lost page, so replace files that are in use (as
/// `AtomicFile` does) instead of rewriting them.
package final class MappedFile: @unchecked Sendable {
  /// The path as it was given.
  package let path: String
  /// All bytes of the file; page-aligned.
  ///
  /// They go with the last reference to this object, which Swift may drop right after it has fetched
  /// this property: prefer `withBytes`, or store the object beside the pointer.
  package let bytes: UnsafeRawBufferPointer

  /// Maps the regular file at `path`, which may be empty.
  package init(_ path: String) throws(FileError) {
    let descriptor = try openDescriptor(path, O_RDONLY)
    defer { close(descriptor) }
    var status = stat()
    try system("examine", path) { fstat(descriptor, &status) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw FileError("map", path, reason: "it is not a regular file")
    }
    self.path = path
    let count = Int(status.st_size)
    if count == 0 {
      bytes = UnsafeRawBufferPointer(start: nil, count: 0)
    } else {
      guard let start = mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0),
        start != MAP_FAILED
      else { throw FileError("map", path, code: errno) }
      bytes = UnsafeRawBufferPointer(start: start, count: count)
    }
  }

  /// Calls `body` with all bytes of the file, which stay valid until it returns.
  package func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    defer { withExtendedLifetime(self) {} }
    return try body(bytes)
  }

  deinit {
    if let start = bytes.baseAddress {
      munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
    }
  }
}
