import JSON

/// The pre-tokenizer of byte-level vocabularies: text is cut by GPT-2's pattern, and the model sees
/// bytes.
///
/// The component `ByteLevel` of tokenizer.json.
public struct ByteLevelPreTokenizer: Sendable, Equatable {
  /// Whether a text that does not begin with a space gets one.
  public var addsPrefixSpace: Bool
  /// Whether offsets leave out white space; written to the file, used by post-processors only.
  public var trimsOffsets: Bool
  /// Whether the text is cut by GPT-2's pattern; otherwise it stays in one piece.
  public var usesPattern: Bool

  /// Makes a pre-tokenizer; as it is by default, GPT-2 uses it.
  public init(addsPrefixSpace: Bool = false, trimsOffsets: Bool = true, usesPattern: Bool = true) {
    self.addsPrefixSpace = addsPrefixSpace
    self.trimsOffsets = trimsOffsets
    self.usesPattern = usesPattern
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    addsPrefixSpace = try reader.bool("add_prefix_space", default: true)
    trimsOffsets = try reader.bool("trim_offsets", default: true)
    usesPattern = try reader.bool("use_regex", default: true)
  }

  var json: JSONValue {
    [
      "type": "ByteLevel",
      "add_prefix_space": .bool(addsPrefixSpace),
      "trim_offsets": .bool(trimsOffsets),
      "use_regex": .bool(usesPattern),
    ]
  }
}
