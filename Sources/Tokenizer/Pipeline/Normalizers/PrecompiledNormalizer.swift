import JSON

/// Replaces characters as SentencePiece does: the component `Precompiled`.
///
/// Each grapheme cluster of less than six bytes is looked up as a whole, and otherwise each of its
/// characters: the way of the reference, with its consequences, such as that marks are lost after a
/// letter that is replaced itself.
///
/// With `longest_match`, a field that other libraries pass over, the longest rule at each place is
/// applied instead: the way of SentencePiece, which is that of its `.model` files. With
/// `kept_symbols`, which is passed over too, these texts are not replaced, and of neighbouring spaces
/// only the first is kept: see `KeptSymbols`.
struct PrecompiledNormalizer: Sendable {
  /// The rules as the file has them: base64.
  let encoded: String
  /// Whether the longest rule is applied.
  let takesLongest: Bool
  /// What is not replaced.
  private var kept: KeptSymbols?
  private let map: CharacterMap
  /// What becomes of each ASCII character that stands alone, where that is one ASCII character; others
  /// are 0xFF.
  private let alone: [UInt8]
  /// Whether an ASCII character stays as it is, whatever ASCII character follows it.
  private let inert: [Bool]

  /// Makes a normalizer of a `precompiled_charsmap`; nil if it is malformed.
  init?(_ bytes: [UInt8]) {
    self.init(bytes, encoded: Base64.encode(bytes))
  }

  private init?(_ bytes: [UInt8], encoded: String, takesLongest: Bool = false) {
    guard let map = CharacterMap(bytes) else { return nil }
    self.encoded = encoded
    self.takesLongest = takesLongest
    self.map = map
    alone = (0..<256).map { byte in
      // A carriage return may be in one cluster with a line feed.
      if byte >= 0x80 || byte == 0x0D { return 0xFF }
      let replaced = withUnsafePointer(to: UInt8(byte)) { map.replacement(of: $0, 0..<1) }
      guard let replaced else { return UInt8(byte) }
      return replaced.count == 1 ? replaced.first ?? 0xFF : 0xFF
    }
    inert = (0..<256).map { byte in
      guard takesLongest, byte < 0x80 else { return false }
      let replaced = withUnsafePointer(to: UInt8(byte)) { map.replacement(of: $0, 0..<1) }
      return replaced == nil && !map.hasLongerRule(after: UInt8(byte))
    }
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    let encoded = try reader.string("precompiled_charsmap")
    guard let bytes = Base64.decode(encoded) else {
      throw reader.wrong("precompiled_charsmap", "must be base64")
    }
    let takesLongest = try reader.bool("longest_match", default: false)
    guard
      let made = PrecompiledNormalizer(bytes, encoded: encoded, takesLongest: takesLongest)
    else {
      throw reader.wrong(
        "precompiled_charsmap", "must hold a trie and replacements in UTF-8, and does not")
    }
    self = made
    var symbols: [String] = []
    for value in reader.object["kept_symbols"]?.array ?? [] {
      guard let symbol = value.string else { throw reader.wrong("kept_symbols", "must be strings") }
      symbols.append(symbol)
    }
    if !symbols.isEmpty { kept = KeptSymbols(symbols) }
  }

  var json: JSONValue {
    var fields: JSONObject = ["type": "Precompiled", "precompiled_charsmap": .string(encoded)]
    if takesLongest { fields["longest_match"] = true }
    if let kept { fields["kept_symbols"] = .array(kept.symbols.map { .string($0) }) }
    return .object(fields)
  }

