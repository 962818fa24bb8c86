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

  /// Cuts pieces by GPT-2's pattern and writes their bytes in the byte alphabet.
  func apply(to pieces: inout TextPieces) {
    if addsPrefixSpace {
      pieces.rewrite { text, piece, writer in
        if text[piece.lowerBound] != 0x20 {
          writer.replace(at: piece.lowerBound, with: 0x20)
        }
        writer.keep(piece)
      }
    }
    if usesPattern {
      let classes = CharacterClasses.patterns
      pieces.split { text, piece, parts in
        appendPieces(GPT2Splitter(), text, piece, classes, &parts)
      }
    }
    pieces.rewrite { text, piece, writer in
      forEachCharacter(in: text, piece) { _, place in
        for at in place {
          let written = UInt32(ByteAlphabet.characters[Int(text[at])])
          if at == place.lowerBound {
            writer.replace(at: at, with: written)
          } else {
            writer.insert(at: place.upperBound, written)
          }
        }
      }
    }
  }
}
