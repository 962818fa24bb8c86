/// Reads a GGUF file from front to back and never past its end.
struct GGUFReader {
  let bytes: UnsafeRawBufferPointer
  let path: String
  /// The place of the next byte.
  var offset: Int

  /// How deep arrays may lie in arrays; files known to exist use one level.
  static let depthLimit = 8

  /// The bytes that are left.
  var rest: Int { bytes.count - offset }

  /// The error of something at `offset`, or at the next byte.
  func failure(_ reason: String, at offset: Int? = nil) -> GGUFError {
    GGUFError(path: path, offset: offset ?? self.offset, reason: reason)
  }

  /// The next number, stored with its least byte first.
  mutating func integer<Number: FixedWidthInteger>(
    _ type: Number.Type, _ what: String
  ) throws(GGUFError) -> Number {
    let size = MemoryLayout<Number>.size
    guard rest >= size else {
      throw failure("\(what) of \(size) bytes was expected, but \(rest) bytes are left")
    }
    let value = bytes.loadUnaligned(fromByteOffset: offset, as: Number.self)
    offset += size
    return Number(littleEndian: value)
  }

  /// The next count of things that each take at least `least` bytes.
  mutating func count(_ what: String, ofAtLeast least: Int) throws(GGUFError) -> Int {
    let start = offset
    let value = try integer(UInt64.self, what)
    guard value <= UInt64(rest / least) else {
      throw failure("\(what) is \(value), more than the \(rest) bytes after it can hold", at: start)
    }
    return Int(value)
  }

  /// Where the bytes of the next string lie.
  mutating func stringRange(_ what: String) throws(GGUFError) -> Range<Int> {
    let length = try count("the length of \(what)", ofAtLeast: 1)
    defer { offset += length }
    return offset..<offset + length
  }

  /// The next string, which must be UTF-8.
  mutating func string(_ what: String) throws(GGUFError) -> String {
    let range = try stringRange(what)
    guard let text = String(validating: bytes[range], as: UTF8.self) else {
      throw failure("\(what) is not UTF-8 text", at: range.lowerBound)
    }
    return text
  }

  /// The type of a value that follows.
  mutating func valueType(_ what: String) throws(GGUFError) -> GGUFValueType {
    let start = offset
    let number = try integer(UInt32.self, "the type of \(what)")
    guard let type = GGUFValueType(rawValue: number) else {
      throw failure("\(what) has the type \(number); types go from 0 to 12", at: start)
    }
    return type
  }

  /// The next value.
  mutating func value(
    _ type: GGUFValueType, _ what: String, depth: Int = 0
  ) throws(GGUFError) -> GGUFValue {
    switch type {
    case .uint8: .integer(Int64(try integer(UInt8.self, what)), type)
    case .int8: .integer(Int64(try integer(Int8.self, what)), type)
    case .uint16: .integer(Int64(try integer(UInt16.self, what)), type)
    case .int16: .integer(Int64(try integer(Int16.self, what)), type)
    case .uint32: .integer(Int64(try integer(UInt32.self, what)), type)
    case .int32: .integer(Int64(try integer(Int32.self, what)), type)
    case .uint64: .unsigned(try integer(UInt64.self, what))
    case .int64: .integer(try integer(Int64.self, what), type)
    case .float32: .number(Double(Float(bitPattern: try integer(UInt32.self, what))), type)
    case .float64: .number(Double(bitPattern: try integer(UInt64.self, what)), type)
    case .bool: .bool(try bool(what))
    case .string: .string(try string(what))
    case .array: .array(try array(what, depth: depth))
    }
  }

  /// The next truth value: a byte that is 0 or 1.
  mutating func bool(_ what: String) throws(GGUFError) -> Bool {
    let value = try integer(UInt8.self, what)
    guard value < 2 else {
      throw failure("\(what) must be 0 or 1, not \(value)", at: offset - 1)
    }
    return value == 1
  }

  /// The next array, whose elements are looked at but not kept.
  mutating func array(_ what: String, depth: Int = 0) throws(GGUFError) -> GGUFArray {
    guard depth < Self.depthLimit else {
      throw failure("arrays lie in arrays more than \(Self.depthLimit) deep")
    }
    let type = try valueType("the elements of \(what)")
    let count = try count("the count of \(what)", ofAtLeast: type.leastByteCount)
    let start = offset
    switch type {
    case .string:
      for _ in 0..<count { _ = try stringRange("an element of \(what)") }
    case .array:
      for _ in 0..<count { _ = try array(what, depth: depth + 1) }
    case .bool:
      for _ in 0..<count { _ = try bool("an element of \(what)") }
    default:
      offset += count * (type.byteCount ?? 0)
    }
    return GGUFArray(elementType: type, count: count, byteRange: start..<offset)
  }
}
