/// The bytes of every token, one after another, for tokens at one place of a text.
struct TokenBytes: Sendable {
  /// What there is of an id.
  struct Kind: OptionSet, Sendable {
    let rawValue: UInt8
    /// A token has the id.
    static let token = Kind(rawValue: 1)
    /// It controls the model and is no text.
    static let special = Kind(rawValue: 2)
    /// It is one byte that forms a character with its neighbours.
    static let byte = Kind(rawValue: 4)
  }

  private(set) var bytes: [UInt8] = []
  /// Where the bytes of each id begin, and in the end where the next would.
  private(set) var starts: [Int32] = [0]
  private(set) var kinds: [Kind] = []

  init(capacity: Int) {
    starts.reserveCapacity(capacity + 1)
    kinds.reserveCapacity(capacity)
    bytes.reserveCapacity(capacity * 8)
  }

  /// Adds the next id, whose bytes `write` appends; it is told nothing else.
  mutating func append(_ kind: Kind, _ write: (inout [UInt8]) -> Void = { _ in }) {
    write(&bytes)
    kinds.append(kind)
    starts.append(Int32(bytes.count))
  }

  /// The place of an id's bytes.
  @inline(__always)
  subscript(id: TokenID) -> Range<Int> { Int(starts[Int(id)])..<Int(starts[Int(id) + 1]) }
}

/// What decoding needs to know of every id.
final class DecodingTable: Sendable {
  /// One more than the largest id.
  let idLimit: Int
  /// The plan, nil for decoders that must see all tokens at once.
  let plan: DecodingPlan?
  /// Tokens in the middle of a text; their texts as they are if there is no plan.
  let middle: TokenBytes
  /// Tokens at the start, at the end, and alone in a text, where they differ from those in the middle.
  let first: TokenBytes?
  let last: TokenBytes?
  let only: TokenBytes?

  init(model: TokenModel, added: AddedVocabulary, decoder: Decoder) {
    let idLimit = max(model.tokens.idLimit, added.idLimit)
    let plan = DecodingPlan(decoder)
    func append(
      _ text: UnsafeBufferPointer<UInt8>, special: Bool, to table: inout TokenBytes, isFirst: Bool,
      isLast: Bool
    ) {
      var kind: TokenBytes.Kind = special ? [.token, .special] : .token
      if case .byteLevel = decoder {
        table.append(kind) { ByteAlphabet.decode(text, into: &$0) }
      } else if let plan {
        let decoded = plan.decode(Array(text), isFirst: isFirst, isLast: isLast)
        if decoded.isByte { kind.insert(.byte) }
        table.append(kind) { $0 += decoded.bytes }
      } else {
        table.append(kind) { $0 += text }
      }
    }
    func table(isFirst: Bool = false, isLast: Bool = false) -> TokenBytes {
      var table = TokenBytes(capacity: idLimit)
      var next = 0
      for id in 0..<TokenID(idLimit) {
        if next < added.tokens.count, added.tokens[next].id == id {
          var spelling = added.spellings[next]
          let special = added.isSpecial(spelling: spelling.utf8)
          next += 1
          spelling.withUTF8 {
            append($0, special: special, to: &table, isFirst: isFirst, isLast: isLast)
          }
        } else if let text = model.tokens.bytes(of: id) {
          append(text, special: false, to: &table, isFirst: isFirst, isLast: isLast)
        } else {
          table.append([])
        }
      }
      return table
    }
    self.idLimit = idLimit
    self.plan = plan
    middle = table()
    first = plan?.distinguishesFirst == true ? table(isFirst: true) : nil
    last = plan?.distinguishesLast == true ? table(isLast: true) : nil
    only =
      plan?.distinguishesFirst == true && plan?.distinguishesLast == true
      ? table(isFirst: true, isLast: true) : nil
  }

  /// The table for a token's place in a text.
  func table(isFirst: Bool, isLast: Bool) -> TokenBytes {
    switch (isFirst, isLast) {
    case (true, true): only ?? first ?? last ?? middle
    case (true, false): first ?? middle
    case (false, true): last ?? middle
    case (false, false): middle
    }
  }

  /// Whether a token controls the model and is no text.
  func isSpecial(_ id: TokenID) -> Bool {
    id >= 0 && Int(id) < idLimit && middle.kinds[Int(id)].contains(.special)
  }

  /// Whether decoding writes a token.
  @inline(__always)
  func isWritten(_ id: TokenID, skipsSpecialTokens: Bool) -> Bool {
    guard id >= 0, Int(id) < idLimit else { return false }
    let kind = middle.kinds[Int(id)]
    return kind.contains(.token) && !(skipsSpecialTokens && kind.contains(.special))
  }

  /// The bytes that an id stands for within a text, or nil if no token has it.
  func bytes(of id: TokenID) -> ArraySlice<UInt8>? {
    guard id >= 0, Int(id) < idLimit, middle.kinds[Int(id)].contains(.token) else { return nil }
    return middle.bytes[middle[id]]
  }
}
