/// A recursive-descent scanner over bytes; strings and numbers are in files of their own.
struct JSONScanner {
  let bytes: UnsafeBufferPointer<UInt8>
  var position = 0
  /// Holds the bytes of a string with escapes while it is put together.
  var scratch: [UInt8] = []
  private let depthLimit: Int
  private let valueLimit: Int
  private var valueCount = 0
  private let duplicateKeys: JSONDuplicateKeys
  let largeIntegers: JSONLargeIntegers
  /// The member of the document, and the members of that, whose values are passed over.
  var deferral: (parent: String, keys: Set<String>)?
  /// Where the values are that were passed over.
  private(set) var deferred: [String: Range<Int>] = [:]
  private var isInParent = false

  init(
    _ bytes: UnsafeRawBufferPointer, depthLimit: Int, valueLimit: Int,
    duplicateKeys: JSONDuplicateKeys, largeIntegers: JSONLargeIntegers
  ) {
    self.bytes = bytes.bindMemory(to: UInt8.self)
    self.depthLimit = depthLimit
    self.valueLimit = valueLimit
    self.duplicateKeys = duplicateKeys
    self.largeIntegers = largeIntegers
  }

  /// The only value of the text.
  mutating func document() throws(JSONFailure) -> JSONValue {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) {
      throw failure("the text begins with a byte order mark; save it without one")
    }
    let value = try value(depth: 0)
    skipSpace()
    guard position == bytes.count else {
      throw failure("expected the end of the text, found \(found)")
    }
    return value
  }

  private mutating func value(depth: Int) throws(JSONFailure) -> JSONValue {
    skipSpace()
    valueCount += 1
    guard valueCount <= valueLimit else {
      throw failure("the text has more than \(valueLimit) values")
    }
    switch peek {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object(try object(depth: depth))
    case UInt8(ascii: "["): return .array(try array(depth: depth))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: throw failure("expected a value, found \(found)")
    }
  }

  private mutating func array(depth: Int) throws(JSONFailure) -> [JSONValue] {
    try open(depth: depth)
    var elements: [JSONValue] = []
    skipSpace()
    if skip(UInt8(ascii: "]")) { return elements }
    while true {
      elements.append(try value(depth: depth + 1))
      skipSpace()
      if skip(UInt8(ascii: ",")) { continue }
      if skip(UInt8(ascii: "]")) { return elements }
      throw failure("expected ‘,’ or ‘]’ in an array, found \(found)")
    }
  }

  private mutating func object(depth: Int) throws(JSONFailure) -> JSONObject {
    let start = position
    try open(depth: depth)
    var members: [(key: String, value: JSONValue)] = []
    skipSpace()
    if skip(UInt8(ascii: "}")) { return JSONObject() }
    while true {
      skipSpace()
      guard peek == UInt8(ascii: "\"") else {
        throw failure("expected a key in quotes, found \(found)")
      }
      let key = try string()
      skipSpace()
      guard skip(UInt8(ascii: ":")) else {
        throw failure("expected ‘:’ after a key, found \(found)")
      }
      members.append((key, try member(key, depth: depth)))
      skipSpace()
      if skip(UInt8(ascii: ",")) { continue }
      if skip(UInt8(ascii: "}")) { return try finish(members, start: start) }
      throw failure("expected ‘,’ or ‘}’ in an object, found \(found)")
    }
  }

  /// The value of a key, or null in its place if it is passed over.
  private mutating func member(_ key: String, depth: Int) throws(JSONFailure) -> JSONValue {
    guard let deferral, depth < 2 else { return try value(depth: depth + 1) }
    if depth == 0 { isInParent = key == deferral.parent }
    guard depth == 1, isInParent, deferral.keys.contains(key) else {
      return try value(depth: depth + 1)
    }
    skipSpace()
    let start = position
    try passOver()
    deferred[key] = start..<position
    return .null
  }

  /// Moves past a value of which only strings and brackets are looked at.
  private mutating func passOver() throws(JSONFailure) {
    var depth = 0
    repeat {
      switch peek {
      case UInt8(ascii: "\""):
        position += 1
        try skipPlain()
        while bytes[position] == UInt8(ascii: "\\") {
          position += 2
          try skipPlain()
        }
        position += 1
      case UInt8(ascii: "["), UInt8(ascii: "{"):
        depth += 1
        position += 1
      case UInt8(ascii: "]"), UInt8(ascii: "}"):
        depth -= 1
        position += 1
      case _ where position >= bytes.count: throw failure("the text ends inside a value")
      default: position += 1
      }
    } while depth > 0
  }

  private func finish(
    _ members: [(key: String, value: JSONValue)], start: Int
  ) throws(JSONFailure) -> JSONObject {
    var firstRepeated: Int?
    if let object = JSONObject(parsed: members, firstRepeated: &firstRepeated) { return object }
    switch duplicateKeys {
    case .lastWins: return JSONObject(members.lazy.map { ($0.key, $0.value) })
    case .rejected:
      let key = quoted(members[firstRepeated ?? 0].key)
      throw JSONFailure(
        offset: start, message: "the object that begins here has the key \(key) twice")
    }
  }

  private mutating func open(depth: Int) throws(JSONFailure) {
    guard depth < depthLimit else {
      throw failure("arrays and objects are nested deeper than \(depthLimit) levels")
    }
    position += 1
  }

  private mutating func word(
    _ word: StaticString, _ value: JSONValue
  ) throws(JSONFailure) -> JSONValue {
    let end = position + word.utf8CodeUnitCount
    guard end <= bytes.count,
      bytes[position..<end].elementsEqual(
        UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
    else { throw failure("expected a value; did you mean \(word)?") }
    position = end
    return value
  }
}

extension JSONScanner {
  /// The next byte, or zero, which no rule of the grammar accepts, at the end.
  var peek: UInt8 { position < bytes.count ? bytes[position] : 0 }

  mutating func skipSpace() {
    while position < bytes.count {
      switch bytes[position] {
      case 0x20, 0x0A, 0x0D, 0x09: position += 1
      default: return
      }
    }
  }

  mutating func skip(_ byte: UInt8) -> Bool {
    guard peek == byte else { return false }
    position += 1
    return true
  }

  /// A failure at the present position.
  func failure(_ message: String) -> JSONFailure {
    JSONFailure(offset: position, message: message)
  }

  /// The next byte as an error message names it.
  var found: String {
    guard position < bytes.count else { return "the end of the text" }
    let byte = bytes[position]
    return byte > 0x20 && byte < 0x7F
      ? "‘\(Character(Unicode.Scalar(byte)))’" : "byte 0x\(String(byte, radix: 16))"
  }
}
