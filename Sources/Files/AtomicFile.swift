#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that appears under its name complete or not at all.
///
/// Bytes go to a temporary file in the same folder. `commit()` brings them to the disk, renames the
/// file over the old one, whose permissions it takes over, and brings the folder to the disk; a
/// symbolic link is itself replaced. Without `commit()` the temporary file is removed.
package struct AtomicFile: ~Copyable {
  /// The name the file will have.
  package let path: String
  /// The number of bytes written so far.
  package private(set) var count = 0
  private let temporary: String
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private var isCommitted = false

  private static let bufferSize = 1 << 18

  /// Begins a new version of the file at `path`.
  package init(replacing path: String) throws(FileError) {
    let folder = folder(of: path)
    var descriptor: Int32 = -1
    var temporary = ""
    while descriptor < 0 {
      let number = String(UInt64.random(in: 0 ... .max), radix: 36)
      temporary = folder / ".apus-\(getpid())-\(number).tmp"
      do throws(FileError) {
        descriptor = try openDescriptor(
          temporary, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644, operation: "write")
      } catch {
        if error.code != EEXIST {
          throw FileError("write", path, code: error.code, reason: error.reason)
        }
      }
    }
    if let old = status(of: path), old.st_mode & S_IFMT == S_IFREG {
      fchmod(descriptor, old.st_mode & 0o777)
    }
    self.path = path
    self.temporary = temporary
    self.descriptor = descriptor
    buffer.reserveCapacity(Self.bufferSize)
  }

  /// Appends bytes.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    count += bytes.count
    if buffer.count + bytes.count <= Self.bufferSize {
      buffer.append(contentsOf: bytes)
    } else {
      try flush()
      if bytes.count < Self.bufferSize {
        buffer.append(contentsOf: bytes)
      } else {
        try writeAll(bytes, to: descriptor, temporary)
      }
    }
  }

  /// Appends bytes.
  package mutating func write(_ bytes: [UInt8]) throws(FileError) {
    count += bytes.count
    buffer.append(contentsOf: bytes)
    if buffer.count > Self.bufferSize { try flush() }
  }

  /// Appends the UTF-8 bytes of `text`.
  package mutating func write(_ text: String) throws(FileError) {
    try write(Array(text.utf8))
  }

  /// Makes the bytes the file at `path`.
  package consuming func commit() throws(FileError) {
    try flush()
    try system("save", path) { fsync(descriptor) }
    try system("rename a temporary file to", path) { rename(temporary, path) }
    isCommitted = true
    let folderPath = folder(of: path)
    let folder = try openDescriptor(folderPath, O_RDONLY | O_DIRECTORY)
    // Some file systems cannot sync a folder; they have no other way to promise more.
    fsync(folder)
    close(folder)
  }

  private mutating func flush() throws(FileError) {
    let path = temporary
    let descriptor = descriptor
    let result = buffer.withUnsafeBytes { bytes in
      Result { () throws(FileError) in try writeAll(bytes, to: descriptor, path) }
    }
    buffer.removeAll(keepingCapacity: true)
    try result.get()
  }

  deinit {
    close(descriptor)
    if !isCommitted { unlink(temporary) }
  }
}

/// Writes every byte, however many calls that takes.
func writeAll(
  _ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String
) throws(FileError) {
  var rest = bytes
  while !rest.isEmpty {
    let written = try system("write to", path) { write(descriptor, rest.baseAddress, rest.count) }
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(written))
  }
}

/// Replaces the file at `path` by one with these bytes, atomically.
package func writeAtomically(_ path: String, _ bytes: [UInt8]) throws(FileError) {
  var file = try AtomicFile(replacing: path)
  try file.write(bytes)
  try file.commit()
}

/// Replaces the file at `path` by one with this text, atomically.
package func writeAtomically(_ path: String, _ text: String) throws(FileError) {
  try writeAtomically(path, Array(text.utf8))
}

/// Appends `line` and a line break to a log, creating it if need be.
///
/// Both go out in one system call, so that lines of several writers do not mix.
package func appendLine(_ path: String, _ line: String) throws(FileError) {
  let descriptor = try openDescriptor(path, O_WRONLY | O_CREAT | O_APPEND, mode: 0o644)
  defer { close(descriptor) }
  let bytes = Array((line + "\n").utf8)
  let result = bytes.withUnsafeBytes { bytes in
    Result { () throws(FileError) in try writeAll(bytes, to: descriptor, path) }
  }
  try result.get()
}
