import Checkpoint
import Files
import JSON

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The folder that `make_checkpoint.py` filled.
let fixtures = folder(of: folder(of: #filePath)) / "Fixtures/Checkpoint"

/// A folder of its own for one test, removed with what is in it when the test lets go of it.
final class TemporaryFolder: Sendable {
  let path: String

  init() throws {
    var template = Array(
      "\(String(cString: getenv("TMPDIR") ?? strdup("/tmp")))/apus-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { throw FileError("make", "temporary", code: errno) }
    path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  deinit { Self.remove(path) }

  private static func remove(_ path: String) {
    for name in (try? listDirectory(path)) ?? [] {
      if isDirectory(path / name) { remove(path / name) } else { unlink(path / name) }
    }
    rmdir(path)
  }
}

/// The bytes that pairs of hexadecimal digits stand for.
func bytes(hexadecimal text: String) throws -> [UInt8] {
  let digits = try text.utf8.map { digit in
    guard let value = Character(Unicode.Scalar(digit)).hexDigitValue else {
      throw FileError("decode", text, reason: "it is not hexadecimal")
    }
    return UInt8(value)
  }
  return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
}

/// A safetensors file with this header and these data.
func container(_ header: String, _ data: [UInt8] = []) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
    + data
}

/// The header of a whole file's bytes, or its faults.
func header(of file: [UInt8]) throws(SafetensorsFaults) -> SafetensorsHeader {
  try file.withUnsafeBytes { file in
    Result { () throws(SafetensorsFaults) in try SafetensorsHeader(of: file) }
  }.get()
}

/// The declarations that would make a file with these entries.
func declarations(of entries: [TensorInfo]) -> [TensorDeclaration] {
  entries.map { TensorDeclaration($0.name, $0.elementType, shape: $0.shape) }
}

/// A small generator with a seed, so that a failing test fails again.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ z >> 30) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ z >> 27) &* 0x94D0_49BB_1331_11EB
    return z ^ z >> 31
  }
}
