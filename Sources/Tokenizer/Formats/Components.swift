import JSON

/// The components of a tokenizer.json that readers of other formats put together.
enum Components {
  /// The character that stands for a space in the vocabularies of SentencePiece: `▁`, U+2581.
  static let wordMark = "\u{2581}"

  // MARK: Normalizers

  static func normalizers(_ parts: [JSONValue]) -> JSONValue {
    sequence(parts, of: "normalizers")
  }

  static func replace(_ text: String, with content: String) -> JSONValue {
    ["type": "Replace", "pattern": ["String": .string(text)], "content": .string(content)]
  }

  static func replace(pattern: String, with content: String) -> JSONValue {
    ["type": "Replace", "pattern": ["Regex": .string(pattern)], "content": .string(content)]
  }

  static func prepend(_ text: String) -> JSONValue {
    ["type": "Prepend", "prepend": .string(text)]
  }

  /// The normalization table of a SentencePiece model.
  ///
  /// - Parameter longestMatch: whether its rules are applied as SentencePiece does; other libraries
  ///   do not know this field and apply them in their way.
  ///
  /// - Parameter keeping: symbols that are kept as they stand, if spaces are then taken out.
  static func precompiled(
    _ table: [UInt8], longestMatch: Bool, keeping symbols: [String] = []
  ) -> JSONValue {
    var fields: JSONObject = [
      "type": "Precompiled", "precompiled_charsmap": .string(Base64.encode(table)),
    ]
    if longestMatch { fields["longest_match"] = true }
    if !symbols.isEmpty { fields["kept_symbols"] = .array(symbols.map { .string($0) }) }
    return .object(fields)
  }

  // MARK: Pre-tokenizers

  static func preTokenizers(_ parts: [JSONValue]) -> JSONValue {
    sequence(parts, of: "pretokenizers")
  }

  /// Cuts text before and after each match of a pattern.
  static func split(_ pattern: String) -> JSONValue {
    [
      "type": "Split", "pattern": ["Regex": .string(pattern)], "behavior": "Isolated",
      "invert": false,
    ]
  }

  /// Makes each digit a piece.
  static let digits: JSONValue = ["type": "Digits", "individual_digits": true]

  static func byteLevel(usesPattern: Bool) -> JSONValue {
    ByteLevelPreTokenizer(usesPattern: usesPattern).json
  }

  /// Cuts text by a pattern and makes bytes of the pieces.
  static func byteLevel(pattern: String) -> JSONValue {
    preTokenizers([split(pattern), byteLevel(usesPattern: false)])
  }

  /// Writes `▁` for spaces and before a text; `scheme` is “always”, “first” or “never”.
  static func metaspace(scheme: String, split: Bool) -> JSONValue {
    [
      "type": "Metaspace", "replacement": .string(wordMark), "prepend_scheme": .string(scheme),
      "split": .bool(split),
    ]
  }

  // MARK: Post-processors

  /// Puts tokens before and after a text, and after both of two texts; null if there are none.
  static func template(
    before: [(text: String, id: Int)], after: [(text: String, id: Int)],
    pair: PairTemplate = .repeated
  ) -> JSONValue {
    guard !before.isEmpty || !after.isEmpty else { return nil }
    func special(_ token: (text: String, id: Int), _ type: Int) -> JSONValue {
      ["SpecialToken": ["id": .string(token.text), "type_id": .integer(Int64(type))]]
    }
    func sequence(_ name: String, _ type: Int) -> JSONValue {
      ["Sequence": ["id": .string(name), "type_id": .integer(Int64(type))]]
    }
    let single = before.map { special($0, 0) } + [sequence("A", 0)] + after.map { special($0, 0) }
    let second =
      switch pair {
      case .repeated:
        before.map { special($0, 1) } + [sequence("B", 1)] + after.map { special($0, 1) }
      case .separated:
        [sequence("B", 1)] + after.map { special($0, 1) }
      }
    var tokens = JSONObject()
    for (text, id) in before + after {
      tokens[text] = [
        "id": .string(text), "ids": [.integer(Int64(id))], "tokens": [.string(text)],
      ]
    }
    return [
      "type": "TemplateProcessing", "single": .array(single), "pair": .array(single + second),
      "special_tokens": .object(tokens),
    ]
  }

  /// How a second text is framed.
  enum PairTemplate {
    /// As the first one.
    case repeated
    /// By the tokens after a text only, as in BERT.
    case separated
  }

  // MARK: Decoders

  static let byteLevelDecoder: JSONValue = ByteLevelPreTokenizer(addsPrefixSpace: true).json

  /// What SentencePiece makes of pieces: `▁` is a space, byte pieces are bytes.
  ///
  /// - Parameter stripsSpace: whether the space is taken away that was put before the text.
  static func pieceDecoder(stripsSpace: Bool) -> JSONValue {
    var parts: [JSONValue] = [
      replace(wordMark, with: " "), ["type": "ByteFallback"], ["type": "Fuse"],
    ]
    if stripsSpace {
      parts.append(["type": "Strip", "content": " ", "start": 1, "stop": 0])
    }
    return sequence(parts, of: "decoders")
  }

  /// Several components as one; one stands for itself, none is null.
  private static func sequence(_ parts: [JSONValue], of field: String) -> JSONValue {
    switch parts.count {
    case 0: .null
    case 1: parts[0]
    default: .object(JSONObject([("type", "Sequence"), (field, .array(parts))]))
    }
  }
}
