import Checkpoint
import Files
package import JSON
public import Tensor

/// The files of `Tests/Fixtures`.
public enum Fixture {
  /// The path of a fixture, or of the folder of all of them.
  public static func path(_ name: String = "") -> String {
    let here = #filePath.split(separator: "/", omittingEmptySubsequences: false)
    let tests = here.dropLast(2).joined(separator: "/")
    return tests + "/Fixtures" + (name.isEmpty ? "" : "/" + name)
  }

  /// A JSON fixture.
  package static func json(_ name: String) throws -> JSONValue {
    try JSONValue(parsing: readText(path(name)))
  }

  /// The tensors of a safetensors fixture, by name.
  public static func tensors(_ name: String) throws -> [String: Tensor] {
    let file = try CheckpointReader(path(name))
    var tensors: [String: Tensor] = [:]
    for entry in file.entries {
      if let stored = file[entry.name] { tensors[entry.name] = Tensor(stored) }
    }
    return tensors
  }
}

/// A folder that exists while it is held.
public final class TemporaryFolder: Sendable {
  /// Where it is.
  public let path: String

  /// An empty folder of its own.
  public init() throws {
    path = temporaryFolder() / "apus-test-\(UInt64.random(in: 0...UInt64.max))"
    try createDirectories(path)
  }

  deinit { TemporaryFolder.remove(path) }

  private static func remove(_ path: String) {
    for name in (try? listDirectory(path)) ?? [] {
      if isDirectory(path / name) { remove(path / name) } else { try? removeFile(path / name) }
    }
    removeEmptyFolder(path)
  }
}
