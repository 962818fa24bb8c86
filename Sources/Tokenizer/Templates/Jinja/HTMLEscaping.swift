extension Renderer {
  /// A text with the characters that mean something in HTML escaped; safe HTML stays as it is.
  func escaped(_ text: Text) throws(TemplateFault) -> Text {
    if text.isMarkup { return text }
    try allow(bytes: text.bytes.count)
    var builder = TextBuilder()
    var plainStart = 0
    for (place, byte) in text.bytes.enumerated() {
      let replacement: String
      switch byte {
      case UInt8(ascii: "&"): replacement = "&amp;"
      case UInt8(ascii: "<"): replacement = "&lt;"
      case UInt8(ascii: ">"): replacement = "&gt;"
      case UInt8(ascii: "'"): replacement = "&#39;"
      case UInt8(ascii: "\""): replacement = "&#34;"
      default: continue
      }
      builder.append(text, plainStart..<place)
      builder.append(replacement.utf8, for: place..<place + 1, of: text)
      plainStart = place + 1
    }
    builder.append(text, plainStart..<text.bytes.count)
    return builder.text(isMarkup: true)
  }

  /// The filter `title`: words begin after spaces, hyphens and opening brackets.
  func titled(_ text: Text) throws(TemplateFault) -> Text {
    try spend(bytes: text.bytes.count)
    var builder = TextBuilder()
    var start = 0
    var at = 0
    func isBreak(_ place: Int) -> Int {
      switch text.bytes[place] {
      case UInt8(ascii: "-"), UInt8(ascii: "("), UInt8(ascii: "{"), UInt8(ascii: "["),
        UInt8(ascii: "<"):
        1
      default: spaceLength(text.bytes, place)
      }
    }
    func flush() throws(TemplateFault) {
      guard start < at else { return }
      let first = start + scalarLength(text.bytes[start])
      builder.append(try recased(text.slice(start..<first), .upper))
      builder.append(try recased(text.slice(first..<at), .lower))
      start = at
    }
    while at < text.bytes.count {
      let length = isBreak(at)
      if length == 0 {
        at += scalarLength(text.bytes[at])
        continue
      }
      try flush()
      while at < text.bytes.count, case let length = isBreak(at), length > 0 { at += length }
      builder.append(text, start..<at)
      start = at
    }
    try flush()
    return builder.text()
  }

  /// The filter `striptags`.
  func withoutTags(_ text: Text) throws(TemplateFault) -> Text {
    try spend(bytes: text.bytes.count)
    var builder = TextBuilder()
    var at = 0
    let end = text.bytes.count
    while let start = find([UInt8(ascii: "<")], in: text.bytes, from: at, to: end) {
      let isComment = text.bytes[start...].starts(with: "<!--".utf8)
      let mark = Array((isComment ? "-->" : ">").utf8)
      let from = isComment ? start + 4 : start
      guard from <= end, let close = find(mark, in: text.bytes, from: from, to: end) else { break }
      builder.append(text, at..<start)
      at = close + mark.count
    }
    builder.append(text, at..<end)
    var spaced = TextBuilder()
    for (place, word) in builder.text().words(limit: -1).enumerated() {
      if place > 0 { spaced.append(" ") }
      spaced.append(word)
    }
    return try unescaped(spaced.text())
  }

  /// A text with the commonest entities replaced.
  private func unescaped(_ text: Text) throws(TemplateFault) -> Text {
    let entities: [(name: [UInt8], character: UInt8)] = [
      (Array("amp;".utf8), UInt8(ascii: "&")), (Array("lt;".utf8), UInt8(ascii: "<")),
      (Array("gt;".utf8), UInt8(ascii: ">")), (Array("quot;".utf8), UInt8(ascii: "\"")),
      (Array("apos;".utf8), UInt8(ascii: "'")), (Array("#39;".utf8), UInt8(ascii: "'")),
      (Array("#34;".utf8), UInt8(ascii: "\"")),
    ]
    var builder = TextBuilder()
    var plainStart = 0
    var at = 0
    while let start = find([UInt8(ascii: "&")], in: text.bytes, from: at, to: text.bytes.count) {
      at = start + 1
      guard at < text.bytes.count else { break }
      let next = text.bytes[at]
      if let entity = entities.first(where: { text.bytes[at...].starts(with: $0.name) }) {
        builder.append(text, plainStart..<start)
        at += entity.name.count
        builder.append([entity.character], for: start..<at, of: text)
        plainStart = at
      } else if (next | 0x20) &- UInt8(ascii: "a") < 26 || next == UInt8(ascii: "#") {
        throw .unsupported("“striptags” knows only the commonest entities of HTML")
      }
    }
    builder.append(text, plainStart..<text.bytes.count)
    return builder.text()
  }
}
