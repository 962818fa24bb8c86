#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Collects bytes for standard output and writes them in large pieces.
struct StandardOutput {
  private var bytes: [UInt8] = []
  /// How many bytes have been written or collected.
  private(set) var count = 0

  static let isTerminal = isatty(1) == 1

  /// Shows what was printed without an end of line yet.
  static func flushText() { fflush(nil) }

  /// Adds some bytes.
  mutating func append(_ more: some Collection<UInt8>) throws(Failure) {
    bytes.append(contentsOf: more)
    count += more.count
    if bytes.count >= 1 << 20 { try flush() }
  }

  /// Adds a text and ends the line.
  mutating func line(_ text: String) throws(Failure) {
    try append(text.utf8)
    try append(CollectionOfOne(UInt8(ascii: "\n")))
  }

  /// Writes all that was collected.
  mutating func flush() throws(Failure) {
    var written = 0
    while written < bytes.count {
      let count = bytes.withUnsafeBytes { bytes in
        write(1, bytes.baseAddress! + written, bytes.count - written)
      }
      if count < 0 {
        if errno == EINTR { continue }
        throw Failure("Cannot write to standard output: \(String(cString: strerror(errno))).")
      }
      written += count
    }
    bytes.removeAll(keepingCapacity: true)
  }
}

extension [UInt8] {
  /// Appends the decimal digits of a number.
  mutating func append(decimal number: Int) {
    guard number >= 0 else { return append(contentsOf: String(number).utf8) }
    var rest = number
    let start = count
    repeat {
      append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10))
      rest /= 10
    } while rest > 0
    self[start...].reverse()
  }
  /// Appends ids with a byte between them.
  mutating func append(_ ids: some Sequence<Int32>, separator: UInt8) {
    for (index, id) in ids.enumerated() {
      if index > 0 { append(separator) }
      append(decimal: Int(id))
    }
  }

  /// Appends ids as a JSON array.
  mutating func append(list ids: some Sequence<Int32>) {
    append(UInt8(ascii: "["))
    append(ids, separator: UInt8(ascii: ","))
    append(UInt8(ascii: "]"))
  }
}
