import JSON

/// What SentencePiece does to a text before its model sees it, as components of a tokenizer.json.
struct PieceNormalization {
  /// The table that replaces characters (`precompiled_charsmap`).
  var table: [UInt8]?
  /// Whether the table's longest rule is applied at each place, as SentencePiece does, and not the
  /// first one for each cluster of characters, as Hugging Face's component does.
  var longestMatch = false
  /// Whether a space is put before a text, or after it (`add_dummy_prefix`).
  var addsPrefix = true
  /// Whether spaces at both ends go and several become one (`remove_extra_whitespaces`).
  var removesExtraSpaces = true
  /// Whether spaces are written `▁` (`escape_whitespaces`).
  var escapesSpaces = true
  /// Whether the space is put after a text.
  var marksEnds = false
  /// Symbols that are found in normalized text, which must not change themselves.
  var symbols: [String] = []
  /// All symbols of the user, which are not replaced and keep their spaces.
  var keptSymbols: [String] = []

  /// Whether no piece has `▁` after another character, so that text can be cut before each `▁`.
  static func canSplit(_ pieces: some Sequence<String>) -> Bool {
    let mark = Array(Components.wordMark.utf8)
    var hasMark = false
    for piece in pieces {
      let bytes = Array(piece.utf8)
      guard bytes.count >= 3 else { continue }
      if bytes == mark { hasMark = true }
      for place in 1..<max(bytes.count - 2, 1)
      where bytes[place] == mark[0] && bytes[place + 1] == mark[1] && bytes[place + 2] == mark[2] {
        return false
      }
    }
    return hasMark
  }

  /// The normalizer.
  var normalizer: JSONValue {
    let mark = Components.wordMark
    let space = escapesSpaces ? mark : " "
    var parts: [JSONValue] = []
    // Only a few models have symbols for which it matters.
    if removesExtraSpaces, escapesSpaces, keptSymbols.contains(where: { $0.contains(" ") }) {
      parts.append(
        Components.precompiled(
          table ?? CharacterMap.noRules, longestMatch: true, keeping: keptSymbols))
    } else if let table {
      parts.append(Components.precompiled(table, longestMatch: longestMatch))
    }
    if removesExtraSpaces {
      // A mark that stands in the text itself goes at its end too.
      let ends = escapesSpaces ? #"\A +|[ \#(mark)]+\z"# : #"\A +| +\z"#
      parts.append(Components.replace(pattern: ends, with: ""))
      parts.append(Components.replace(pattern: " +", with: space))
    } else if escapesSpaces {
      parts.append(Components.replace(" ", with: space))
    }
    if addsPrefix, marksEnds {
      parts.append(Components.replace(pattern: #"\z"#, with: space))
    } else if addsPrefix, symbols.isEmpty {
      parts.append(Components.prepend(space))
    } else if addsPrefix {
      // A symbol by itself stays as it is: this normalizer also makes the text that is looked for.
      let names = symbols.map(Self.quoted).joined(separator: "|")
      parts.append(
        Components.replace(pattern: "\\A(?!(?:\(names))\\z)(?=[\\s\\S])", with: space))
    }
    return Components.normalizers(parts)
  }

  /// The pre-tokenizer, which cuts before each mark if that is possible.
  func preTokenizer(splits: Bool) -> JSONValue {
    escapesSpaces && splits ? Components.metaspace(scheme: "never", split: true) : nil
  }

  /// A pattern that matches a text and nothing else.
  private static func quoted(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      let isPlain =
        character.value >= 0x80 || character.properties.isAlphabetic || character.value == 0x0A
        || (0x30...0x39).contains(character.value)
      if !isPlain { result += "\\" }
      result.unicodeScalars.append(character)
    }
    return result
  }
}
