import Files
import JSON

/// Something in a file that safetensors does not allow.
public enum SafetensorsFault: Error, Sendable, Hashable, CustomStringConvertible {
  /// The file has less than the eight bytes of the header's length.
  case tooShort(byteCount: Int)
  /// The header claims to be longer than 100 000 000 bytes.
  case headerTooLarge(length: UInt64)
  /// The header claims more bytes than the file has.
  case headerBeyondEnd(length: Int, available: Int)
  /// The header does not begin with `{`.
  case headerStart
  /// The header is not one JSON object in UTF-8 with each key once.
  case headerNotJSON(reason: String)
  /// The `__metadata__` entry is not an object of strings.
  case metadata(reason: String)
  /// An entry lacks a field or has one of another kind.
  case entry(tensor: String, reason: String)
  /// An entry has an element type that safetensors does not define.
  case unknownElementType(tensor: String, name: String)
  /// The size of the shape in bits is beyond 64 bits.
  case tooLarge(tensor: String, shape: [Int])
  /// Elements smaller than a byte do not fill the last one.
  case partialByte(tensor: String, bitCount: Int)
  /// The offsets span another number of bytes than type and shape need.
  case byteCount(tensor: String, expected: Int, found: Int)
  /// The offsets end before they begin.
  case reversed(tensor: String, begin: Int, end: Int)
  /// A tensor begins before the one before it ends.
  case overlap(tensor: String, previous: String)
  /// No tensor uses the bytes before this one.
  case gap(tensor: String, begin: Int, expected: Int)
  /// The tensors end before or after the file.
  case coverage(tensorBytes: Int, fileBytes: Int)

  /// The fault as part of a sentence.
  public var description: String {
    switch self {
    case .tooShort(let byteCount):
      "it has \(byteCount) bytes, and safetensors begins with 8 bytes of header length"
    case .headerTooLarge(0x206E_6F69_7372_6576):  // “version ”
      LFSPointer.reason
    case .headerTooLarge(let length):
      "its header claims \(length) bytes, and 100000000 are allowed; is it a safetensors file?"
    case .headerBeyondEnd(let length, let available):
      "its header claims \(length) bytes, and only \(available) follow; was it cut short?"
    case .headerStart: "its header does not begin with ‘{’; is it a safetensors file?"
    case .headerNotJSON(let reason): "its header is \(reason)"
    case .metadata(let reason): "its __metadata__ must be an object of strings: \(reason)"
    case .entry(let tensor, let reason): "tensor \(quoted(tensor)): \(reason)"
    case .unknownElementType(let tensor, let name):
      "tensor \(quoted(tensor)) has the unknown dtype \(quoted(name)); known are "
        + ElementType.plainTypes.map(\.rawValue).joined(separator: ", ")
    case .tooLarge(let tensor, let shape):
      "tensor \(quoted(tensor)) has a size beyond 64 bits: \(abbreviated(shape))"
    case .partialByte(let tensor, let bitCount):
      "tensor \(quoted(tensor)) has \(bitCount) bits, which are not whole bytes"
    case .byteCount(let tensor, let expected, let found):
      "tensor \(quoted(tensor)) needs \(expected) bytes by its dtype and shape, its offsets span \(found)"
    case .reversed(let tensor, let begin, let end):
      "tensor \(quoted(tensor)) begins at \(begin) and ends before, at \(end)"
    case .overlap(let tensor, let previous):
      "tensor \(quoted(tensor)) begins inside tensor \(quoted(previous))"
    case .gap(let tensor, let begin, let expected):
      "tensor \(quoted(tensor)) begins at \(begin), and the bytes from \(expected) on are unused"
    case .coverage(let tensorBytes, let fileBytes):
      tensorBytes > fileBytes
        ? "its tensors need \(tensorBytes) bytes, and only \(fileBytes) follow; was it cut short?"
        : "its tensors end after \(tensorBytes) bytes, and \(fileBytes) follow the header"
    }
  }
}

/// A shape in brackets, cut when it is long.
func abbreviated(_ shape: [Int]) -> String {
  "[" + shape.prefix(8).map(String.init).joined(separator: ", ")
    + (shape.count > 8 ? ", … \(shape.count) extents]" : "]")
}
