import JSON

/// What SentencePiece does to a text before its model sees it, as components of a tokenizer.json.
struct PieceNormalization {
  /// The table that replaces characters (`precompiled_charsmap`).
  var table: [UInt8]?
  /// Whether a space is put before a text (`add_dummy_prefix`).
  var addsPrefix = true
  /// Whether spaces at both ends go and several become one (`remove_extra_whitespaces`).
  var removesExtraSpaces = true
  /// Whether spaces are written `▁` (`escape_whitespaces`).
  var escapesSpaces = true

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
    let space = escapesSpaces ? Components.wordMark : " "
    var parts: [JSONValue] = []
    if let table { parts.append(Components.precompiled(table)) }
    if removesExtraSpaces {
      parts.append(Components.replace(pattern: #"\A +| +\z"#, with: ""))
      parts.append(Components.replace(pattern: " +", with: space))
    } else if escapesSpaces {
      parts.append(Components.replace(" ", with: space))
    }
    if addsPrefix, !escapesSpaces { parts.append(Components.prepend(" ")) }
    return Components.normalizers(parts)
  }

  /// The pre-tokenizer, which puts the first `▁` there and cuts before each if that is possible.
  ///
  /// - Parameter scheme: “first” puts it before the whole text, “always” also after each token that
  ///   is found in text before the model sees it.
  func preTokenizer(splits: Bool, scheme: String) -> JSONValue {
    guard escapesSpaces, addsPrefix || splits else { return nil }
    return Components.metaspace(scheme: addsPrefix ? scheme : "never", split: splits)
  }
}
