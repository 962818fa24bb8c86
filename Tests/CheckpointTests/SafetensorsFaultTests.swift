import Checkpoint
import Files
import JSON
import Testing

@Suite("Faults of safetensors headers")
struct SafetensorsFaultTests {
  /// Faults by the name of the case in `headers.json`, in words that name the case of the enum;
  /// the six cases without fault are those the reference accepts too.
  static let expected: [(String, String?)] = [
    ("valid", nil), ("no tensors", nil), ("space after", nil), ("null metadata", nil),
    ("unknown field", nil), ("zero times large", nil), ("empty tensors at one place", nil),
    ("no bytes", "tooShort"), ("seven bytes", "tooShort"), ("length 100000001", "headerTooLarge"),
    ("length 2^63", "headerTooLarge"), ("length 2^64-1", "headerTooLarge"),
    ("length 100000000 of 2", "headerBeyondEnd"), ("length 3 of 2", "headerBeyondEnd"),
    ("length 0", "headerStart"), ("space before", "headerStart"), ("array", "headerStart"),
    ("text", "headerStart"), ("number", "headerStart"), ("null", "headerStart"),
    ("zip archive", "headerTooLarge"), ("invalid UTF-8", "headerNotJSON"),
    ("encoded surrogate", "headerNotJSON"), ("byte order mark", "headerStart"),
    ("unfinished", "headerNotJSON"), ("two objects", "headerNotJSON"),
    ("zero byte after", "headerNotJSON"), ("trailing comma", "headerNotJSON"),
    ("lone surrogate", "headerNotJSON"), ("control character", "headerNotJSON"),
    ("deep nesting", "headerNotJSON"), ("same tensor twice", "headerNotJSON"),
    ("same field twice", "headerNotJSON"), ("same metadata key twice", "headerNotJSON"),
    ("metadata twice", "headerNotJSON"), ("metadata number", "metadata"),
    ("metadata null value", "metadata"), ("metadata array", "metadata"),
    ("metadata text", "metadata"), ("entry null", "entry"), ("entry number", "entry"),
    ("entry empty", "entry"), ("no dtype", "entry"), ("no shape", "entry"),
    ("no offsets", "entry"), ("offsets named offsets", "entry"), ("dtype number", "entry"),
    ("dtype lower case", "unknownElementType"), ("dtype unknown", "unknownElementType"),
    ("dtype empty", "unknownElementType"), ("shape number", "entry"), ("shape null", "entry"),
    ("shape negative", "entry"), ("shape two negatives", "entry"), ("shape fraction", "entry"),
    ("shape text", "entry"), ("shape 2^64", "entry"), ("shape 10^40", "entry"),
    ("offsets one", "entry"), ("offsets three", "entry"), ("offsets text", "entry"),
    ("offsets negative", "entry"), ("offsets reversed", "reversed"),
    ("offsets too far apart", "byteCount"), ("offsets too close", "byteCount"),
    ("offsets of a scalar", "byteCount"), ("offsets 2^63-1", "gap"),
    ("size over 64 bits", "tooLarge"), ("size over 64 bits by type", "tooLarge"),
    ("size over 64 bits by bits", "tooLarge"), ("large times large times zero", "tooLarge"),
    ("half a byte", "partialByte"), ("six bits", "partialByte"), ("overlap", "overlap"),
    ("same place", "overlap"), ("inside", "overlap"), ("empty tensor inside", "overlap"),
    ("gap", "gap"), ("gap at the beginning", "gap"), ("bytes after", "coverage"),
    ("bytes after nothing", "coverage"), ("bytes missing", "coverage"),
  ]

  /// What the reference lets pass although its own format description forbids it.
  static let stricter: Set = ["space before", "same tensor twice", "same metadata key twice"]

  static func cases() throws -> JSONObject {
    try JSONValue(parsing: readText(fixtures / "headers.json")).object ?? [:]
  }

  @Test("each case has an expectation")
  func completeness() throws {
    #expect(try Array(Self.cases().keys) == Self.expected.map(\.0))
  }

