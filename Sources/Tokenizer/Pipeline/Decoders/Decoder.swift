import JSON

/// What turns tokens back into text.
///
/// A case a component of tokenizer.json.
enum Decoder: Sendable {
  /// No decoder: the texts of the tokens with spaces between them.
  case none
  /// Tokens are bytes in the alphabet of byte-level vocabularies.
  case byteLevel(ByteLevelPreTokenizer)
  case wordPiece(WordPieceDecoder)
  case metaspace(MetaspacePreTokenizer)
  case bytePair(BytePairDecoder)
  case connectionist(ConnectionistDecoder)
  case replace(ReplaceNormalizer)
  case strip(StripDecoder)
  /// Tokens such as `<0xE2>` become bytes; a run of them that is not valid UTF-8 becomes one U+FFFD
  /// each.
  case byteFallback
  /// All tokens become one, so that what follows sees the whole text.
  case fuse
  case sequence([Decoder])

  /// Reads the `decoder` of a tokenizer.json.
  init(_ json: JSONValue, name: String = "decoder", path: String) throws(TokenizerError) {
    guard let object = json.object else {
      guard json.isNull else {
        throw .invalid(path: path, field: name, reason: "must be an object or null")
      }
      self = .none
      return
    }
    let reader = FieldReader(object, name: name, path: path)
    let type = try reader.string("type")
    switch type {
    case "ByteLevel": self = .byteLevel(try ByteLevelPreTokenizer(reader))
    case "WordPiece": self = .wordPiece(try WordPieceDecoder(reader))
    case "Metaspace": self = .metaspace(try MetaspacePreTokenizer(reader))
    case "BPEDecoder": self = .bytePair(try BytePairDecoder(reader))
    case "CTC": self = .connectionist(try ConnectionistDecoder(reader))
    case "Replace": self = .replace(try ReplaceNormalizer(reader))
    case "Strip": self = .strip(try StripDecoder(reader))
    case "ByteFallback": self = .byteFallback
    case "Fuse": self = .fuse
    case "Sequence":
      var parts: [Decoder] = []
      for (index, part) in try reader.array("decoders").enumerated() {
        parts.append(try Decoder(part, name: "\(name).decoders[\(index)]", path: path))
      }
      self = .sequence(parts)
    default: throw .unsupported(path: path, component: "the decoder “\(type)”")
    }
  }

  var json: JSONValue {
    switch self {
    case .none: .null
    case .byteLevel(let options): options.json
    case .wordPiece(let decoder): decoder.json
    case .metaspace(let decoder): decoder.json
    case .bytePair(let decoder): decoder.json
    case .connectionist(let decoder): decoder.json
    case .replace(let decoder): decoder.json
    case .strip(let decoder): decoder.json
    case .byteFallback: ["type": "ByteFallback"]
    case .fuse: ["type": "Fuse"]
    case .sequence(let parts): ["type": "Sequence", "decoders": .array(parts.map(\.json))]
    }
  }

  /// The components in order, without those that only group others.
  var flattened: [Decoder] {
    if case .sequence(let parts) = self { parts.flatMap(\.flattened) } else { [self] }
  }

  /// Changes the texts of tokens, one after another.
  func decode(_ texts: [[UInt8]]) -> [[UInt8]] {
    switch self {
    case .none: return texts
    case .byteLevel:
      var bytes: [UInt8] = []
      for text in texts { text.withUnsafeBufferPointer { ByteAlphabet.decode($0, into: &bytes) } }
      return [Array(String(decoding: bytes, as: UTF8.self).utf8)]
    case .connectionist(let decoder): return decoder.decode(texts)
    case .byteFallback: return decodeByteTokens(texts)
    case .fuse: return [Array(texts.joined())]
    case .sequence(let parts): return parts.reduce(texts) { $1.decode($0) }
    case .wordPiece, .metaspace, .bytePair, .replace, .strip:
      return texts.enumerated().map { index, text in
        decode(text, isFirst: index == 0, isLast: index == texts.count - 1)
      }
    }
  }

  /// Changes the text of one token, for decoders that need not see the others.
  func decode(_ text: [UInt8], isFirst: Bool, isLast: Bool) -> [UInt8] {
    switch self {
    case .wordPiece(let decoder): decoder.decode(text, isFirst: isFirst)
    case .metaspace(let decoder): decoder.decode(text, isFirst: isFirst)
    case .bytePair(let decoder): decoder.decode(text, isLast: isLast)
    case .replace(let replace): replace.replaced(text)
    case .strip(let decoder): decoder.decode(text)
    case .byteLevel:
      text.withUnsafeBufferPointer { text in
        var bytes: [UInt8] = []
        ByteAlphabet.decode(text, into: &bytes)
        return bytes
      }
    case .none, .connectionist, .byteFallback, .fuse, .sequence: text
    }
  }

  /// Each run of byte tokens as the text that its bytes are, or U+FFFD for each if they are none.
  private func decodeByteTokens(_ texts: [[UInt8]]) -> [[UInt8]] {
    var result: [[UInt8]] = []
    var run: [UInt8] = []
    func flush() {
      if run.isEmpty { return }
      if run.withUnsafeBufferPointer(isValidUTF8) {
        result.append(run)
      } else {
        for _ in run { result.append([0xEF, 0xBF, 0xBD]) }
      }
      run.removeAll(keepingCapacity: true)
    }
    for text in texts {
      if let byte = byteOfToken(text) {
        run.append(byte)
      } else {
        flush()
        result.append(text)
      }
    }
    flush()
    return result
  }
}

/// The byte that a token such as `<0xE2>` stands for.
func byteOfToken(_ text: some Collection<UInt8>) -> UInt8? {
  guard text.count == 6, text.starts(with: [0x3C, 0x30, 0x78]), Array(text)[5] == 0x3E
  else { return nil }
  // Rust's parser of numbers, which the reference uses, also takes a plus sign.
  return UInt8(String(decoding: text.dropFirst(3).prefix(2), as: UTF8.self), radix: 16)
}
