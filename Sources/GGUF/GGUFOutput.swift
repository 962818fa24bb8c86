import Files

/// The growing file of a writer: numbers with their least byte first, strings behind their length.
struct GGUFOutput: ~Copyable {
  private var file: AtomicFile
  private var buffer: [UInt8] = []

  private static let bufferSize = 1 << 16

  /// The bytes so far.
  var count: Int { file.count + buffer.count }

  init(_ file: consuming AtomicFile) {
    self.file = file
    buffer.reserveCapacity(Self.bufferSize + 64)
  }

  mutating func write(_ bytes: [UInt8]) throws(FileError) {
    buffer += bytes
    if buffer.count >= Self.bufferSize { try flush() }
  }

  mutating func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    try flush()
    try file.write(bytes)
  }

  mutating func write(_ number: some FixedWidthInteger) throws(FileError) {
    withUnsafeBytes(of: number.littleEndian) { buffer.append(contentsOf: $0) }
    if buffer.count >= Self.bufferSize { try flush() }
  }

  mutating func write(_ text: String) throws(FileError) {
    try write(UInt64(text.utf8.count))
    buffer.append(contentsOf: text.utf8)
  }

  /// Zeros up to a multiple of `alignment`.
  mutating func pad(to alignment: Int) throws(FileError) {
    var rest = (alignment - count % alignment) % alignment
    while rest > 0 {
      let part = min(rest, Self.bufferSize)
      try write([UInt8](repeating: 0, count: part))
      rest -= part
    }
  }

  /// A value without the number of its type; an array with those of its elements and their count.
  mutating func write(_ content: GGUFContent) throws(FileError) {
    switch content {
    case .value(let value): try write(value)
    case .stored(let stored):
      try write(UnsafeRawBufferPointer(rebasing: stored.file.bytes[stored.range]))
      withExtendedLifetime(stored) {}
    case .array(let type, let count, let element):
      try write(type.rawValue)
      try write(UInt64(count))
      for index in 0..<count {
        let element = element(index)
        precondition(
          element.type == type, "GGUFWriter: an array of \(type) has an element of \(element.type)")
        try write(element)
      }
    }
  }

  private mutating func write(_ value: GGUFValue) throws(FileError) {
    switch value {
    case .integer(let number, let type):
      switch type {
      case .uint8: try write(exactly(number, UInt8.self))
      case .int8: try write(exactly(number, Int8.self))
      case .uint16: try write(exactly(number, UInt16.self))
      case .int16: try write(exactly(number, Int16.self))
      case .uint32: try write(exactly(number, UInt32.self))
      case .int32: try write(exactly(number, Int32.self))
      case .uint64: try write(exactly(number, UInt64.self))
      case .int64: try write(number)
      default: preconditionFailure("GGUFWriter: \(type) is no type of whole numbers")
      }
    case .unsigned(let number): try write(number)
    case .number(let number, .float32): try write(Float(number).bitPattern)
    case .number(let number, .float64): try write(number.bitPattern)
    case .number(_, let type): preconditionFailure("GGUFWriter: \(type) is no type of floats")
    case .bool(let value): try write(value ? 1 as UInt8 : 0)
    case .string(let text): try write(text)
    case .array:
      preconditionFailure("GGUFWriter: an array is written as GGUFContent.array or .stored")
    }
  }

  private func exactly<Number: FixedWidthInteger>(_ number: Int64, _ type: Number.Type) -> Number {
    guard let result = Number(exactly: number) else {
      preconditionFailure("GGUFWriter: \(number) does not fit \(type)")
    }
    return result
  }

  private mutating func flush() throws(FileError) {
    if !buffer.isEmpty { try file.write(buffer) }
    buffer.removeAll(keepingCapacity: true)
  }

  consuming func finish() throws(FileError) {
    try flush()
    try file.commit()
  }
}
