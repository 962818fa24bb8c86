import Files
import JSON

@testable import Tokenizer

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The folder of this module's fixtures, made by make_tokenizer.py.
let fixtures = folder(of: folder(of: #filePath)) / "Fixtures" / "Tokenizer"

/// A fixture that cannot be read as expected.
struct FixtureError: Error {
  var name: String
}

/// The JSON of a fixture.
func fixture(_ name: String) throws -> JSONValue {
  try JSONValue(parsing: readFile(fixtures / name))
}

/// The tokenizer of a fixture.
func fixtureTokenizer(_ name: String) throws -> TextTokenizer {
  try TextTokenizer(contentsOf: fixtures / "\(name).json")
}

extension JSONValue {
  /// The elements of an array of integers.
  func integers() throws -> [Int] {
    guard let list = array else { throw FixtureError(name: "integers") }
    return try list.map {
      guard let value = $0.integer else { throw FixtureError(name: "integer") }
      return value
    }
  }

  /// The elements of an array of strings.
  func strings() throws -> [String] {
    guard let list = array else { throw FixtureError(name: "strings") }
    return try list.map {
      guard let value = $0.string else { throw FixtureError(name: "string") }
      return value
    }
  }

  /// A member that must be there.
  func member(_ key: String) throws -> JSONValue {
    guard let value = object?[key] else { throw FixtureError(name: key) }
    return value
  }

  /// A string member that must be there.
  func text(_ key: String) throws -> String {
    guard let value = try member(key).string else { throw FixtureError(name: key) }
    return value
  }
}

extension String {
  /// Whether both are the same bytes; `==` takes canonically equivalent texts for equal.
  func isSame(as other: String) -> Bool { utf8.elementsEqual(other.utf8) }
}

/// A fresh folder for a test to write to.
func temporaryFolder(_ name: String) throws -> String {
  let root = getenv("TMPDIR").map { String(cString: $0) } ?? P_tmpdir
  let path = root / "apus-tokenizer-tests" / "\(name)-\(UInt64.random(in: 0 ... .max))"
  try createDirectories(path)
  return path
}

/// A small generator with a seed, so that a failing test fails again.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}
