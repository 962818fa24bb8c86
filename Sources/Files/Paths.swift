extension String {
  /// `name` inside the folder `folder`; an absolute `name` stays itself.
  package static func / (folder: String, name: String) -> String {
    if folder.isEmpty || name.utf8.first == UInt8(ascii: "/") { return name }
    return folder.utf8.last == UInt8(ascii: "/") ? folder + name : folder + "/" + name
  }
}

/// The folder that holds `path`: `a/b` of `a/b/c`, `.` of `c`, `/` of `/c`.
package func folder(of path: String) -> String {
  let trimmed = withoutTrailingSlashes(path)
  guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
  let parent = withoutTrailingSlashes(trimmed[..<slash])
  return parent.isEmpty ? "/" : String(parent)
}

/// The last name of `path`: `c` of `a/b/c` and of `a/b/c/`.
package func lastName(of path: String) -> String {
  let trimmed = withoutTrailingSlashes(path)
  guard let slash = trimmed.utf8.lastIndex(of: UInt8(ascii: "/")) else { return String(trimmed) }
  let name = trimmed[trimmed.utf8.index(after: slash)...]
  return name.isEmpty ? "/" : String(name)
}

private func withoutTrailingSlashes(_ path: some StringProtocol) -> Substring {
  var rest = Substring(path)
  while rest.utf8.count > 1, rest.utf8.last == UInt8(ascii: "/") { rest = rest.dropLast() }
  return rest
}
