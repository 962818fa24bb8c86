#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// All bytes of a file, a pipe included; more than `limit` of them are an error.
package func readFile(_ path: String, limit: Int = 4 << 30) throws(FileError) -> [UInt8] {
  let descriptor = try openDescriptor(path, O_RDONLY)
  defer { close(descriptor) }
  var status = stat()
  try system("examine", path) { fstat(descriptor, &status) }
  let isRegular = status.st_mode & S_IFMT == S_IFREG
  // One byte more than the file has, so that its end is seen without growing.
  var capacity = isRegular ? Int(status.st_size) + 1 : 1 << 16
  var bytes: [UInt8] = []
  while true {
    guard bytes.count <= limit, !isRegular || status.st_size <= limit else {
      throw FileError("read", path, reason: "it has more than \(limit) bytes")
    }
    let room = max(capacity - bytes.count, 1 << 16)
    capacity = max(capacity, bytes.count + room)
    let chunk = try readChunk(descriptor, path, upTo: room)
    if chunk.isEmpty { return bytes }
    if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
  }
}

private func readChunk(
  _ descriptor: Int32, _ path: String, upTo room: Int
) throws(FileError) -> [UInt8] {
  var failure: Int32 = 0
  let chunk = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
    var got = read(descriptor, buffer.baseAddress, room)
    while got < 0 && errno == EINTR { got = read(descriptor, buffer.baseAddress, room) }
    if got < 0 { failure = errno }
    count = max(got, 0)
  }
  guard failure == 0 else { throw FileError("read", path, code: failure) }
  return chunk
}

/// The text of a UTF-8 file; other bytes are an error that says where they are.
package func readText(_ path: String, limit: Int = 4 << 30) throws(FileError) -> String {
  let bytes = try readFile(path, limit: limit)
  if let text = String(validating: bytes, as: UTF8.self) { return text }
  throw FileError(
    "read", path,
    reason: "it is not UTF-8 text (the first \(validPrefixCount(of: bytes)) bytes are)")
}

/// How many bytes come before the first that is not UTF-8.
private func validPrefixCount(of bytes: [UInt8]) -> Int {
  var decoder = Unicode.UTF8.ForwardParser()
  var iterator = bytes.makeIterator()
  var count = 0
  while case .valid(let scalar) = decoder.parseScalar(from: &iterator) { count += scalar.count }
  return count
}
