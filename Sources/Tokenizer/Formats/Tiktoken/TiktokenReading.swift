import JSON

extension TokenizerDescription {
  /// Reads a tiktoken file: a token in Base64 and its rank on each line.
  init(
    tiktoken bytes: UnsafeRawBufferPointer, _ encoding: TiktokenEncoding?, path: String,
    fileName: String
  ) throws(TokenizerError) {
    let tokens = try Self.ranks(bytes, path: path)
    if let missing = tokens.missingByte {
      throw .invalid(
        path: path, field: "ranks", reason: "must hold each byte as a token, and lack \(missing)")
    }
    guard
      let encoding = encoding
        ?? TiktokenEncoding.known(
          fileName: fileName, ranks: tokens.count + tokens.emptyCount)
    else {
      throw .invalid(
        path: path, field: "pattern",
        reason: "is not in the file, and no encoding with \(tokens.count) ranks is known;"
          + " load it with TextTokenizer(tiktoken:encoding:)")
    }
    try self.init(tokens, shift: 0, encoding, path: path)
  }

  /// Makes the description of ranks and an encoding.
  init(
    _ tokens: RankedTokens, shift: Int, _ encoding: TiktokenEncoding, path: String
  ) throws(TokenizerError) {
    preTokenizer =
      encoding.pattern == SplitPatterns.gpt2
      ? Components.byteLevel(usesPattern: true)
      : Components.byteLevel(pattern: try TiktokenPattern.translate(encoding.pattern, path: path))
    decoder = Components.byteLevelDecoder
    let special = encoding.specialTokens.map { (text: $0.key, id: Int($0.value)) }
      .sorted { $0.id < $1.id }
    let (model, repeated) = tokens.model(shift: shift, special: special)
    if let repeated {
      throw .invalid(path: path, field: "ranks", reason: "give the rank \(repeated) twice")
    }
    self.model = model
    for (text, id) in special {
      added.append((AddedToken(text, normalized: false, special: true), id))
    }
    configuration.beginningOfText = encoding.beginningOfText
    configuration.endOfText = encoding.endOfText
    if encoding.addsBeginningOfText, let text = encoding.beginningOfText,
      let id = encoding.specialTokens[text]
    {
      postProcessor = Components.template(before: [(text, Int(id))], after: [])
    }
  }

  /// The lines of a tiktoken file.
  private static func ranks(
    _ bytes: UnsafeRawBufferPointer, path: String
  ) throws(TokenizerError) -> RankedTokens {
    var tokens = RankedTokens(capacity: bytes.count / 16)
    var token: [UInt8] = []
    var start = 0
    while start < bytes.count {
      var end = start
      while end < bytes.count, bytes[end] != 0x0A { end += 1 }
      defer { start = end + 1 }
      var line = bytes[start..<end]
      if line.last == 0x0D { line = line.dropLast() }
      if line.isEmpty { continue }
      guard let space = line.firstIndex(of: 0x20), let rank = number(line[(space + 1)...]) else {
        throw .damaged(path: path, offset: start, reason: "a token and its rank were expected")
      }
      token.removeAll(keepingCapacity: true)
      let text = UnsafeRawBufferPointer(rebasing: line[..<space])
      // Whisper's file has an empty token, which no text has.
      if text.elementsEqual("=".utf8) {
        tokens.emptyCount += 1
        continue
      }
      guard Base64.decode(text, into: &token), !token.isEmpty else {
        throw .damaged(path: path, offset: start, reason: "a token in Base64 was expected")
      }
      guard tokens.append(token, rank: rank) else {
        throw .damaged(
          path: path, offset: start,
          reason: "a token stands a second time or is longer than"
            + " \(DerivedMerges.longestToken) bytes")
      }
    }
    return tokens
  }

  /// A rank: digits of a number that an id can be.
  private static func number(_ digits: Slice<UnsafeRawBufferPointer>) -> Int? {
    guard !digits.isEmpty, digits.count <= 8 else { return nil }
    var value = 0
    for digit in digits {
      guard digit &- UInt8(ascii: "0") < 10 else { return nil }
      value = value * 10 + Int(digit - UInt8(ascii: "0"))
    }
    return value <= TokenTable.largestID ? value : nil
  }
}
