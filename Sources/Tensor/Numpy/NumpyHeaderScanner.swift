/// Reads the Python dictionary of a `.npy` header: strings, booleans and tuples of integers.
struct NumpyHeaderScanner {
  struct Fields {
    var type: String
    var isFortranOrder: Bool
    var shape: [Int]
  }

  let bytes: [UInt8]
  let path: String
  private var position = 0

  init(bytes: [UInt8], path: String) {
    self.bytes = bytes
    self.path = path
  }

  /// The whole header: exactly the three keys, then only spaces.
  mutating func dictionary() throws(NumpyError) -> Fields {
    var type: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    try expect("{")
    while true {
      if take("}") { break }
      let key = try string()
      try expect(":")
      switch key {
      case "descr" where type == nil: type = try string()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = try boolean()
      case "shape" where shape == nil: shape = try tuple()
      case "descr", "fortran_order", "shape": throw malformed("it has the key ‘\(key)’ twice")
      default: throw malformed("it has the unknown key ‘\(key)’")
      }
      if take("}") { break }
      try expect(",")
    }
    skipSpace()
    guard position == bytes.count else { throw malformed("something follows the dictionary") }
    guard let type else { throw malformed("the key ‘descr’ is missing") }
    guard let isFortranOrder else { throw malformed("the key ‘fortran_order’ is missing") }
    guard let shape else { throw malformed("the key ‘shape’ is missing") }
    return Fields(type: type, isFortranOrder: isFortranOrder, shape: shape)
  }

  private func malformed(_ reason: String) -> NumpyError {
    .malformedHeader(path: path, reason: reason)
  }

  private mutating func skipSpace() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) {
      position += 1
    }
  }

  private mutating func take(_ text: String) -> Bool {
    skipSpace()
    guard bytes[position...].starts(with: text.utf8) else { return false }
    position += text.utf8.count
    return true
  }

  private mutating func expect(_ text: String) throws(NumpyError) {
    guard take(text) else { throw malformed("‘\(text)’ is expected at byte \(position)") }
  }

  private mutating func string() throws(NumpyError) -> String {
    skipSpace()
    guard position < bytes.count, bytes[position] == 0x22 || bytes[position] == 0x27 else {
      throw malformed("a string is expected at byte \(position)")
    }
    let quote = bytes[position]
    let start = position + 1
    guard let end = bytes[start...].firstIndex(of: quote) else {
      throw malformed("the string at byte \(position) has no end")
    }
    position = end + 1
    let text = bytes[start..<end]
    guard text.allSatisfy({ (0x20..<0x7F).contains($0) }), !text.contains(0x5C) else {
      throw malformed("the string at byte \(start - 1) is not plain ASCII")
    }
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func boolean() throws(NumpyError) -> Bool {
    if take("True") { return true }
    if take("False") { return false }
    throw malformed("True or False is expected at byte \(position)")
  }

  private mutating func tuple() throws(NumpyError) -> [Int] {
    var numbers: [Int] = []
    try expect("(")
    while !take(")") {
      numbers.append(try integer())
      if take(")") {
        guard numbers.count != 1 else { throw malformed("the shape is a number, not a tuple") }
        break
      }
      try expect(",")
    }
    return numbers
  }

  private mutating func integer() throws(NumpyError) -> Int {
    skipSpace()
    let start = position
    while position < bytes.count, (0x30...0x39).contains(bytes[position]) { position += 1 }
    let digits = String(decoding: bytes[start..<position], as: UTF8.self)
    guard let number = Int(digits) else {
      throw malformed("an extent is expected at byte \(start)")
    }
    if position < bytes.count, bytes[position] == UInt8(ascii: "L") { position += 1 }
    return number
  }
}
