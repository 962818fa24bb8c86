/// Cuts a template into tokens, with `trim_blocks` and `lstrip_blocks` as transformers sets them.
///
/// The rules are those of jinja2's lexer, state by state.
struct Lexer {
  /// The source with line ends as line feeds and without the last of them.
  let source: [UInt8]
  private(set) var tokens: [Token] = []
  var position = 0
  private var line = 1
  /// Whether the last match ended a line, so that spaces before the next tag may go.
  private var isLineStart = true

  private enum Tag {
    case block
    case variable
    case comment
    case raw(end: Int)
  }

  init(_ text: String) {
    var source: [UInt8] = []
    source.reserveCapacity(text.utf8.count)
    var isAfterReturn = false
    for byte in text.utf8 {
      if isAfterReturn, byte == UInt8(ascii: "\n") {
        isAfterReturn = false
        continue
      }
      isAfterReturn = byte == UInt8(ascii: "\r")
      source.append(isAfterReturn ? UInt8(ascii: "\n") : byte)
    }
    if source.last == UInt8(ascii: "\n") { source.removeLast() }
    self.source = source
  }

  /// All tokens of the source.
  mutating func tokenize() throws(TemplateFault) -> [Token] {
    while position < source.count {
      guard let (tag, start) = nextTag() else {
        emit(.data, position..<source.count)
        break
      }
      let textStart = position
      var markEnd = start + 2
      let sign = sign(at: &markEnd)
      let isVariable = if case .variable = tag { true } else { false }
      let textEnd = strippedEnd(textStart..<start, sign: sign, isVariable: isVariable)
      if textEnd > textStart { emit(.data, textStart..<textEnd) }
      countLines(textStart..<start)
      switch tag {
      case .comment:
        isLineStart = false
        position = markEnd
        try comment()
      case .raw(let end):
        isLineStart = source[end - 1] == UInt8(ascii: "\n")
        countLines(start..<end)
        position = end
        try raw()
      case .block:
        isLineStart = false
        emit(.blockBegin, start..<markEnd)
        position = markEnd
        try code(.blockEnd)
      case .variable:
        isLineStart = false
        emit(.variableBegin, start..<markEnd)
        position = markEnd
        try code(.variableEnd)
      }
    }
    emit(.end, source.count..<source.count)
    return tokens
  }

  // MARK: Tags

  private func nextTag() -> (tag: Tag, start: Int)? {
    var at = position
    while at + 1 < source.count {
      if source[at] == UInt8(ascii: "{") {
        switch source[at + 1] {
        case UInt8(ascii: "%"):
          if let end = rawEnd(after: at + 2) { return (.raw(end: end), at) }
          return (.block, at)
        case UInt8(ascii: "{"): return (.variable, at)
        case UInt8(ascii: "#"): return (.comment, at)
        default: break
        }
      }
      at += 1
    }
    return nil
  }

  /// Where `{% raw %}` ends, given the place after its `{%`.
  private func rawEnd(after start: Int) -> Int? {
    var at = start
    if at < source.count, source[at] == UInt8(ascii: "-") || source[at] == UInt8(ascii: "+") {
      at += 1
    }
    at = spaceEnd(at)
    guard matches("raw", at) else { return nil }
    at = spaceEnd(at + 3)
    if matches("-%}", at) { return spaceEnd(at + 3) }
    return matches("%}", at) ? at + 2 : nil
  }

  private func sign(at place: inout Int) -> UInt8? {
    guard place < source.count,
      source[place] == UInt8(ascii: "-") || source[place] == UInt8(ascii: "+")
    else { return nil }
    place += 1
    return source[place - 1]
  }

  /// Where the text before a tag ends once white space is taken off.
  private func strippedEnd(_ text: Range<Int>, sign: UInt8?, isVariable: Bool) -> Int {
    if sign == UInt8(ascii: "-") {
      return spaceStart(before: text.upperBound, from: text.lowerBound)
    }
    if sign == UInt8(ascii: "+") || isVariable { return text.upperBound }
    var lineStart = text.upperBound
    while lineStart > text.lowerBound, source[lineStart - 1] != UInt8(ascii: "\n") {
      lineStart -= 1
    }
    guard lineStart > text.lowerBound || isLineStart else { return text.upperBound }
    let isBlank = spaceStart(before: text.upperBound, from: lineStart) == lineStart
    return isBlank ? lineStart : text.upperBound
  }

  private mutating func comment() throws(TemplateFault) {
    let start = position
    var at = position
    while at + 1 < source.count {
      if matches("#}", at) {
        let before = at > start ? source[at - 1] : 0
        var end = at + 2
        if before == UInt8(ascii: "-") {
          end = spaceEnd(end)
        } else if before != UInt8(ascii: "+"), matches("\n", end) {
          end += 1
        }
        countLines(start..<end)
        isLineStart = source[end - 1] == UInt8(ascii: "\n")
        position = end
        return
      }
      at += 1
    }
    throw TemplateFault(.syntax, "a comment has no end", line: line)
  }