  @Test(
    "each gives its fault, and where the reference finds none there is none", arguments: expected)
  func verdict(name: String, expected: String?) throws {
    let entry = try #require(try Self.cases()[name]?.object)
    let file = try bytes(hexadecimal: try #require(entry["file"]?.string))
    let referenceAccepts = entry["reference"] == .null
    #expect((expected == nil) == (referenceAccepts && !Self.stricter.contains(name)))
    do throws(SafetensorsFaults) {
      _ = try header(of: file)
      #expect(expected == nil)
    } catch {
      #expect(error.faults.count == 1)
      let fault = String(
        describing: Mirror(reflecting: error.faults[0]).children.first?.label ?? "")
      #expect((fault.isEmpty ? "\(caseName(error.faults[0]))" : fault) == expected)
    }
  }

  /// The name of a case without payload.
  private func caseName(_ fault: SafetensorsFault) -> String {
    fault == .headerStart ? "headerStart" : "?"
  }

  @Test("all faults of a header come in one error, in a sentence")
  func allAtOnce() throws {
    let temporary = try TemporaryFolder()
    let path = temporary.path / "bad.safetensors"
    let text = """
      {"a":{"dtype":"F33","shape":[1],"data_offsets":[0,4]},
      "b":{"dtype":"F32","shape":[2],"data_offsets":[4,8]},"c":7}
      """
    try writeAtomically(path, container(text))
    let error = try #require(throws: CheckpointError.self) { try SafetensorsFile(path) }
    #expect(
      error
        == .invalidSafetensors(
          path: path,
          faults: [
            .unknownElementType(tensor: "a", name: "F33"),
            .byteCount(tensor: "b", expected: 8, found: 4),
            .entry(tensor: "c", reason: "expected an object, found an integer"),
          ]))
    #expect(
      error.description.hasPrefix("‘\(path)’ is not a valid safetensors file: tensor ‘a’ has"))
  }

  @Test("a file cut anywhere is refused", arguments: ["one", "crooked", "odd_names"])
  func truncation(name: String) throws {
    let whole = try readFile(fixtures / "\(name).safetensors")
    _ = try header(of: whole)
    for count in whole.indices {
      #expect(throws: SafetensorsFaults.self, "\(count) bytes") {
        try header(of: Array(whole[..<count]))
      }
    }
  }

  @Test("mutated files are refused or consistent, and never crash")
  func mutations() throws {
    var random = SplitMix(state: 1)
    let seeds = try ["one", "crooked", "odd_names", "every_type"].map {
      try readFile(fixtures / "\($0).safetensors")
    }
    let words = [
      "\"", "{", "}", "[", "]", ",", ":", "0", "-1", "9223372036854775807", "1e30", "null", "F4",
      "\"U8\"", "\\u0000", "\\ud800", "__metadata__", "data_offsets", "shape", "dtype", "[[[[[",
    ]
    var accepted = 0
    for _ in 0..<4000 {
      var file = seeds.randomElement(using: &random)!
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        // Most changes go to the header, where they matter.
        let place = Int.random(in: 0..<min(file.count, 300), using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: file[place] = .random(in: 0...255, using: &random)
        case 1: file[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: file.remove(at: place)
        case 3: file.insert(contentsOf: words.randomElement(using: &random)!.utf8, at: place)
        default:
          let other = Int.random(in: 0..<file.count, using: &random)
          file.replaceSubrange(place..<min(place + 8, file.count), with: file[other...].prefix(8))
        }
        if file.isEmpty { break }
      }
      do throws(SafetensorsFaults) {
        let header = try header(of: file)
        accepted += 1
        for entry in header.entries {
          #expect(entry.byteRange.upperBound <= file.count)
          #expect(entry.elementType.byteCount(ofShape: entry.shape) == entry.byteCount)
        }
      } catch {
        #expect(!error.faults.isEmpty)
      }
    }
    #expect(accepted > 0)
  }

  @Test("a hundred thousand faults stay one short sentence")
  func manyFaults() throws {
    let entries = (0..<100_000).map { "\"\($0)\":0" }.joined(separator: ",")
    let faults = try #require(throws: SafetensorsFaults.self) {
      try header(of: container("{\(entries)}"))
    }
    #expect(faults.faults.count == 100_000)
    let error = CheckpointError.invalidSafetensors(path: "f", faults: faults.faults)
    #expect(error.description.utf8.count < 4000)
    #expect(error.description.hasSuffix("and 99980 more"))
  }

  @Test("a shape of a million extents is read, and described briefly")
  func longShape() throws {
    let shape = String(repeating: "1,", count: 999_999) + "1"
    let file = container(
      "{\"x\":{\"dtype\":\"U8\",\"shape\":[\(shape)],\"data_offsets\":[0,1]}}", [7])
    #expect(try header(of: file).entries[0].elementCount == 1)
    let large = String(repeating: "9,", count: 999_999) + "9"
    let faults = try #require(throws: SafetensorsFaults.self) {
      try header(
        of: container("{\"x\":{\"dtype\":\"U8\",\"shape\":[\(large)],\"data_offsets\":[0,1]}}", [7])
      )
    }
    #expect(faults.faults[0].description.utf8.count < 200)
  }
}
