/// The bytes of every id, one after another.
final class DecodingTable: Sendable {
  private let bytes: [UInt8]
  /// Where the bytes of each id begin, and in the end where the next would.
  private let starts: [Int32]
  /// What there is of each id: nothing (0), a token (1), a special token (2).
  private let kinds: [UInt8]

  /// One more than the largest id.
  let idLimit: Int

  init(model: TokenModel, added: AddedVocabulary, decoder: Decoder) {
    let largestAdded = added.tokens.last.map { Int($0.id) } ?? -1
    idLimit = max(model.tokens.idLimit, largestAdded + 1)
    var bytes: [UInt8] = []
    var starts: [Int32] = [0]
    var kinds: [UInt8] = []
    starts.reserveCapacity(idLimit + 1)
    kinds.reserveCapacity(idLimit)
    bytes.reserveCapacity(idLimit * 8)
    var next = 0
    for id in 0..<TokenID(idLimit) {
      if next < added.tokens.count, added.tokens[next].id == id {
        let token = added.tokens[next].token
        next += 1
        var content = token.content
        content.withUTF8 { decoder.decode($0, into: &bytes) }
        kinds.append(token.special ? 2 : 1)
      } else if let text = model.tokens.bytes(of: id) {
        decoder.decode(text, into: &bytes)
        kinds.append(1)
      } else {
        kinds.append(0)
      }
      starts.append(Int32(bytes.count))
    }
    self.bytes = bytes
    self.starts = starts
    self.kinds = kinds
  }

  /// Whether a token controls the model and is no text.
  func isSpecial(_ id: TokenID) -> Bool {
    id >= 0 && Int(id) < idLimit && kinds[Int(id)] == 2
  }

  /// The bytes of some ids, one after another, without those that no token has or special ones
  /// if they are to be skipped.
  func joined(
    _ ids: UnsafeBufferPointer<TokenID>, separator: [UInt8], skipsSpecialTokens: Bool
  ) -> [UInt8] {
    let wanted = { (id: TokenID) -> Bool in
      guard id >= 0, Int(id) < self.idLimit else { return false }
      let kind = self.kinds[Int(id)]
      return kind == 1 || (kind == 2 && !skipsSpecialTokens)
    }
    var total = 0
    for id in ids where wanted(id) {
      total += Int(starts[Int(id) + 1] - starts[Int(id)]) + separator.count
    }
    return [UInt8](unsafeUninitializedCapacity: total) { output, count in
      guard let output = output.baseAddress else { return }
      bytes.withUnsafeBufferPointer { bytes in
        guard let source = bytes.baseAddress else { return }
        for id in ids where wanted(id) {
          if count > 0 {
            for byte in separator {
              output[count] = byte
              count += 1
            }
          }
          let start = Int(starts[Int(id)])
          let length = Int(starts[Int(id) + 1]) - start
          (output + count).update(from: source + start, count: length)
          count += length
        }
      }
    }
  }

  /// The bytes of an id, or nil if no token has it.
  func bytes(of id: TokenID) -> ArraySlice<UInt8>? {
    guard id >= 0, Int(id) < idLimit, kinds[Int(id)] != 0 else { return nil }
    return bytes[Int(starts[Int(id)])..<Int(starts[Int(id) + 1])]
  }
}
