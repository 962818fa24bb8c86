import Files
import JSON
import Tensor
import Testing

/// A table of recorded cases and the tensors they name.
struct GoldenCases {
  let json: JSONObject
  private let tensors: [String: Tensor]

  init(_ stem: String) throws {
    let folder = #filePath.split(separator: "/").dropLast(2).joined(separator: "/")
    let path = "/" + folder + "/Fixtures/" + stem
    json = try #require(try JSONValue(parsing: readText(path + ".json")).object)
    let file = try MappedFile(path + ".safetensors")
    let length = Int(file.bytes.loadUnaligned(as: UInt64.self))
    let header = try #require(
      try JSONValue(parsing: String(decoding: file.bytes[8..<(8 + length)], as: UTF8.self)).object)
    var tensors: [String: Tensor] = [:]
    for index in 0..<header.endIndex {
      let (name, value) = header[index]
      guard name != "__metadata__", let entry = value.object else { continue }
      let range = try #require(entry["data_offsets"]?.array).compactMap(\.integer)
      let shape = try #require(entry["shape"]?.array).compactMap(\.integer)
      let type = try #require(entry["dtype"]?.string)
      let bytes = file.bytes[(8 + length + range[0])..<(8 + length + range[1])]
      tensors[name] = Tensor(
        bytes: UnsafeRawBufferPointer(rebasing: bytes), shape: Shape(shape),
        dtype: try #require(Self.types[type]))
    }
    self.tensors = tensors
  }

  func cases(where isWanted: (String) -> Bool) throws -> [GoldenCase] {
    try #require(json["cases"]?.array).compactMap { row in
      let row = try #require(row.object)
      let operation = try #require(row["operation"]?.string)
      guard isWanted(operation) else { return nil }
      func named(_ key: String) throws -> [Tensor?] {
        try #require(row[key]?.array).map { $0.string.map { tensors[$0]! } }
      }
      let identifier = try #require(row["id"]?.string)
      let isDouble = identifier.hasSuffix("float64")
      return GoldenCase(
        id: identifier, arguments: GoldenArguments(json: try #require(row["arguments"]?.object)),
        inputs: try named("inputs").map { try #require($0) },
        outputs: try named("outputs").map { try #require($0) },
        gradientOut: try named("gradient_out"), gradients: try named("gradients"),
        tolerance: row["tolerance"]?.double ?? (isDouble ? 1e-10 : 1e-5))
    }
  }

  private static let types: [String: DType] = [
    "BOOL": .bool, "U8": .uint8, "I8": .int8, "I16": .int16, "I32": .int32, "I64": .int64,
    "F16": .float16, "BF16": .bfloat16, "F32": .float32, "F64": .float64,
  ]
}

struct GoldenArguments {
  let json: JSONObject
  func has(_ key: String) -> Bool { json[key] != nil }
  func integer(_ key: String) throws -> Int { try #require(json[key]?.integer) }
  func number(_ key: String) throws -> Double { try #require(json[key]?.double) }
  func flag(_ key: String) throws -> Bool { try #require(json[key]?.bool as Bool?) }
  func text(_ key: String) throws -> String { try #require(json[key]?.string) }
  func integers(_ key: String) throws -> [Int] {
    try #require(json[key]?.array).map { try #require($0.integer) }
  }
  func tables(_ key: String) throws -> [[Int]] {
    try #require(json[key]?.array).map {
      try #require($0.array).map { try #require($0.integer) }
    }
  }
}

struct GoldenCase {
  let id: String
  let arguments: GoldenArguments
  let inputs: [Tensor]
  let outputs: [Tensor]
  let gradientOut: [Tensor?]
  let gradients: [Tensor?]
  let tolerance: Double

  /// Compares the results of `body`, and the gradients of its inputs.
  func check(_ body: ([Tensor]) throws -> [Tensor]) throws {
    let isTransposed = arguments.has("transpose_input")
    func run(_ leaves: [Tensor]) throws -> [Tensor] {
      try body(leaves.map { isTransposed && $0.rank >= 2 ? $0.transposed() : $0 })
    }
    let results = try run(inputs)
    #expect(results.count == outputs.count, "\(id)")
    for (index, (result, expected)) in zip(results, outputs).enumerated() {
      expectClose(result, expected, tolerance, "\(id) output \(index)")
    }
    guard gradientOut.contains(where: { $0 != nil }) else { return }
    let found = try gradient(at: inputs) { leaves in
      var sum = Tensor(0, dtype: .float64)
      for (result, slope) in zip(try run(leaves), gradientOut) {
        if let slope { sum = sum + (result * slope).sum().cast(to: .float64) }
      }
      return sum
    }
    for (index, (slope, expected)) in zip(found, gradients).enumerated() {
      guard let expected else { continue }
      expectClose(slope, expected, tolerance, "\(id) gradient \(index)")
    }
  }
}

/// Compares shapes, types and elements; differences count relative to the larger of 1 and the
/// expected element.
func expectClose(
  _ value: Tensor, _ expected: Tensor, _ tolerance: Double, _ label: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard value.shape == expected.shape, value.dtype == expected.dtype else {
    Issue.record(
      "\(label): \(value.dtype) \(value.shape) instead of \(expected.dtype) \(expected.shape)",
      sourceLocation: sourceLocation)
    return
  }
  let (left, right) = (value.scalars(as: Double.self), expected.scalars(as: Double.self))
  for (index, (a, b)) in zip(left, right).enumerated() {
    if a == b || a.isNaN && b.isNaN { continue }
    if !(abs(a - b) <= tolerance * max(1, abs(b))) {
      Issue.record(
        "\(label): element \(index) is \(a) instead of \(b)", sourceLocation: sourceLocation)
      return
    }
  }
}