  private mutating func raw() throws(TemplateFault) {
    let start = position
    var at = position
    while at + 1 < source.count {
      guard matches("{%", at) else {
        at += 1
        continue
      }
      var place = at + 2
      let sign = sign(at: &place)
      place = spaceEnd(place)
      guard matches("endraw", place) else {
        at += 1
        continue
      }
      place = spaceEnd(place + 6)
      guard let end = blockEnd(at: place) else {
        at += 1
        continue
      }
      let textEnd = strippedEnd(start..<at, sign: sign, isVariable: false)
      if textEnd > start { emit(.data, start..<textEnd) }
      countLines(start..<end)
      isLineStart = source[end - 1] == UInt8(ascii: "\n")
      position = end
      return
    }
    throw TemplateFault(.syntax, "a raw block has no end", line: line)
  }

  /// Where a block's end mark that begins at `place` ends, with the white space that it takes.
  private func blockEnd(at place: Int) -> Int? {
    if matches("+%}", place) { return place + 3 }
    if matches("-%}", place) { return spaceEnd(place + 3) }
    guard matches("%}", place) else { return nil }
    return matches("\n", place + 2) ? place + 3 : place + 2
  }

  // MARK: Code

  /// The tokens of a block or a variable up to its end mark.
  private mutating func code(_ endKind: Token.Kind) throws(TemplateFault) {
    var open: [UInt8] = []
    while position < source.count {
      if open.isEmpty {
        var end: Int?
        if endKind == .blockEnd {
          end = blockEnd(at: position)
        } else if matches("-}}", position) {
          end = spaceEnd(position + 3)
        } else if matches("}}", position) {
          end = position + 2
        }
        if let end {
          emit(endKind, position..<end)
          countLines(position..<end)
          isLineStart = source[end - 1] == UInt8(ascii: "\n")
          position = end
          return
        }
      }
      let space = spaceEnd(position)
      if space > position {
        countLines(position..<space)
        position = space
        continue
      }
      if let (kind, range, end) = try word() {
        emit(kind, range)
        countLines(position..<end)
        position = end
        continue
      }
      try symbol(&open)
    }
  }

  private mutating func symbol(_ open: inout [UInt8]) throws(TemplateFault) {
    let length = min(2, source.count - position)
    for count in stride(from: length, through: 1, by: -1) {
      let bytes = source[position..<position + count]
      guard let symbol = Token.Symbol(rawValue: String(decoding: bytes, as: UTF8.self)) else {
        continue
      }
      switch symbol {
      case .openBrace: open.append(UInt8(ascii: "}"))
      case .openParenthesis: open.append(UInt8(ascii: ")"))
      case .openBracket: open.append(UInt8(ascii: "]"))
      case .closeBrace, .closeParenthesis, .closeBracket:
        guard let expected = open.popLast() else {
          throw TemplateFault(.syntax, "unexpected “\(symbol.rawValue)”", line: line)
        }
        guard expected == bytes.first else {
          let expected = String(decoding: [expected], as: UTF8.self)
          throw TemplateFault(
            .syntax, "unexpected “\(symbol.rawValue)”, expected “\(expected)”", line: line)
        }
      default: break
      }
      emit(.symbol(symbol), position..<position + count)
      position += count
      return
    }
    let rest = source[position...].prefix(4)
    let character = String(decoding: rest, as: UTF8.self).unicodeScalars.first.map { "\($0)" } ?? ""
    throw TemplateFault(.syntax, "unexpected character “\(character)”", line: line)
  }

  // MARK: Helpers

  func matches(_ text: StaticString, _ place: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard place + count <= source.count else { return false }
    for offset in 0..<count where source[place + offset] != text.utf8Start[offset] { return false }
    return true
  }

  /// Where white space that begins at `place` ends.
  private func spaceEnd(_ place: Int) -> Int {
    var at = place
    while at < source.count {
      let length = spaceLength(source, at)
      if length == 0 { break }
      at += length
    }
    return at
  }

  /// Where white space that ends at `end` begins.
  private func spaceStart(before end: Int, from start: Int) -> Int {
    var at = end
    while at > start {
      var first = at - 1
      while first > start, source[first] & 0xC0 == 0x80 { first -= 1 }
      guard spaceLength(source, first) == at - first else { break }
      at = first
    }
    return at
  }

  private mutating func emit(_ kind: Token.Kind, _ range: Range<Int>) {
    tokens.append(Token(kind: kind, line: line, range: range))
  }

  private mutating func countLines(_ range: Range<Int>) {
    for byte in source[range] where byte == UInt8(ascii: "\n") { line += 1 }
  }

  var currentLine: Int { line }
}
