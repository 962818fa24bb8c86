/// Decodes tokens as they come and never gives out a part of a character.
///
/// ```swift
/// var decoder = tokenizer.streamDecoder()
/// for id in ids { print(decoder.append(id), terminator: "") }
/// print(decoder.finish())
/// ```
///
/// What it gives out, joined, is what `decode` makes of all tokens. Text that a later token may still
/// change is held back: half a character, a run of byte tokens, what may be stripped from the end. For
/// the rare decoders that must see all tokens at once (`CTC`) that is everything until `finish`.
public struct StreamDecoder: Sendable {
  private let tokenizer: TextTokenizer
  private let skipsSpecialTokens: Bool
  /// Bytes that are not given out yet.
  private var held: [UInt8] = []
  /// Byte tokens whose run has not ended.
  private var run = ByteTokenRun()
  /// The token before, if its text depends on whether another one follows.
  private var waiting: (id: TokenID, isFirst: Bool)?
  /// All tokens, for a decoder that must see them at once.
  private var all: [TokenID] = []
  private var isFirst = true
  /// Whether something may still be stripped from the start of the text.
  private var isAtStart = true

  /// Makes a decoder.
  public init(_ tokenizer: TextTokenizer, skipsSpecialTokens: Bool = true) {
    self.tokenizer = tokenizer
    self.skipsSpecialTokens = skipsSpecialTokens
  }

  /// The characters that this token completes; none if more bytes may belong to the last one.
  public mutating func append(_ id: TokenID) -> String {
    let table = tokenizer.decoding
    guard table.isWritten(id, skipsSpecialTokens: skipsSpecialTokens) else { return "" }
    guard let plan = table.plan else {
      all.append(id)
      return ""
    }
    if table.last != nil {
      if let (before, wasFirst) = waiting {
        write(before, table.table(isFirst: wasFirst, isLast: false), plan)
      }
      waiting = (id, isFirst)
    } else {
      write(id, table.table(isFirst: isFirst, isLast: false), plan)
    }
    isFirst = false
    return release(plan, atEnd: false)
  }

  /// What is left at the end: U+FFFD if the tokens end within a character, else nothing.
  public mutating func finish() -> String {
    let table = tokenizer.decoding
    defer { self = StreamDecoder(tokenizer, skipsSpecialTokens: skipsSpecialTokens) }
    guard let plan = table.plan else {
      return tokenizer.decode(all, skipsSpecialTokens: skipsSpecialTokens)
    }
    if let (id, wasFirst) = waiting {
      write(id, table.table(isFirst: wasFirst, isLast: true), plan)
    }
    run.flush(into: &held)
    return release(plan, atEnd: true)
  }

  private mutating func write(_ id: TokenID, _ table: TokenBytes, _ plan: DecodingPlan) {
    let place = table[id]
    if table.kinds[Int(id)].contains(.byte) { return run.append(table.bytes[place.lowerBound]) }
    run.flush(into: &held)
    if !isFirst { held += plan.separator }
    held += table.bytes[place]
  }

  /// Gives out what no later token can change.
  private mutating func release(_ plan: DecodingPlan, atEnd: Bool) -> String {
    if isAtStart, !plan.strips.isEmpty {
      // As long as all of the text may be stripped, it is held back.
      let isOpen = plan.strips.contains { strip in
        let content = Array(String(strip.content).utf8)
        return held.count < content.count * max(strip.start, 1)
          && replacing(content, with: [], in: held).isEmpty
      }
      if isOpen, !atEnd { return "" }
      for strip in plan.strips {
        held = StripDecoder(content: strip.content, start: strip.start, stop: 0).decode(held)
      }
      isAtStart = false
    }
    var whole = held.count
    for strip in plan.strips where strip.stop > 0 {
      if atEnd {
        held = StripDecoder(content: strip.content, start: 0, stop: strip.stop).decode(held)
        whole = held.count
      } else {
        whole = min(whole, held.count - strip.stop * String(strip.content).utf8.count)
      }
    }
    if !atEnd {
      whole = max(0, whole)
      whole -= incompleteSuffixLength(held[..<whole])
    }
    defer { held.removeFirst(whole) }
    return String(decoding: held[..<whole], as: UTF8.self)
  }
}
