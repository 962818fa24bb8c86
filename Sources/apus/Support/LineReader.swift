import JSON

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Some lines that were read together.
struct LineBatch {
  /// The lines one after another.
  let bytes: [UInt8]
  /// Where each lies, without its line feed.
  let ranges: [Range<Int>]
  /// The name of the file.
  let source: String
  /// The number of the first line in its file, from 1.
  let firstLine: Int

  /// Where a line of the batch is, for messages.
  func place(of index: Int) -> String { "line \(firstLine + index) of \(source)" }

  /// The lines as text; bytes that are not UTF-8 are an error.
  func texts() throws(Failure) -> [String] {
    var texts: [String] = []
    texts.reserveCapacity(ranges.count)
    for (index, range) in ranges.enumerated() {
      guard let text = String(validating: bytes[range], as: UTF8.self) else {
        throw Failure(
          "\(place(of: index)) is not UTF-8 text; convert the input, for example with iconv.")
      }
      texts.append(text)
    }
    return texts
  }

  /// A line of the batch as JSON.
  func json(_ index: Int) throws(Failure) -> JSONValue {
    let range = ranges[index]
    do {
      return try JSONValue(parsing: Array(bytes[range]))
    } catch {
      throw Failure("\(place(of: index)) is not JSON: \(error)")
    }
  }
}

/// Reads files, or standard input if there are none, line by line, and holds only a batch of them.
///
/// A batch ends where no more bytes are waiting, so that a pipe gets its answers at once.
final class LineReader {
  private static let batchBytes = 4 << 20
  private var paths: ArraySlice<String>
  private var source = ""
  private var descriptor: Int32 = -1
  private var pending: [UInt8] = []
  private var nextLine = 1
  /// How many bytes have been read.
  private(set) var byteCount = 0

  init(_ paths: [String]) {
    self.paths = paths.isEmpty ? ["-"] : paths[...]
  }

  deinit { closeFile() }

  /// The next lines, all of one file; nil at the end.
  func next() throws(Failure) -> LineBatch? {
    var scanned = 0
    while true {
      if descriptor < 0 {
        guard let path = paths.popFirst() else { return nil }
        try openFile(path)
      }
      let isAtEnd = try readMore()
      if isAtEnd {
        closeFile()
        if pending.isEmpty { continue }
        return takeLines(pending.count)
      }
      if pending.count < Self.batchBytes, isMoreWaiting { continue }
      if let feed = pending[scanned...].lastIndex(of: UInt8(ascii: "\n")) {
        return takeLines(feed + 1)
      }
      scanned = pending.count
    }
  }

  private func openFile(_ path: String) throws(Failure) {
    source = path == "-" ? "standard input" : "“\(path)”"
    nextLine = 1
    descriptor = path == "-" ? 0 : open(path, O_RDONLY | O_CLOEXEC)
    if descriptor < 0 {
      throw Failure("Cannot read \(source): \(String(cString: strerror(errno))).")
    }
  }

  private func closeFile() {
    if descriptor > 0 { close(descriptor) }
    descriptor = -1
  }

  /// Reads what is there, and says whether that is the end of the file.
  private func readMore() throws(Failure) -> Bool {
    var failure: Int32 = 0
    let chunk = [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
      var got = read(descriptor, buffer.baseAddress, 1 << 20)
      while got < 0 && errno == EINTR { got = read(descriptor, buffer.baseAddress, 1 << 20) }
      if got < 0 { failure = errno }
      count = max(got, 0)
    }
    if failure != 0 {
      throw Failure("Cannot read \(source): \(String(cString: strerror(failure))).")
    }
    byteCount += chunk.count
    pending += chunk
    return chunk.isEmpty
  }

  private var isMoreWaiting: Bool {
    var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&question, 1, 0) > 0
  }

  /// Takes the lines in the first `count` bytes out of those that were read.
  private func takeLines(_ count: Int) -> LineBatch {
    let rest = Array(pending[count...])
    pending.removeSubrange(count...)
    let bytes = pending
    pending = rest
    var ranges: [Range<Int>] = []
    bytes.withUnsafeBytes { buffer in
      guard let start = buffer.baseAddress else { return }
      var at = 0
      while at < buffer.count {
        let found = memchr(start + at, 0x0A, buffer.count - at)
        let end = found.map { UnsafeRawPointer($0) - start } ?? buffer.count
        ranges.append(at..<end)
        at = end + 1
      }
    }
    defer { nextLine += ranges.count }
    return LineBatch(bytes: bytes, ranges: ranges, source: source, firstLine: nextLine)
  }
}
