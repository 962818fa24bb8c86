import JSON

/// Turns the character that stands for a space back into one; in the first token it goes if the
/// pre-tokenizer put one before the text.
///
/// The component `Metaspace` of tokenizer.json.
struct MetaspaceDecoder: Sendable, Equatable {
  /// The character.
  var replacement: Unicode.Scalar
  /// When the pre-tokenizer puts one before a text: `first`, `never` or `always`.
  var scheme: PrependScheme
  /// Whether the pre-tokenizer cuts text there; kept for the file.
  var splits: Bool

  /// When a character is put before a text that does not begin with it.
  enum PrependScheme: String, CaseIterable, Sendable {
    /// At the beginning of the user's text only, not after an added token.
    case first
    case never
    /// Before each stretch of text.
    case always
  }

  init(_ reader: FieldReader) throws(TokenizerError) {
    let scalars = Array(try reader.string("replacement").unicodeScalars)
    guard scalars.count == 1 else { throw reader.wrong("replacement", "must be one character") }
    replacement = scalars[0]
    scheme = try reader.choice("prepend_scheme", default: .always)
    splits = try reader.bool("split", default: true)
    // The older spelling.
    if try reader.bool("add_prefix_space", default: true) == false {
      let given = reader.object["prepend_scheme"]
      guard given == nil || scheme == .never else {
        throw reader.wrong("add_prefix_space", "contradicts “prepend_scheme”")
      }
      scheme = .never
    }
  }

  var json: JSONValue {
    [
      "type": "Metaspace", "replacement": .string(String(replacement)),
      "prepend_scheme": .string(scheme.rawValue), "split": .bool(splits),
    ]
  }

  func decode(_ text: [UInt8], isFirst: Bool) -> [UInt8] {
    let written = Array(String(replacement).utf8)
    return replacing(written, with: isFirst && scheme != .never ? [] : [0x20], in: text)
  }
}
