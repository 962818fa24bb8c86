import JSON

/// Takes a character away from both ends of each token, a few times at most: the component `Strip`
/// of tokenizer.json, as a decoder.
struct StripDecoder: Sendable, Equatable {
  /// The character.
  var content: Unicode.Scalar
  /// How often at the beginning.
  var start: Int
  /// How often at the end.
  var stop: Int

  init(content: Unicode.Scalar, start: Int, stop: Int) {
    self.content = content
    self.start = start
    self.stop = stop
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    content = try reader.character("content")
    start = try reader.integer("start")
    stop = try reader.integer("stop")
    guard start >= 0, stop >= 0 else {
      throw reader.wrong("start", "and stop must not be negative")
    }
  }

  var json: JSONValue {
    [
      "type": "Strip", "content": .string(String(content)), "start": .integer(Int64(start)),
      "stop": .integer(Int64(stop)),
    ]
  }

  func decode(_ text: [UInt8]) -> [UInt8] {
    let written = Array(String(content).utf8)
    var rest = text[...]
    for _ in 0..<start {
      guard rest.starts(with: written) else { break }
      rest = rest.dropFirst(written.count)
    }
    for _ in 0..<stop {
      guard rest.suffix(written.count).elementsEqual(written) else { break }
      rest = rest.dropLast(written.count)
    }
    return Array(rest)
  }
}
