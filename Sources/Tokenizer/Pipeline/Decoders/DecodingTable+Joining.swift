import JSON

extension DecodingTable {
  /// The bytes of some ids in order, without those that no token has or special ones if they are to
  /// be skipped.
  ///
  /// - Parameter asText: whether a run of byte tokens that is no text becomes U+FFFD for each, as
  ///   text needs it; otherwise it stays as it is.
  func joined(
    _ ids: UnsafeBufferPointer<TokenID>, decoder: Decoder, skipsSpecialTokens: Bool, asText: Bool
  ) -> [UInt8] {
    guard let plan else {
      let written = ids.filter { isWritten($0, skipsSpecialTokens: skipsSpecialTokens) }
      return decoder.decode(written.map { Array(middle.bytes[middle[$0]]) }).reduce(into: []) {
        $0 += $1
      }
    }
    let isSimple = first == nil && last == nil
    var result =
      isSimple && !(plan.joinsByteTokens && asText)
      ? copied(ids, plan.separator, skipsSpecialTokens)
      : placed(ids, plan, skipsSpecialTokens, asText: asText)
    for strip in plan.strips { result = strip.decode(result) }
    return result
  }

  /// Joins tokens whose bytes do not depend on their place, in memory of the right size.
  private func copied(
    _ ids: UnsafeBufferPointer<TokenID>, _ separator: [UInt8], _ skipsSpecialTokens: Bool
  ) -> [UInt8] {
    var total = 0
    for id in ids where isWritten(id, skipsSpecialTokens: skipsSpecialTokens) {
      total += middle[id].count + separator.count
    }
    return [UInt8](unsafeUninitializedCapacity: total) { output, count in
      guard let output = output.baseAddress else { return }
      var isFirst = true
      middle.bytes.withUnsafeBufferPointer { bytes in
        guard let source = bytes.baseAddress else { return }
        for id in ids where isWritten(id, skipsSpecialTokens: skipsSpecialTokens) {
          if !isFirst {
            for byte in separator {
              output[count] = byte
              count += 1
            }
          }
          isFirst = false
          let place = middle[id]
          (output + count).update(from: source + place.lowerBound, count: place.count)
          count += place.count
        }
      }
    }
  }

  /// Joins tokens whose bytes depend on their place or on their neighbours.
  private func placed(
    _ ids: UnsafeBufferPointer<TokenID>, _ plan: DecodingPlan, _ skipsSpecialTokens: Bool,
    asText: Bool
  ) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(ids.count * 5)
    let final = ids.lastIndex { isWritten($0, skipsSpecialTokens: skipsSpecialTokens) } ?? -1
    var isFirst = true
    var run = ByteTokenRun()
    for (index, id) in ids.enumerated()
    where isWritten(id, skipsSpecialTokens: skipsSpecialTokens) {
      let table = table(isFirst: isFirst, isLast: index == final)
      isFirst = false
      if asText, table.kinds[Int(id)].contains(.byte) {
        run.append(table.bytes[table[id].lowerBound])
      } else {
        run.flush(into: &result)
        result += table.bytes[table[id]]
      }
    }
    run.flush(into: &result)
    return result
  }
}

/// Neighbouring byte tokens, which are text only if together they are valid UTF-8.
struct ByteTokenRun: Sendable {
  private var bytes: [UInt8] = []

  var isEmpty: Bool { bytes.isEmpty }

  mutating func append(_ byte: UInt8) { bytes.append(byte) }

  /// Ends the run and appends its text, or U+FFFD for each byte if it is none.
  mutating func flush(into result: inout [UInt8]) {
    if bytes.isEmpty { return }
    if bytes.withUnsafeBufferPointer(isValidUTF8) {
      result += bytes
    } else {
      for _ in bytes { result += [0xEF, 0xBF, 0xBD] }
    }
    bytes.removeAll(keepingCapacity: true)
  }
}
