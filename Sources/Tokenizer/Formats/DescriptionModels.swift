import JSON

/// The `model` of a tokenizer.json, put together from lists.
enum DescriptionModels {
  /// The options of a BPE model that differ between formats.
  struct BytePairOptions {
    var unknownToken: String?
    var fusesUnknown = false
    var fallsBackToBytes = false
    var ignoresMerges = false
  }

  static func bytePair(
    vocabulary: JSONObject, merges: [JSONValue], _ options: BytePairOptions
  ) -> JSONValue {
    [
      "type": "BPE",
      "dropout": nil,
      "unk_token": options.unknownToken.map { .string($0) } ?? .null,
      "continuing_subword_prefix": nil,
      "end_of_word_suffix": nil,
      "fuse_unk": .bool(options.fusesUnknown),
      "byte_fallback": .bool(options.fallsBackToBytes),
      "ignore_merges": .bool(options.ignoresMerges),
      "vocab": .object(vocabulary),
      "merges": .array(merges),
    ]
  }

  static func unigram(
    _ pieces: [(text: String, score: Double)], unknownID: Int?, fallsBackToBytes: Bool,
    _ rules: PieceRules
  ) -> JSONValue {
    [
      "type": "Unigram",
      "unk_id": unknownID.map { .integer(Int64($0)) } ?? .null,
      "vocab": .array(pieces.map { [.string($0.text), .number($0.score)] }),
      "byte_fallback": .bool(fallsBackToBytes),
      PieceRules.field: rules.json,
    ]
  }

  static func wordPiece(
    vocabulary: JSONObject, unknownToken: String, longestWord: Int = 100
  ) -> JSONValue {
    [
      "type": "WordPiece",
      "unk_token": .string(unknownToken),
      "continuing_subword_prefix": "##",
      "max_input_chars_per_word": .integer(Int64(longestWord)),
      "vocab": .object(vocabulary),
    ]
  }

  static func wordLevel(
    vocabulary: JSONObject, unknownToken: String, fusesUnknown: Bool
  ) -> JSONValue {
    [
      "type": "WordLevel", "vocab": .object(vocabulary), "unk_token": .string(unknownToken),
      "fuse_unk": .bool(fusesUnknown),
    ]
  }

  /// A vocabulary of tokens in the order of their ids; a token that is there twice is an error.
  static func vocabulary(
    _ tokens: [String], path: String, field: String
  ) throws(TokenizerError) -> JSONObject {
    let object = JSONObject(tokens.enumerated().map { ($1, .integer(Int64($0))) })
    guard object.count == tokens.count else {
      var seen = JSONObject()
      for (id, token) in tokens.enumerated() {
        if let first = seen[token]?.integer {
          throw .invalid(
            path: path, field: field,
            reason: "holds the token “\(token)” twice, as \(first) and \(id)")
        }
        seen[token] = .integer(Int64(id))
      }
      return object
    }
    return object
  }

  /// The text of a byte piece, such as `<0x0A>`.
  static func bytePiece(_ byte: UInt8) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    let text = [UInt8]("<0x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)], 0x3E]
    return String(decoding: text, as: UTF8.self)
  }
}

extension DescriptionModels {
  /// Merges as a tokenizer.json has them: “a b”, or pairs if a token has a space in it.
  static func mergeList(
    _ merges: [(left: Int, right: Int)], texts: ByteStringTable
  ) -> [JSONValue] {
    let hasSpaces = (0..<texts.count).contains { texts[$0].contains(0x20) }
    return merges.map { left, right in
      let (first, second) = (texts[left], texts[right])
      if hasSpaces {
        return [
          .string(String(decoding: first, as: UTF8.self)),
          .string(String(decoding: second, as: UTF8.self)),
        ]
      }
      let count = first.count + second.count + 1
      return .string(
        String(unsafeUninitializedCapacity: count) { buffer in
          _ = buffer.initialize(from: first)
          buffer[first.count] = 0x20
          _ = UnsafeMutableBufferPointer(rebasing: buffer[(first.count + 1)...])
            .initialize(from: second)
          return count
        })
    }
  }
}
