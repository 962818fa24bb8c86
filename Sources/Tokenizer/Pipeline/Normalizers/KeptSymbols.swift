/// Symbols of a SentencePiece model that normalization leaves as they are, in models that take out
/// spaces and have symbols with spaces.
///
/// As in `Normalizer::Normalize` of SentencePiece, text is read from symbol to symbol or replaced
/// character, of each of which leading spaces go if the one before ends with a space. The spaces of a
/// symbol that are left are written `▁`, so that nothing takes them out later on.
struct KeptSymbols: Sendable {
  /// The symbols as they were given.
  let symbols: [String]
  /// The symbols, longest first, by their first byte.
  private let byFirst: [[[UInt8]]]

  init(_ symbols: [String]) {
    self.symbols = symbols
    var byFirst = [[[UInt8]]](repeating: [], count: 256)
    for symbol in symbols.map({ Array($0.utf8) }).sorted(by: { $0.count > $1.count }) {
      if let first = symbol.first { byFirst[Int(first)].append(symbol) }
    }
    self.byFirst = byFirst
  }

  /// Replaces by a map what is no symbol.
  func apply(to text: inout AlignedText, _ map: CharacterMap) {
    let mark = Array("▁".utf8)
    text.rewrite { bytes, writer in
      guard let start = bytes.baseAddress else { return }
      var output = ReplacingWriter()
      // At the start of a text spaces go.
      var isAfterSpace = true
      var at = 0
      while at < bytes.count {
        let length: Int
        let made: ArraySlice<UInt8>
        var isSymbol = false
        if let symbol = symbol(in: bytes, at: at) {
          length = symbol.count
          made = symbol[...]
          isSymbol = true
        } else if let found = map.longestReplacement(of: start, at..<bytes.count) {
          (length, made) = found
        } else {
          length = character(in: start, at: at, end: bytes.count).length
          made = ArraySlice(bytes[at..<at + length])
        }
        let rest = isAfterSpace ? made.drop { $0 == 0x20 } : made
        if let last = rest.last { isAfterSpace = last == 0x20 }
        if rest.elementsEqual(bytes[at..<at + length]), !(isSymbol && rest.contains(0x20)) {
          output.keep(at..<at + length, of: start, &writer)
        } else {
          let written = isSymbol ? rest.flatMap { $0 == 0x20 ? mark : [$0] }[...] : rest
          output.replace(at..<at + length, of: start, by: written, &writer)
        }
        at += length
      }
      output.finish(in: start, &writer)
    }
  }

  /// The longest symbol that begins at a place.
  private func symbol(in bytes: UnsafeBufferPointer<UInt8>, at place: Int) -> [UInt8]? {
    byFirst[Int(bytes[place])].first { bytes[place...].starts(with: $0) }
  }
}
