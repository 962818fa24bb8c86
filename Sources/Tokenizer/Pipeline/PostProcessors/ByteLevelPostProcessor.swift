import JSON

/// The post-processor of byte-level vocabularies: it can take the white space out of offsets.
struct ByteLevelPostProcessor: Sendable, Equatable {
  var addsPrefixSpace: Bool
  var trimsOffsets: Bool
  var usesPattern: Bool

  init(_ reader: FieldReader) throws(TokenizerError) {
    addsPrefixSpace = try reader.bool("add_prefix_space", default: true)
    trimsOffsets = try reader.bool("trim_offsets", default: true)
    usesPattern = try reader.bool("use_regex", default: true)
  }

  init(trimsOffsets: Bool) {
    addsPrefixSpace = false
    self.trimsOffsets = trimsOffsets
    usesPattern = true
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
