#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Whether there is a file or folder at `path`.
package func fileExists(_ path: String) -> Bool { status(of: path) != nil }

/// Whether there is a folder at `path`.
package func isDirectory(_ path: String) -> Bool {
  status(of: path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false
}

/// Whether both paths lead to the same file or folder, which is there.
package func isSameFile(_ one: String, _ other: String) -> Bool {
  guard let one = status(of: one), let other = status(of: other) else { return false }
  return one.st_dev == other.st_dev && one.st_ino == other.st_ino
}

/// Makes the folder at `path` and those above it; what is there already stays.
package func createDirectories(_ path: String) throws(FileError) {
  guard !path.utf8.contains(0) else {
    throw FileError("make the folder", path, reason: "the path contains a zero byte")
  }
  if path.isEmpty || isDirectory(path) { return }
  let parent = folder(of: path)
  if parent != path { try createDirectories(parent) }
  // A second program may have made it since.
  if mkdir(path, 0o777) != 0, case let code = errno, !isDirectory(path) {
    throw FileError("make the folder", path, code: code)
  }
}

/// The names in a folder, without `.` and `..`, in the order of their bytes.
package func listDirectory(_ path: String) throws(FileError) -> [String] {
  let descriptor = try openDescriptor(path, O_RDONLY | O_DIRECTORY, operation: "list")
  guard let folder = fdopendir(descriptor) else {
    let code = errno
    close(descriptor)
    throw FileError("list", path, code: code)
  }
  defer { closedir(folder) }
  var names: [String] = []
  errno = 0
  while let entry = readdir(folder) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: MemoryLayout.size(ofValue: $0.pointee)) {
        String(cString: $0)
      }
    }
    if name != "." && name != ".." { names.append(name) }
    errno = 0
  }
  if errno != 0 { throw FileError("list", path, code: errno) }
  return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
}

/// Removes a file; with `ifExists` it need not be there.
package func removeFile(_ path: String, ifExists: Bool = false) throws(FileError) {
  guard !path.utf8.contains(0) else {
    throw FileError("remove", path, reason: "the path contains a zero byte")
  }
  if unlink(path) != 0, !(ifExists && errno == ENOENT) {
    throw FileError("remove", path, code: errno)
  }
}
