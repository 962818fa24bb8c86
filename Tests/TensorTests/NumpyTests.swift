import Files
import JSON
import Tensor
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// `.npy` files against files that NumPy wrote, and hostile ones.
@Suite struct NumpyTests {
  @Test func readsAndRewritesWhatNumPyWrote() throws {
    let table = try fixture("Numpy/files.json")
    let rows = try #require(table["files"]?.array)
    #expect(rows.count > 30)
    for row in rows {
      let row = try #require(row.object)
      let name = try #require(row["file"]?.string)
      let path = fixturePath("Numpy/" + name)
      let tensor = try Tensor(contentsOfNumpyFile: path)
      #expect(Array(tensor.shape) == row["shape"]?.array?.compactMap(\.integer), "\(name)")
      #expect(tensor.dtype.description == row["dtype"]?.string, "\(name)")
      let expected = try #require(row["values"]?.array)
      if tensor.dtype == .int64 {
        #expect(
          tensor.scalars(as: Int64.self).map { Int($0) } == expected.map(\.integer), "\(name)")
      } else {
        let same = zip(tensor.scalars(as: Double.self), expected).allSatisfy { value, number in
          let number = number.numpyNumber
          return value.isNaN ? number.isNaN : value == number && value.sign == number.sign
        }
        #expect(same && tensor.count == expected.count, "\(name)")
      }
      let isPlain =
        row["version"]?.array?.first?.integer == 1 && row["fortran_order"]?.bool == false
        && row["descr"]?.string?.first != ">"
      if isPlain {
        let copy = TemporaryFile()
        try tensor.write(toNumpyFile: copy.path)
        #expect(try readFile(copy.path) == readFile(path), "\(name)")
      }
    }
  }

  /// In a process of its own, where no other test allocates.
  @Test func littleEndianElementsAreNotCopied() async {
    await #expect(processExitsWith: .success) {
      let file = TemporaryFile()
      try Tensor.ones([1 << 20]).write(toNumpyFile: file.path)
      Runtime.resetPeakMemory()
      let before = Runtime.memory.bytesInUse
      var tensor = try Tensor(contentsOfNumpyFile: file.path)
      precondition(tensor[-1].scalar(as: Float.self) == 1)
      precondition(Runtime.memory.peakBytesInUse < before + (1 << 16))
      // Copy on write: the file and other values stay as they are.
      let twin = tensor
      tensor[0] = 5
      precondition(Runtime.memory.bytesInUse >= before + (1 << 22))
      precondition(twin[0].scalar(as: Float.self) == 1 && tensor[0].scalar(as: Float.self) == 5)
      let again = try Tensor(contentsOfNumpyFile: file.path)
      precondition(again[0].scalar(as: Float.self) == 1)
    }
  }

  @Test func stridedTensorsAreWrittenInOrder() throws {
    let file = TemporaryFile()
    let tensor = Tensor([Int32](0..<24), shape: [2, 3, 4]).permuted(2, 0, 1)[.every(2)]
    try tensor.write(toNumpyFile: file.path)
    let back = try Tensor(contentsOfNumpyFile: file.path)
    #expect(back.shape == [2, 2, 3])
    #expect(back.scalars(as: Int32.self) == tensor.scalars(as: Int32.self))
  }

  @Test func namesWhatIsWrong() throws {
    let complex = fixturePath("Numpy/unsupported_complex.npy")
    #expect(throws: NumpyError.unsupportedType(path: complex, type: "<c8")) {
      _ = try Tensor(contentsOfNumpyFile: complex)
    }
    let missing = fixturePath("Numpy/there_is_none.npy")
    #expect(throws: NumpyError.self) { _ = try Tensor(contentsOfNumpyFile: missing) }
    let file = TemporaryFile()
    #expect(throws: NumpyError.unsupportedType(path: file.path, type: "bfloat16")) {
      try Tensor.ones([2], dtype: .bfloat16).write(toNumpyFile: file.path)
    }
    #expect(throws: NumpyError.self) { try Tensor(1).write(toNumpyFile: "/no/such/folder/x.npy") }
  }

  @Test func everyTruncationThrows() throws {
    for name in ["c_f4", "fortran_f8", "version2", "version3", "scalar_b1"] {
      let bytes = try readFile(fixturePath("Numpy/\(name).npy"))
      let file = TemporaryFile()
      for length in 0..<bytes.count {
        file.overwrite(Array(bytes[..<length]))
        #expect(throws: NumpyError.self, "\(name) cut to \(length)") {
          _ = try Tensor(contentsOfNumpyFile: file.path)
        }
      }
      file.overwrite(bytes + [0])
      #expect(throws: NumpyError.self) { _ = try Tensor(contentsOfNumpyFile: file.path) }
    }
  }

  @Test func mutatedFilesThrowOrRead() throws {
    var stream = RandomStream(seed: 11)
    let file = TemporaryFile()
    var failures = 0
    let names = ["c_f4", "fortran_b1", "version2", "big_endian_i8", "scalar_f4"]
    for name in names {
      let bytes = try readFile(fixturePath("Numpy/\(name).npy"))
      for _ in 0..<600 {
        var mutated = bytes
        for _ in 0..<Int.random(in: 1...4, using: &stream) {
          // The first bytes decide most; the padding decides little.
          let place = Int.random(in: 0..<min(bytes.count, 80), using: &stream)
          mutated[place] = UInt8.random(in: .min ... .max, using: &stream)
        }
        file.overwrite(mutated)
        do throws(NumpyError) {
          let tensor = try Tensor(contentsOfNumpyFile: file.path)
          #expect(tensor.description.utf8.count > 0)
        } catch {
          failures += 1
        }
      }
    }
    #expect(failures > 1000)
  }

  @Test(arguments: [
    "{'descr': '<f4', 'fortran_order': False, 'shape': (4611686018427387904, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4611686018427387904, 4), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 1, 1, 1, 1, 1, 1, 1), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': 1, }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1), }",
    "{'descr': '<f4', 'fortran_order': False, }",
    "{'descr': '<f4', 'fortran_order': 0, 'shape': (1,), }",
    "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '', 'fortran_order': False, 'shape': (1,), }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'more': 'x', }",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } x",
    "{'descr': '<f4', 'fortran_order': False, 'shape': (1,",
    "{'descr: '<f4', 'fortran_order': False, 'shape': (1,), }", "", "{", "{}",
  ])
  func hostileHeadersThrow(header: String) throws {
    let file = TemporaryFile()
    let text = Array(header.utf8)
    let start: [UInt8] = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(text.count), 0]
    file.overwrite(start + text + [0, 0, 0, 0])
    #expect(throws: NumpyError.self) { _ = try Tensor(contentsOfNumpyFile: file.path) }
  }
}

/// The path of a file in Tests/Fixtures.
func fixturePath(_ name: String) -> String {
  let tests = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
  return "/" + tests + "/Fixtures/" + name
}

/// A JSON table in Tests/Fixtures.
func fixture(_ name: String) throws -> JSONObject {
  try #require(try JSONValue(parsing: readText(fixturePath(name))).object)
}

extension JSONValue {
  /// A number, which the fixtures write as a string where JSON has none, or a truth value.
  var numpyNumber: Double {
    switch string {
    case "nan"?: .nan
    case "inf"?: .infinity
    case "-inf"?: -.infinity
    default: double ?? (bool == true ? 1 : 0)
    }
  }
}

/// A name in the temporary folder; what is there is removed at the end.
final class TemporaryFile {
  let path: String

  init() {
    let folder = getenv("TMPDIR").map { String(cString: $0) } ?? "/var/tmp"
    path = "\(folder)/apus-test-\(getpid())-\(UInt64.random(in: 0 ... .max)).npy"
  }

  /// Replaces the contents without bringing them to the disk, which is slow.
  func overwrite(_ bytes: [UInt8]) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    _ = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    close(descriptor)
  }

  deinit { unlink(path) }
}
