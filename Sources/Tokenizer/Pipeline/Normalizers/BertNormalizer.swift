import JSON

/// The normalizer of BERT: cleans text, sets Chinese characters apart, removes accents and lowers
/// letters.
struct BertNormalizer: Sendable, Equatable {
  /// Whether control characters are removed and all white space becomes spaces.
  var cleansText: Bool
  /// Whether Chinese characters get a space on both sides.
  var separatesChinese: Bool
  /// Whether text is decomposed and marks are removed; nil means as `lowers` says.
  var stripsAccents: Bool?
  /// Whether letters are put into lower case.
  var lowers: Bool

  init(
    cleansText: Bool = true, separatesChinese: Bool = true, stripsAccents: Bool? = nil,
    lowers: Bool = true
  ) {
    self.cleansText = cleansText
    self.separatesChinese = separatesChinese
    self.stripsAccents = stripsAccents
    self.lowers = lowers
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    cleansText = try reader.bool("clean_text")
    separatesChinese = try reader.bool("handle_chinese_chars")
    let accents = reader.object["strip_accents"] ?? .null
    stripsAccents = accents.isNull ? nil : try reader.bool("strip_accents")
    lowers = try reader.bool("lowercase")
  }

  var json: JSONValue {
    [
      "type": "BertNormalizer",
      "clean_text": .bool(cleansText),
      "handle_chinese_chars": .bool(separatesChinese),
      "strip_accents": stripsAccents.map { .bool($0) } ?? .null,
      "lowercase": .bool(lowers),
    ]
  }

  func apply(to text: inout AlignedText) {
    if cleansText { clean(&text) }
    if separatesChinese { separateChinese(&text) }
    if stripsAccents ?? lowers { stripAccents(&text) }
    if lowers { LowercaseNormalizer.apply(to: &text) }
  }

  private func clean(_ text: inout AlignedText) {
    let flags = UnicodeTables.shared.flags
    text.changeCharacters(keepsASCII: { $0 &- 0x20 < 0x5F }) { character in
      switch character {
      case 0x09, 0x0A, 0x0D: return .replace(0x20)
      case 0xFFFD: return .remove
      default:
        if flags[character] & UnicodeTables.Flags.other != 0 { return .remove }
        return isWhiteSpace(character) ? .replace(0x20) : .keep
      }
    }
  }

  private func separateChinese(_ text: inout AlignedText) {
    func nextChinese(_ bytes: UnsafeBufferPointer<UInt8>, _ start: Int) -> Range<Int>? {
      guard let text = bytes.baseAddress else { return nil }
      var at = start
      while at < bytes.count {
        // No Chinese character begins with a lower byte.
        if text[at] < 0xE3 {
          at = text[at] < 0x80 ? asciiEnd(text, at, bytes.count) : at + 1
          continue
        }
        let (value, length) = character(in: text, at: at, end: bytes.count)
        if Self.isChinese(value) { return at..<at + length }
        at += length
      }
      return nil
    }
    guard var found = text.withBytes({ nextChinese($0, 0) }) else { return }
    text.rewrite { bytes, writer in
      var done = 0
      while true {
        writer.keep(done..<found.lowerBound)
        writer.replace(at: found.lowerBound, with: 0x20)
        writer.keep(found)
        writer.replace(at: found.lowerBound, with: 0x20)
        done = found.upperBound
        guard let next = nextChinese(bytes, done) else { break }
        found = next
      }
      writer.keep(done..<bytes.count)
    }
  }

  /// Whether the reference counts a character as Chinese: the unified and compatibility ideographs,
  /// with its gap between extensions D and E.
  private static func isChinese(_ character: UInt32) -> Bool {
    switch character {
    case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x2_0000...0x2_A6DF, 0x2_A700...0x2_B73F,
      0x2_B740...0x2_B81F, 0x2_B920...0x2_CEAF, 0xF900...0xFAFF, 0x2_F800...0x2_FA1F:
      true
    default: false
    }
  }

  private func stripAccents(_ text: inout AlignedText) {
    UnicodeNormalizer(form: .decomposed).apply(to: &text)
    let flags = UnicodeTables.shared.flags
    text.changeCharacters(keepsASCII: { _ in true }) {
      flags[$0] & UnicodeTables.Flags.nonspacingMark != 0 ? .remove : .keep
    }
  }
}
