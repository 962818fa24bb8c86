import Checkpoint

/// One input of the fuzzer, read in three ways.
///
/// First as a whole file; then as a header with a correct length before it, because mutation seldom
/// keeps that right; then as instructions to build a header that is nearly right, because mutation
/// seldom keeps offsets consistent.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = UnsafeRawBufferPointer(start: start, count: count)
  check(input)
  // As many data bytes as the last two bytes say, so that some headers are covered exactly.
  let dataCount = input.suffix(2).reduce(0) { $0 << 8 | Int($1) } & 0xFFF
  file(header: Array(input), dataCount: dataCount).withUnsafeBytes(check)
  var builder = HeaderBuilder(instructions: input[...])
  builder.build().withUnsafeBytes(check)
  return 0
}

private func file(header: [UInt8], dataCount: Int) -> [UInt8] {
  withUnsafeBytes(of: UInt64(header.count).littleEndian) { Array($0) } + header
    + [UInt8](repeating: 0, count: dataCount)
}

/// Builds headers whose numbers are right but for a few small steps.
private struct HeaderBuilder {
  var instructions: Slice<UnsafeRawBufferPointer>

  mutating func next(below limit: Int) -> Int { Int(instructions.popFirst() ?? 0) % limit }

  /// A number that is now and then a little off.
  mutating func nearly(_ number: Int) -> Int {
    switch next(below: 24) {
    case 1: number + 1
    case 2: number - 1
    case 3: number + next(below: 8)
    case 4: number - next(below: 8)
    case 5: Int.max - next(below: 8)
    default: number
    }
  }

  mutating func build() -> [UInt8] {
    var members: [String] = []
    var end = 0
    for number in 0..<next(below: 6) {
      let type = ElementType.plainTypes[next(below: ElementType.plainTypes.count)]
      let shape = (0..<next(below: 4)).map { _ in next(below: 5) }
      let begin = end
      end += type.byteCount(ofShape: shape) ?? next(below: 8)
      let written = shape.map { nearly($0) }
      members.insert(
        """
        "\(nearly(number))":{"dtype":"\(type.rawValue)","shape":\(written),\
        "data_offsets":[\(nearly(begin)),\(nearly(end))]}
        """, at: next(below: members.count + 1))
    }
    let dataCount = min(max(nearly(end), 0), 4096)
    return file(header: Array("{\(members.joined(separator: ","))}".utf8), dataCount: dataCount)
  }
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
