extension Renderer {
  /// The filter `wordwrap`, which is Python's `textwrap` for each line.
  func wrapped(_ value: Value, _ arguments: CallValues) throws(TemplateFault) -> Text {
    let values = try arguments.bound(
      to: ["width", "break_long_words", "wrapstring", "break_on_hyphens"], "wordwrap")
    if case .undefined(let undefined) = value { throw undefined.fault }
    let text = try string(value)
    try spend(bytes: text.bytes.count * 8)
    let width = try integer(values[0], 79)
    let breaksWords = values[1]?.isTrue ?? true
    let breaksHyphens = values[3]?.isTrue ?? true
    let given = values[2].flatMap { $0.isNone ? nil : $0 }
    let separator = try given.map { value throws(TemplateFault) in try string(value) } ?? Text("\n")
    var builder = TextBuilder()
    for (place, line) in text.lines().enumerated() {
      if place > 0 { builder.append(separator) }
      let chunks = breaksHyphens ? hyphenatedChunks(line) : plainChunks(line)
      let lines = try filled(
        chunks, width: width, breaksWords: breaksWords, breaksHyphens: breaksHyphens)
      for (place, line) in lines.enumerated() {
        if place > 0 { builder.append(separator) }
        builder.append(line)
      }
      guard builder.bytes.count <= limits.outputBytes else {
        throw TemplateFault(.limit, "a text has more than \(limits.outputBytes) bytes")
      }
    }
    return builder.text()
  }

  /// Words and the white space between them.
  private func plainChunks(_ line: Text) -> [Text] {
    var chunks: [Text] = []
    var start = 0
    for at in line.bytes.indices.dropFirst()
    where isWrapSpace(line.bytes[at]) != isWrapSpace(line.bytes[at - 1]) {
      chunks.append(line.slice(start..<at))
      start = at
    }
    if !line.isEmpty { chunks.append(line.slice(start..<line.bytes.count)) }
    return chunks
  }

  /// Words, cut after hyphens and around dashes, and the white space between them.
  private func hyphenatedChunks(_ line: Text) -> [Text] {
    let scalars = Array(line.scalars)
    var offsets = [0]
    for scalar in scalars { offsets.append(offsets[offsets.count - 1] + String(scalar).utf8.count) }
    func isSpace(_ place: Int) -> Bool {
      scalars[place].isASCII && isWrapSpace(UInt8(scalars[place].value))
    }
    func isWord(_ place: Int) -> Bool {
      scalars.indices.contains(place)
        && (scalars[place] == "_" || isTrue(.isalnum, of: Text(String(scalars[place]))))
    }
    func isLetter(_ place: Int) -> Bool {
      isWord(place) && scalars[place].properties.numericType != .decimal
    }
    func isPunctuated(_ place: Int) -> Bool {
      isWord(place)
        || (scalars.indices.contains(place) && "!\"'&.,?".unicodeScalars.contains(scalars[place]))
    }
    func dashEnd(_ place: Int) -> Int? {
      var end = place
      while end < scalars.count, scalars[end] == "-" { end += 1 }
      // Fewer dashes count where all of them are not followed by a word.
      return end - place >= 2 && isWord(end) ? end : nil
    }
    func isHyphen(_ place: Int) -> Bool {
      guard place < scalars.count, scalars[place] == "-" else { return false }
      let follows =
        (isLetter(place - 1) && isLetter(place - 2))
        || (isPunctuated(place - 1) && place >= 2 && scalars[place - 2] == "-"
          && isLetter(place - 3))
      guard follows, isLetter(place + 1) else { return false }
      return isLetter(place + 2)
        || (place + 2 < scalars.count && scalars[place + 2] == "-" && isLetter(place + 3))
    }
    var chunks: [Text] = []
    var start = 0
    while start < scalars.count {
      var end = start + 1
      if isSpace(start) {
        while end < scalars.count, isSpace(end) { end += 1 }
      } else if isPunctuated(start - 1), let dash = dashEnd(start) {
        end = dash
      } else {
        while end < scalars.count, !isSpace(end) {
          if isHyphen(end) {
            end += 1
            break
          }
          if isPunctuated(end - 1), dashEnd(end) != nil { break }
          end += 1
        }
      }
      chunks.append(line.slice(offsets[start]..<offsets[end]))
      start = end
    }
    return chunks
  }

  private func filled(
    _ chunks: [Text], width: Int, breaksWords: Bool, breaksHyphens: Bool
  ) throws(TemplateFault) -> [Text] {
    if chunks.isEmpty { return [] }
    guard width > 0 else { throw .failed("invalid width \(width) (must be > 0)") }
    var rest = Array(chunks.reversed())
    var lines: [Text] = []
    while let first = rest.last {
      try spend()
      var line: [Text] = []
      var length = 0
      if !lines.isEmpty, first.stripped().isEmpty { rest.removeLast() }
      while let chunk = rest.last, length + chunk.count <= width {
        line.append(chunk)
        length += chunk.count
        rest.removeLast()
      }
      if let chunk = rest.last, chunk.count > width {
        let room = width - length
        if breaksWords {
          var end = room
          if breaksHyphens {
            let head = chunk.slice(0..<chunk.byteOffset(ofCharacter: room))
            let hyphen = UInt8(ascii: "-")
            if let place = head.bytes.lastIndex(of: hyphen), place > 0,
              head.bytes[..<place].contains(where: { $0 != hyphen })
            {
              end = head.characterNumber(atByte: place) + 1
            }
          }
          let cut = chunk.byteOffset(ofCharacter: end)
          line.append(chunk.slice(0..<cut))
          rest[rest.count - 1] = chunk.slice(cut..<chunk.bytes.count)
        } else if line.isEmpty {
          line.append(chunk)
          rest.removeLast()
        }
      }
      if let last = line.last, last.stripped().isEmpty { line.removeLast() }
      if line.isEmpty { continue }
      var builder = TextBuilder()
      for chunk in line { builder.append(chunk) }
      lines.append(builder.text())
    }
    return lines
  }

  private func isWrapSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (9...13).contains(byte) }
}