  func apply(to text: inout AlignedText) {
    if let kept { return kept.apply(to: &text, map) }
    let start = takesLongest ? 0 : text.modifyBytes { replaceInPlace($0) }
    if start == text.bytes.count { return }
    let graphemes = GraphemeTable.shared
    guard var found = text.withBytes({ nextReplacement(in: $0, from: start, graphemes) }) else {
      return
    }
    text.rewrite { bytes, writer in
      guard let start = bytes.baseAddress else { return }
      var output = ReplacingWriter()
      var done = 0
      while true {
        output.keep(done..<found.range.lowerBound, of: start, &writer)
        output.replace(found.range, of: start, by: found.replacement, &writer)
        done = found.range.upperBound
        var next: Found?
        if let cluster = found.rest { next = replacement(in: start, done..<cluster) }
        if let next {
          found = next
        } else {
          guard let next = nextReplacement(in: bytes, from: found.rest ?? done, graphemes) else {
            break
          }
          found = next
        }
      }
      output.keep(done..<bytes.count, of: start, &writer)
      output.finish(in: start, &writer)
    }
  }

  /// Something to replace.
  private struct Found {
    var range: Range<Int>
    var replacement: ArraySlice<UInt8>
    /// Where the cluster ends in which it is, if more of it must be looked up.
    var rest: Int?
  }

  /// Replaces ASCII characters by others up to the first for which more must be known: where it is.
  private func replaceInPlace(_ bytes: UnsafeMutableBufferPointer<UInt8>) -> Int {
    guard let text = bytes.baseAddress else { return 0 }
    return alone.withUnsafeBufferPointer { alone in
      var at = 0
      while at < bytes.count {
        let replaced = alone[Int(text[at])]
        // A mark that follows is in one cluster with the character.
        if replaced == 0xFF || at + 1 < bytes.count && text[at + 1] >= 0x80 { return at }
        text[at] = replaced
        at += 1
      }
      return at
    }
  }

  /// The next replacement in a text; `start` must be the start of a cluster.
  private func nextReplacement(
    in bytes: UnsafeBufferPointer<UInt8>, from start: Int, _ graphemes: GraphemeTable
  ) -> Found? {
    guard let text = bytes.baseAddress else { return nil }
    let end = bytes.count
    if takesLongest { return nextLongest(in: text, from: start, to: end) }
    var at = start
    while at < end {
      var next = at
      alone.withUnsafeBufferPointer { alone in
        while next < end, alone[Int(text[next])] == text[next], text[next] < 0x80 { next += 1 }
      }
      if next == end { return nil }
      // A mark that follows is in one cluster with the last of them.
      if next > at { at = next - 1 }
      let cluster = at..<graphemes.clusterEnd(in: text, from: at, to: end)
      if cluster.count < 6, let replacement = map.replacement(of: text, cluster) {
        return Found(range: cluster, replacement: replacement)
      }
      // A single character has been looked up already.
      if cluster.count > character(in: text, at: at, end: end).length,
        let found = replacement(in: text, cluster)
      {
        return found
      }
      at = cluster.upperBound
    }
    return nil
  }

  /// The next place where a rule applies, with the longest one.
  private func nextLongest(
    in text: UnsafePointer<UInt8>, from start: Int, to end: Int
  ) -> Found? {
    inert.withUnsafeBufferPointer { inert in
      var at = start
      while at < end {
        // Rules of several characters may begin with one that has none itself.
        if inert[Int(text[at])], at + 1 < end, text[at + 1] < 0x80 {
          at += 1
          continue
        }
        if let (length, replacement) = map.longestReplacement(of: text, at..<end) {
          return Found(range: at..<at + length, replacement: replacement)
        }
        at += character(in: text, at: at, end: end).length
      }
      return nil
    }
  }

  /// The next replacement of a single character in what is left of a cluster.
  private func replacement(in text: UnsafePointer<UInt8>, _ cluster: Range<Int>) -> Found? {
    var at = cluster.lowerBound
    while at < cluster.upperBound {
      let length = character(in: text, at: at, end: cluster.upperBound).length
      if let replacement = map.replacement(of: text, at..<at + length) {
        return Found(range: at..<at + length, replacement: replacement, rest: cluster.upperBound)
      }
      at += length
    }
    return nil
  }
}
