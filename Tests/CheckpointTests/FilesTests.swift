import Files
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite("Files")
struct FilesTests {
  @Test("paths")
  func paths() {
    #expect("a" / "b" == "a/b")
    #expect("a/" / "b" == "a/b")
    #expect("" / "b" == "b")
    #expect("a" / "/b" == "/b")
    let cases = [
      ("a/b/c", "a/b", "c"), ("a/b/", "a", "b"), ("c", ".", "c"), ("/c", "/", "c"), ("/", ".", "/"),
      ("a//b", "a", "b"), ("//b", "/", "b"),
    ]
    for (path, parent, name) in cases {
      #expect(lastName(of: path) == name, "\(path)")
      if path != "/" { #expect(folder(of: path) == parent, "\(path)") }
    }
  }

  @Test("what is written is read", arguments: [0, 1, 65_535, 65_536, 262_144, 262_145, 1_000_003])
  func roundTrip(count: Int) throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / "file"
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    try writeAtomically(path, bytes)
    #expect(try readFile(path) == bytes)
    #expect(try MappedFile(path).withBytes { Array($0) } == bytes)
    var file = try AtomicFile(replacing: path)
    let half = bytes.count / 2
    try file.write(Array(bytes[..<half]))
    try Array(bytes[half...]).withUnsafeBytes { try file.write($0) }
    #expect(file.count == count)
    try file.commit()
    #expect(try readFile(path) == bytes)
    #expect(try listDirectory(temporary.path) == ["file"])
    if count > 1 {
      #expect(throws: FileError.self) { try readFile(path, limit: count - 1) }
      #expect(try readFile(path, limit: count) == bytes)
    }
  }

  @Test("an existing file's permissions stay")
  func permissions() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / "file"
    try writeAtomically(path, "one")
    chmod(path, 0o640)
    try writeAtomically(path, "two")
    var status = stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o640)
  }

  @Test("text must be UTF-8")
  func text() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / "file"
    try writeAtomically(path, "é\n")
    #expect(try readText(path) == "é\n")
    try writeAtomically(path, [0x61, 0xC3, 0xA9, 0xFF])
    let error = try #require(throws: FileError.self) { try readText(path) }
    #expect(error.description.hasSuffix("it is not UTF-8 text (the first 3 bytes are)"))
  }

  @Test("lines are appended")
  func lines() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / "log"
    try appendLine(path, "one")
    try appendLine(path, "zwei é")
    #expect(try readText(path) == "one\nzwei é\n")
  }

  @Test("folders are made, listed and known")
  func folders() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / "a/b/c"
    try createDirectories(path)
    try createDirectories(path)
    #expect(isDirectory(path) && fileExists(path))
    for name in ["z", "É", "a", "B"] { try writeAtomically(path / name, "") }
    #expect(try listDirectory(path) == ["B", "a", "z", "É"])
    #expect(!isDirectory(path / "a") && fileExists(path / "a") && !fileExists(path / "q"))
    #expect(throws: FileError.self) { try createDirectories(path / "a/d") }
    try removeFile(path / "a")
    #expect(!fileExists(path / "a"))
    #expect(throws: FileError.self) { try removeFile(path / "a") }
    try removeFile(path / "a", ifExists: true)
  }

  @Test("errors name the operation, the path and the cause")
  func errors() throws {
    let error = try #require(throws: FileError.self) { try readFile("/no/such/file") }
    #expect(error.description == "cannot open ‘/no/such/file’: No such file or directory")
    #expect(error.code == ENOENT)
    #expect(throws: FileError.self) { try readFile("a\0b") }
    #expect(throws: FileError.self) { try writeAtomically("/no/such/file", "") }
    #expect(throws: FileError.self) { try listDirectory("/no/such") }
    #expect(throws: FileError.self) { try readFile("/dev/zero", limit: 1_000_000) }
  }
}
