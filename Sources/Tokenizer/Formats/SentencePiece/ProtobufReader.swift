/// Reads the fields of a protocol buffer message, front to back, never past its end.
///
/// Only what the wire format says is known here: each field has a number and one of four shapes.
struct ProtobufReader {
  /// The message.
  let bytes: UnsafeRawBufferPointer
  /// Where the message begins in its file, for errors.
  let base: Int
  private var offset = 0

  /// What is wrong with a message.
  struct Fault: Error {
    /// Bytes of the file before the fault.
    var offset: Int
    var reason: String
  }

  /// The value of a field.
  enum Value {
    case varint(UInt64)
    case fixed64(UInt64)
    case fixed32(UInt32)
    /// Text, bytes or a message, and where it begins in the file.
    case bytes(UnsafeRawBufferPointer, base: Int)
  }

  init(_ bytes: UnsafeRawBufferPointer, base: Int = 0) {
    self.bytes = bytes
    self.base = base
  }

  /// The next field, or nil at the end.
  mutating func next() throws(Fault) -> (number: Int, value: Value)? {
    guard offset < bytes.count else { return nil }
    let start = offset
    let tag = try varint()
    guard tag >> 3 > 0, tag >> 3 < 1 << 29 else {
      throw fault("a field has the number \(tag >> 3)", at: start)
    }
    let number = Int(tag >> 3)
    switch tag & 7 {
    case 0: return (number, .varint(try varint()))
    case 1:
      try need(8)
      defer { offset += 8 }
      let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      return (number, .fixed64(UInt64(littleEndian: value)))
    case 2:
      let length = try varint()
      guard length <= UInt64(bytes.count - offset) else {
        throw fault(
          "a field of \(length) bytes was begun, but \(bytes.count - offset) are left", at: start)
      }
      defer { offset += Int(length) }
      let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + Int(length)])
      return (number, .bytes(part, base: base + offset))
    case 5:
      try need(4)
      defer { offset += 4 }
      let value = bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
      return (number, .fixed32(UInt32(littleEndian: value)))
    default:
      throw fault("a field has the shape \(tag & 7), which is none of this format", at: start)
    }
  }

  private mutating func varint() throws(Fault) -> UInt64 {
    let start = offset
    var value: UInt64 = 0
    for shift in stride(from: UInt64(0), to: 70, by: 7) {
      try need(1)
      let byte = bytes[offset]
      offset += 1
      if shift == 63, byte > 1 { break }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
    }
    throw fault("a number has more than 64 bits", at: start)
  }

  private func need(_ count: Int) throws(Fault) {
    guard bytes.count - offset >= count else {
      throw fault("the file ends within a field", at: offset)
    }
  }

  private func fault(_ reason: String, at offset: Int) -> Fault {
    Fault(offset: base + offset, reason: reason)
  }
}

extension ProtobufReader.Value {
  /// The truth value of a number.
  var bool: Bool? {
    if case .varint(let value) = self { value != 0 } else { nil }
  }

  /// A whole number, which may be negative.
  var integer: Int? {
    if case .varint(let value) = self { Int(truncatingIfNeeded: value) } else { nil }
  }

  /// A 32-bit float.
  var float: Float? {
    if case .fixed32(let bits) = self { Float(bitPattern: bits) } else { nil }
  }
}
