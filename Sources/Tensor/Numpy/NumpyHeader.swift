/// The header of a `.npy` file (NumPy's format specification, NEP 1): what the bytes behind it are.
struct NumpyHeader {
  var type: String
  var dtype: DType
  var isBigEndian: Bool
  var isFortranOrder: Bool
  var shape: [Int]
  /// Where the elements start.
  var dataStart: Int

  static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)
  /// NumPy itself reads no longer ones by default; real headers have about 100 bytes.
  private static let longest = 10_000

  /// Reads the header at the start of a file.
  init(_ bytes: UnsafeRawBufferPointer, path: String) throws(NumpyError) {
    guard bytes.count >= 10, bytes.prefix(6).elementsEqual(Self.magic) else {
      throw .notNumpy(path: path, reason: "it does not begin with the six bytes “\\x93NUMPY”")
    }
    let version = bytes[6]
    guard (1...3).contains(version) else {
      throw .notNumpy(path: path, reason: "it has version \(version), known are 1, 2 and 3")
    }
    let start = version == 1 ? 10 : 12
    guard bytes.count >= start else {
      throw .malformedHeader(path: path, reason: "the file ends within it")
    }
    var length = Int(bytes[8]) | Int(bytes[9]) << 8
    if version > 1 { length |= Int(bytes[10]) << 16 | Int(bytes[11]) << 24 }
    guard length <= Self.longest else {
      throw .malformedHeader(
        path: path, reason: "it has \(length) bytes, more than \(Self.longest)")
    }
    guard bytes.count - start >= length else {
      throw .malformedHeader(path: path, reason: "the file ends within it")
    }
    var scanner = NumpyHeaderScanner(
      bytes: Array(bytes[start..<(start + length)]), path: path)
    let fields = try scanner.dictionary()
    dataStart = start + length
    type = fields.type
    isFortranOrder = fields.isFortranOrder
    shape = fields.shape
    guard let known = Self.types[String(type.dropFirst())], let order = type.first else {
      throw .unsupportedType(path: path, type: type)
    }
    dtype = known
    let isSingle = known.byteCount == 1
    guard order == "<" || order == ">" || order == "=" || order == "|" && isSingle else {
      throw .unsupportedType(path: path, type: type)
    }
    isBigEndian = order == ">"
  }

  private static let types: [String: DType] = [
    "b1": .bool, "u1": .uint8, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "f2": .float16, "f4": .float32, "f8": .float64,
  ]

  /// The bytes that `numpy.save` writes before the elements; nil for a type NumPy does not have.
  static func bytes(shape: Shape, dtype: DType) -> [UInt8]? {
    guard let name = types.first(where: { $0.value == dtype })?.key else { return nil }
    let order = dtype.byteCount == 1 ? "|" : "<"
    let extents = shape.map(String.init)
    let tuple =
      extents.count == 1 ? "(\(extents[0]),)" : "(" + extents.joined(separator: ", ") + ")"
    var text = "{'descr': '\(order)\(name)', 'fortran_order': False, 'shape': \(tuple), }"
    // Room for the first extent to grow to 21 digits, as NumPy leaves it.
    if let first = extents.first {
      text += String(repeating: " ", count: max(0, 21 - first.utf8.count))
    }
    let used = 10 + text.utf8.count + 1
    text += String(repeating: " ", count: 64 - used % 64) + "\n"
    let length = text.utf8.count
    return magic + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
  }
}
