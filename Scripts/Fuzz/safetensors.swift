import Checkpoint

/// One input of the fuzzer: read as a whole file, and as a header with a correct length before it,
/// because mutation seldom keeps that right.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  check(input)
  // As many data bytes as the last two bytes say, so that some headers are covered exactly.
  let dataCount = input.suffix(2).reduce(0) { $0 << 8 | Int($1) } & 0xFFF
  var file = withUnsafeBytes(of: UInt64(count).littleEndian) { Array($0) }
  file += input
  file += [UInt8](repeating: 0, count: dataCount)
  file.withUnsafeBytes(check)
  return 0
}

/// Reads a header; what is accepted must describe the file exactly.
private func check(_ file: UnsafeRawBufferPointer) {
  do throws(SafetensorsFaults) {
    let header = try SafetensorsHeader(of: file)
    var end = 8 + Int(file.loadUnaligned(as: UInt64.self))
    for entry in header.entries {
      precondition(entry.byteRange.lowerBound == end)
      precondition(entry.elementType.byteCount(ofShape: entry.shape) == entry.byteCount)
      precondition(entry.elementCount >= 0)
      end = entry.byteRange.upperBound
      precondition(file[entry.byteRange].count == entry.byteCount)
    }
    precondition(end == file.count)
  } catch {
    precondition(!error.faults.isEmpty)
    precondition(error.faults.allSatisfy { !$0.description.isEmpty })
  }
}
